package io.procession.event;

import java.time.Instant;

/**
 * Event published when a process could not be started.
 *
 * @param executionId id of the execution
 * @param name name of the process
 * @param at time of the event
 * @param command command line, with secrets hidden
 * @param reason name of the reason, such as {@code NOT_FOUND}
 * @param message description of the failure
 */
public record ProcessStartFailed(String executionId, String name, Instant at, String command, String reason,
		String message) implements ProcessEvent {

}
