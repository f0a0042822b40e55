package io.procession.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A bound in time on all that a process is a part of.
 *
 * @param timeout how long, counted from its beginning
 * @param since when that was, by the monotonic clock
 * @param left how much of it was left when the process was planned
 * @param kept whether somebody keeps it for all; otherwise each process does for itself
 * @param remedy where it comes from and what to do should it be too short
 */
record WholeTimeout(Duration timeout, long since, Duration left, boolean kept, String remedy) {

	/** That of a pipeline, which keeps it. */
	static WholeTimeout ofPipeline(Duration timeout, long now) {
		return new WholeTimeout(timeout, now, timeout, true,
				"it is that of its pipeline, raise it there with timeout(...)");
	}

	/** That of a pool, kept by each of its processes. */
	static WholeTimeout ofPool(Duration timeout, long since, long now) {
		return new WholeTimeout(timeout, since, timeout.minusNanos(now - since), false,
				"it is that of its pool, raise it there with timeout(...)");
	}

	/** Whether it is over no later than the process's own timeout. */
	boolean binds(@Nullable Duration own) {
		return own == null || this.left.compareTo(own) <= 0;
	}

}
