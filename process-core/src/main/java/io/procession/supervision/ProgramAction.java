package io.procession.supervision;

import java.time.Duration;

/**
 * Something to be done for a program. No action blocks. <i>Immutable.</i>
 */
sealed interface ProgramAction {

	/**
	 * Start a process; answered by {@link ProgramInput.Started} or
	 * {@link ProgramInput.StartFailed}.
	 *
	 * @param run the new run
	 */
	record Spawn(long run) implements ProgramAction {

	}

	/**
	 * Stop the process of the present run with its tree; answered by
	 * {@link ProgramInput.Ended}.
	 *
	 * @param kill whether to kill it at once
	 */
	record StopProcess(boolean kill) implements ProgramAction {

	}

	/**
	 * Stop what the process of the present run has left behind, and the process itself if
	 * it has been given up; answered by {@link ProgramInput.LeftBehindStopped}.
	 *
	 * @param kill whether to kill it at once
	 */
	record StopLeftBehind(boolean kill) implements ProgramAction {

	}

	/**
	 * Set the program's timer; answered by {@link ProgramInput.TimeUp}. The timer that
	 * was set before is canceled.
	 *
	 * @param timer the number of the timer
	 * @param delay how long until it fires
	 */
	record SetTimer(long timer, Duration delay) implements ProgramAction {

	}

}
