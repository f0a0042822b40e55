package io.procession.event;

import java.time.Duration;
import java.time.Instant;

import io.procession.process.Origin;

/**
 * Event published when a process exceeds its timeout and is being stopped.
 *
 * @param executionId id of the execution
 * @param name name of the process
 * @param at time of the event
 * @param origin what the process was started for
 * @param pid process ID
 * @param timeout timeout that was exceeded
 * @param idle whether the process exceeded its idle timeout, rather than its total
 * timeout
 */
public record ProcessTimedOut(String executionId, String name, Instant at, Origin origin, long pid, Duration timeout,
		boolean idle) implements ProcessEvent {

}
