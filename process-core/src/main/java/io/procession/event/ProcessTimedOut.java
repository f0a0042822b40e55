package io.procession.event;

import java.time.Duration;
import java.time.Instant;

/**
 * The time of a process is over; it is being stopped.
 *
 * @param executionId which run
 * @param name what the process is called
 * @param at when it happened
 * @param pid its process ID
 * @param timeout the time it had
 * @param idle whether it was silent for too long, rather than running for too long
 */
public record ProcessTimedOut(String executionId, String name, Instant at, long pid, Duration timeout,
		boolean idle) implements ProcessEvent {

}
