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
 */
record WholeTimeout(Duration timeout, long since, Duration left, boolean kept) {

	static WholeTimeout of(Duration timeout, long since, boolean kept, long now) {
		return new WholeTimeout(timeout, since, timeout.minusNanos(now - since), kept);
	}

	/** Whether it is over no later than the process's own timeout. */
	boolean binds(@Nullable Duration own) {
		return own == null || this.left.compareTo(own) <= 0;
	}

}
