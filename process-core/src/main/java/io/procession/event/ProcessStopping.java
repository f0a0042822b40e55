package io.procession.event;

import java.time.Instant;

import io.procession.process.ExitCause;
import io.procession.process.Origin;
import io.procession.process.Signal;

/**
 * Event published when a process and its tree are being stopped, with the first signal.
 * To act before the signal, use {@link ProcessListener#beforeStop(ProcessStopping)}.
 *
 * @param executionId id of the execution
 * @param name name of the process
 * @param at time of the event
 * @param origin what the process was started for
 * @param pid process ID
 * @param cause reason for the stop
 * @param signal first signal of the stop
 */
public record ProcessStopping(String executionId, String name, Instant at, Origin origin, long pid, ExitCause cause,
		Signal signal) implements ProcessEvent {

}
