package io.procession.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Timeout of a pipeline or pool that applies to each of its processes.
 *
 * @param timeout the timeout
 * @param since the time at which it began, by the monotonic clock
 * @param left the time that remained when the process was planned
 * @param keeper the party that enforces it for each process
 * @param remedy the origin of the timeout and how to raise it
 */
record SharedDeadline(Duration timeout, long since, Duration left, ExecutionTimeout.Keeper keeper, String remedy) {

	/** Create the timeout of a pipeline, which the pipeline enforces. */
	static SharedDeadline ofPipeline(Duration timeout, long now) {
		return new SharedDeadline(timeout, now, timeout, ExecutionTimeout.Keeper.PIPELINE,
				"the timeout is that of its pipeline; raise it there with timeout(...)");
	}

	/** Create the timeout of a pool, which each of its processes enforces. */
	static SharedDeadline ofPool(Duration timeout, long since, long now) {
		return new SharedDeadline(timeout, since, timeout.minusNanos(now - since), ExecutionTimeout.Keeper.TIMER,
				"the timeout is that of its pool; raise it there with timeout(...)");
	}

	/** Return whether it elapses no later than the given timeout of the process. */
	boolean binds(@Nullable Duration own) {
		return own == null || this.left.compareTo(own) <= 0;
	}

}
