package io.procession.event;

import java.time.Instant;

import io.procession.process.ExitCause;
import io.procession.process.Signal;

/**
 * A process and its tree are being stopped. It is published when the first signal is
 * being sent; what has to be done before that belongs into
 * {@link ProcessListener#beforeStop(ProcessStopping)}.
 *
 * @param executionId which run
 * @param name what the process is called
 * @param at when it happened
 * @param pid its process ID
 * @param cause why it is stopped
 * @param signal the first signal it gets
 */
public record ProcessStopping(String executionId, String name, Instant at, long pid, ExitCause cause,
		Signal signal) implements ProcessEvent {

}
