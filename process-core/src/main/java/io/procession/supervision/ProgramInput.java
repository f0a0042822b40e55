package io.procession.supervision;

import io.procession.process.ProcessResult;

/**
 * Something that happens to a program. What comes from a run names it, so that nothing is
 * ever done to a run because of an older one. <i>Immutable.</i>
 */
sealed interface ProgramInput {

	/** A request to start the program. */
	record Start() implements ProgramInput {

	}

	/** A request to stop the program, if it runs, and to start it. */
	record Restart() implements ProgramInput {

	}

	/**
	 * A request to stop the program.
	 *
	 * @param insist whether to kill a program that has been asked to stop before
	 */
	record Stop(boolean insist) implements ProgramInput {

	}

	/** A request to stop the program and to never start it again. */
	record Close() implements ProgramInput {

	}

	/**
	 * The process of a run exists.
	 *
	 * @param run the run
	 * @param pid its process ID
	 */
	record Started(long run, long pid) implements ProgramInput {

	}

	/**
	 * The process of a run could not be started.
	 *
	 * @param run the run
	 * @param error the reason
	 */
	record StartFailed(long run, Throwable error) implements ProgramInput {

	}

	/**
	 * The process of a run has ended, or has been given up.
	 *
	 * @param run the run
	 * @param result its result
	 */
	record Ended(long run, ProcessResult result) implements ProgramInput {

	}

	/**
	 * A stop of what a run has left behind is over.
	 *
	 * @param run the run
	 * @param gone whether nothing is left
	 */
	record LeftBehindStopped(long run, boolean gone) implements ProgramInput {

	}

	/**
	 * A timer has fired.
	 *
	 * @param timer the timer; only the latest one counts
	 */
	record TimeUp(long timer) implements ProgramInput {

	}

}
