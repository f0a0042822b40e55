package io.procession.event;

import java.time.Instant;

import io.procession.process.Origin;

/**
 * Event published when a process is about to be started and can still be vetoed. Passed
 * only to {@link ProcessListener#beforeStart(ProcessStarting)}, on the thread that starts
 * the process.
 *
 * @param executionId id of the execution
 * @param name name of the process
 * @param at time of the event
 * @param origin what the process was started for
 * @param program name or path of the program to be executed
 * @param command command line, with secrets hidden
 */
public record ProcessStarting(String executionId, String name, Instant at, Origin origin, String program,
		String command) implements ProcessEvent {

}
