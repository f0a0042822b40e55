package io.procession.supervision;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Status of a program at one moment. <i>Immutable.</i>
 *
 * @param name name of the program
 * @param state state in its life cycle
 * @param desired whether the program is intended to run
 * @param pid the process ID, including that of a process that could not be killed, or
 * {@code null} if no process is running
 * @param restarts number of restarts by the restart policy since the program was added
 * @param lastExitCode exit code of the last process, 127 or 126 if it could not be
 * started, or {@code null} if none has ended
 * @param lastFailed whether the last process failed or could not be started, rather than
 * ended with success or on request
 * @param since when the program entered this state
 * @param reason description of why the program is in this state; contains no secret
 */
public record ProgramStatus(String name, ProgramState state, DesiredState desired, @Nullable Long pid, int restarts,
		@Nullable Integer lastExitCode, boolean lastFailed, Instant since, String reason) {

	/**
	 * Target of the last request, which the state follows with a delay.
	 */
	public enum DesiredState {

		/** The program is intended to run. */
		UP,
		/** The program is intended not to run. */
		DOWN

	}

}
