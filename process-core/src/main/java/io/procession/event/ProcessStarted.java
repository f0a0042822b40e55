package io.procession.event;

import java.time.Instant;

import io.procession.process.Origin;

/**
 * Event published when a process has been started.
 *
 * @param executionId id of the execution
 * @param name name of the process
 * @param at time of the event
 * @param origin what the process was started for
 * @param pid process ID
 * @param command command line, with secrets hidden
 */
public record ProcessStarted(String executionId, String name, Instant at, Origin origin, long pid,
		String command) implements ProcessEvent {

}
