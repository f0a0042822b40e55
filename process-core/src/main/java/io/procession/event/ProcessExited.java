package io.procession.event;

import java.time.Duration;
import java.time.Instant;

import io.procession.process.ExitCause;
import io.procession.process.Origin;

/**
 * Event published when a process has exited, whether by itself or stopped.
 *
 * @param executionId id of the execution
 * @param name name of the process
 * @param at time of the event
 * @param origin what the process was started for
 * @param pid process ID that the process had
 * @param exitCode exit code as reported by the operating system
 * @param cause reason for the exit
 * @param successful whether the exit code counts as success and the process was not
 * stopped
 * @param duration duration of the execution
 */
public record ProcessExited(String executionId, String name, Instant at, Origin origin, long pid, int exitCode,
		ExitCause cause, boolean successful, Duration duration) implements ProcessEvent {

}
