package io.procession.supervision;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.procession.supervision.ProgramStatus.DesiredState;

/**
 * Complete state of a program, from which its next steps are determined.
 * <i>Immutable.</i>
 *
 * @param status the part that is visible to users
 * @param closed whether the program may never be started again
 * @param managerClosed whether the manager was closed, so that no process can be started
 * @param run the number of the current execution, or of the last one
 * @param presence what exists of that execution
 * @param killing whether the execution is to be killed rather than stopped
 * @param next the state to enter once nothing is left of the execution; used while the
 * program is being stopped or is lost
 * @param attempts number of unsuccessful attempts to stop what exists
 * @param timer the number of the latest timer; earlier ones are ignored
 * @param lastStartFailure the message of the latest failed start, or empty
 */
record ProgramLife(ProgramStatus status, boolean closed, boolean managerClosed, long run, Presence presence,
		boolean killing, @Nullable Next next, int attempts, long timer, String lastStartFailure) {

	static ProgramLife begin(Program program, Instant now) {
		ProgramStatus status = new ProgramStatus(program.name(), ProgramState.STOPPED, DesiredState.DOWN, null, 0, null,
				false, now, "never started");
		return new ProgramLife(status, false, false, 0, Presence.NONE, false, null, 0, 0, "");
	}

	/**
	 * Return whether the state lasts until a request is made or an event occurs. A
	 * process does not run any longer than its manager.
	 */
	boolean isSettled() {
		ProgramState state = this.status.state();
		return state.isSettled() && !(this.managerClosed && state == ProgramState.RUNNING);
	}

	/**
	 * Part of an execution that exists.
	 */
	enum Presence {

		/** Nothing. */
		NONE,
		/** A start in progress. */
		STARTING,
		/** Its process, possibly with descendants. */
		PROCESS,
		/** Possibly processes that its process left behind, or an abandoned process. */
		LEFT_BEHIND

	}

	/**
	 * State to enter next.
	 *
	 * @param state the state
	 * @param reason the reason for it
	 */
	record Next(ProgramState state, String reason) {

	}

}
