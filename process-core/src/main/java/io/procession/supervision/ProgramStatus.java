package io.procession.supervision;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How a program is, at one moment. <i>Immutable.</i>
 *
 * @param name which program
 * @param state where it is in its life
 * @param wanted whether it is meant to run
 * @param pid the process ID, also of a process that could not be killed, or {@code null}
 * if no process runs
 * @param restarts how often it was restarted by its policy since it was added
 * @param lastExitCode how its last process ended, 127 or 126 if it could not be started,
 * or {@code null} if none has ended
 * @param lastFailed whether its last process failed, rather than ended with success or on
 * request
 * @param since when it came into this state
 * @param reason why it is in this state, in words; holds no secret
 */
public record ProgramStatus(String name, ProgramState state, Wanted wanted, @Nullable Long pid, int restarts,
		@Nullable Integer lastExitCode, boolean lastFailed, Instant since, String reason) {

	/**
	 * What somebody last asked for; the state follows, later.
	 */
	public enum Wanted {

		/** It is meant to run. */
		UP,
		/** It is meant not to run. */
		DOWN

	}

}
