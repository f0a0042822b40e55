package io.procession.supervision;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.procession.supervision.ProgramStatus.Wanted;

/**
 * Everything that decides what happens next to a program. <i>Immutable.</i>
 *
 * @param status the part that users see
 * @param closed whether the program is never started again
 * @param run the number of the present run, or of the last one
 * @param presence what there is of that run
 * @param killing whether the run is to be killed rather than stopped
 * @param next what the program becomes once nothing is left of the run, while it is being
 * stopped or cannot be
 * @param attempts how many attempts to stop what there is were made in vain
 * @param timer the number of the latest timer; those before mean nothing
 * @param lastStartFailure the message of the latest failure to start, or empty
 */
record ProgramLife(ProgramStatus status, boolean closed, long run, Presence presence, boolean killing,
		@Nullable Next next, int attempts, long timer, String lastStartFailure) {

	static ProgramLife begin(Program program, Instant now) {
		ProgramStatus status = new ProgramStatus(program.name(), ProgramState.STOPPED, Wanted.DOWN, null, 0, null,
				false, now, "never started");
		return new ProgramLife(status, false, 0, Presence.NONE, false, null, 0, 0, "");
	}

	/**
	 * What there is of a run.
	 */
	enum Presence {

		/** Nothing. */
		NONE,
		/** A start in flight. */
		STARTING,
		/** Its process, perhaps with descendants. */
		PROCESS,
		/** Perhaps something that its process left behind, or a process given up. */
		LEFT_BEHIND

	}

	/**
	 * What a program becomes.
	 *
	 * @param state its state
	 * @param reason why
	 */
	record Next(ProgramState state, String reason) {

	}

}
