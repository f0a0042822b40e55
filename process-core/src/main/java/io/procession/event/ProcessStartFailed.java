package io.procession.event;

import java.time.Instant;

/**
 * A process could not be started.
 *
 * @param executionId which run
 * @param name what the process is called
 * @param at when it happened
 * @param command its command line, secrets hidden
 * @param reason the name of what was wrong, such as {@code NOT_FOUND}
 * @param message what was wrong in words
 */
public record ProcessStartFailed(String executionId, String name, Instant at, String command, String reason,
		String message) implements ProcessEvent {

}
