package io.procession.event;

import java.time.Instant;

/**
 * A process runs.
 *
 * @param executionId which run
 * @param name what the process is called
 * @param at when it happened
 * @param pid its process ID
 * @param command its command line, secrets hidden
 */
public record ProcessStarted(String executionId, String name, Instant at, long pid,
		String command) implements ProcessEvent {

}
