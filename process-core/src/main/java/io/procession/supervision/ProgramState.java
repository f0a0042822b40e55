package io.procession.supervision;

import java.util.EnumSet;
import java.util.Set;

/**
 * State of a program in its life cycle. The names are those of {@code supervisord}.
 */
public enum ProgramState {

	/**
	 * Never started, stopped on request, or stopped because its process manager was
	 * closed.
	 */
	STOPPED,
	/** A process is being started. */
	STARTING,
	/** Its process is running. */
	RUNNING,
	/** Its process tree, or what its process left behind, is being stopped. */
	STOPPING,
	/** The program ended or could not be started, and waits for its restart. */
	BACKOFF,
	/** The program ended by itself and is not restarted. */
	EXITED,
	/** The program could not be started, and no further attempt is made. */
	FATAL,
	/**
	 * A process of the program is still alive some time after KILL. The program is not
	 * started again while that process exists. Once it has gone, the program enters the
	 * state that was intended before.
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

	/** Return whether the state lasts until a request is made or an event occurs. */
	boolean isSettled() {
		return this != STARTING && this != STOPPING;
	}

}
