package io.procession.event;

import java.time.Instant;

import io.procession.process.Origin;
import io.procession.process.ProcessStartException.Reason;

/**
 * Event published when a process could not be started.
 *
 * @param executionId id of the execution
 * @param name name of the process
 * @param at time of the event
 * @param origin what the process was started for
 * @param command command line, with secrets hidden
 * @param reason reason of the failure
 * @param message description of the failure
 */
public record ProcessStartFailed(String executionId, String name, Instant at, Origin origin, String command,
		Reason reason, String message) implements ProcessEvent {

}
