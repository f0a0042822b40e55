package io.procession.event;

import java.time.Instant;

/**
 * A process is about to be started, and can still be vetoed; told on the thread that
 * starts it, by {@link ProcessListener#beforeStart(ProcessStarting)}.
 *
 * @param executionId which run
 * @param name what the process is called
 * @param at when it happened
 * @param program what is to be executed, name or path
 * @param command its command line, secrets hidden
 */
public record ProcessStarting(String executionId, String name, Instant at, String program,
		String command) implements ProcessEvent {

}
