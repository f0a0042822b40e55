package io.procession.supervision;

import java.time.Duration;

/**
 * Action to be performed for a program. No action blocks. <i>Immutable.</i>
 */
sealed interface ProgramAction {

	/**
	 * Start a process. The outcome is reported by {@link ProgramInput.Started} or
	 * {@link ProgramInput.StartFailed}.
	 *
	 * @param run the number of the new execution
	 */
	record Spawn(long run) implements ProgramAction {

	}

	/**
	 * Stop the process of the current execution with its tree. The outcome is reported by
	 * {@link ProgramInput.Ended}.
	 *
	 * @param kill whether to kill it immediately
	 */
	record StopProcess(boolean kill) implements ProgramAction {

	}

	/**
	 * Stop the processes that the process of the current execution has left behind, and
	 * the process itself if it has been abandoned. The outcome is reported by
	 * {@link ProgramInput.LeftBehindStopped}.
	 *
	 * @param kill whether to kill them immediately
	 */
	record StopLeftBehind(boolean kill) implements ProgramAction {

	}

	/**
	 * Set the timer of the program, reported by {@link ProgramInput.TimeUp}. The timer
	 * that was set before is canceled.
	 *
	 * @param timer the number of the timer
	 * @param delay delay until the timer fires
	 */
	record SetTimer(long timer, Duration delay) implements ProgramAction {

	}

}
