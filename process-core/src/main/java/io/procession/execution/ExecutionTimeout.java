package io.procession.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Timeout of an execution, and who enforces it. <i>Immutable.</i>
 *
 * @param duration the maximum duration, or {@code null} for none
 * @param since the time from which it counts, by the monotonic clock, or {@code null} for
 * the start of the process
 * @param keeper the party that enforces it
 * @param remedy the origin of the timeout and how to raise it
 */
record ExecutionTimeout(@Nullable Duration duration, @Nullable Long since, Keeper keeper, String remedy) {

	/** Return whether the execution itself enforces it, by a timer. */
	boolean needsTimer() {
		return this.duration != null && this.keeper == Keeper.TIMER;
	}

	/** The party that enforces a timeout. */
	enum Keeper {

		/** The thread that waits in {@code run()}. */
		CALLER,

		/**
		 * A timer of the execution. For a process of a pool, it may count from the start
		 * of the pool.
		 */
		TIMER,

		/** The pipeline, which stops all its programs at once. */
		PIPELINE

	}

}
