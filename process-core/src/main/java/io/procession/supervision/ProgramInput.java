package io.procession.supervision;

import io.procession.process.ProcessResult;

/**
 * Request or event that concerns a program. An event of an execution contains its number,
 * so that an event of an earlier execution never affects a later one. <i>Immutable.</i>
 */
sealed interface ProgramInput {

	/** Request to start the program. */
	record Start() implements ProgramInput {

	}

	/** Request to stop the program if it is running, and to start it. */
	record Restart() implements ProgramInput {

	}

	/**
	 * Request to stop the program.
	 *
	 * @param insist whether to kill a program that is already being stopped on request
	 */
	record Stop(boolean insist) implements ProgramInput {

	}

	/** Request to stop the program and to never start it again. */
	record Close() implements ProgramInput {

	}

	/** The manager was closed: no process is running, and none can be started. */
	record ManagerClosed() implements ProgramInput {

	}

	/**
	 * The process of an execution has been started.
	 *
	 * @param run the number of the execution
	 * @param pid the process ID
	 */
	record Started(long run, long pid) implements ProgramInput {

	}

	/**
	 * The process of an execution could not be started.
	 *
	 * @param run the number of the execution
	 * @param error the reason
	 */
	record StartFailed(long run, Throwable error) implements ProgramInput {

	}

	/**
	 * The process of an execution has ended or has been abandoned.
	 *
	 * @param run the number of the execution
	 * @param result the result
	 */
	record Ended(long run, ProcessResult result) implements ProgramInput {

	}

	/**
	 * The attempt to stop the processes that an execution left behind has finished.
	 *
	 * @param run the number of the execution
	 * @param gone whether no process is left
	 */
	record LeftBehindStopped(long run, boolean gone) implements ProgramInput {

	}

	/**
	 * A timer has fired.
	 *
	 * @param timer the number of the timer; all but the latest one are ignored
	 */
	record TimeUp(long timer) implements ProgramInput {

	}

}
