package io.procession.supervision;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a program is in its life. The words are those of {@code supervisord}.
 */
public enum ProgramState {

	/** Not running: never started, or stopped on request. */
	STOPPED,
	/** A process is being started. */
	STARTING,
	/** Its process runs. */
	RUNNING,
	/** Its process tree, or what its process left behind, is being stopped. */
	STOPPING,
	/** It failed and waits for its restart. */
	BACKOFF,
	/** It ended by itself and is not started again. */
	EXITED,
	/** It could not be started and nobody tries again. */
	FATAL,
	/**
	 * Something of it is still alive a while after KILL. It is not started again beside
	 * that; once that has gone, it becomes what it was to become.
	 */
	LOST;

	boolean canBecome(ProgramState next) {
		return following().contains(next);
	}

	private Set<ProgramState> following() {
		return switch (this) {
			case STOPPED -> EnumSet.of(STARTING);
			case STARTING -> EnumSet.of(RUNNING, STOPPING, STOPPED, BACKOFF, FATAL);
			case RUNNING -> EnumSet.of(STOPPING, BACKOFF, EXITED, STOPPED, LOST);
			case STOPPING, LOST -> EnumSet.of(STOPPED, STARTING, STOPPING, BACKOFF, EXITED, LOST);
			case BACKOFF, EXITED, FATAL -> EnumSet.of(STARTING, STOPPED);
		};
	}

	/** Whether it stays so until somebody or something acts. */
	boolean isSettled() {
		return this != STARTING && this != STOPPING;
	}

}
