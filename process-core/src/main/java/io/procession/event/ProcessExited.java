package io.procession.event;

import java.time.Duration;
import java.time.Instant;

import io.procession.process.ExitCause;

/**
 * A process ended, by itself or stopped.
 *
 * @param executionId which run
 * @param name what the process is called
 * @param at when it happened
 * @param pid the process ID it had
 * @param exitCode the number the operating system gave
 * @param cause why it ended
 * @param successful whether its exit code counts as success and nothing stopped it
 * @param duration how long it took
 */
public record ProcessExited(String executionId, String name, Instant at, long pid, int exitCode, ExitCause cause,
		boolean successful, Duration duration) implements ProcessEvent {

}
