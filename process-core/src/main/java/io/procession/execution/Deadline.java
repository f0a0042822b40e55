package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.Lateness;
import io.procession.concurrent.Nanos;

/**
 * The time at which an operation must have ended. A check that is late, for example after
 * a pause of the JVM, is repeated after a short delay, since an exit in time may not have
 * been noticed yet. <i>Thread-safe.</i>
 */
final class Deadline {

	private final ExecutionContext context;

	/** Guards everything below. */
	private final Object lock = new Object();

	private long due;

	private int postponed;

	private boolean cancelled;

	private @Nullable Future<?> task;

	/**
	 * Create a deadline that is not being watched.
	 * @param context provides the clock and the scheduler
	 * @param since the time from which the timeout counts, by the monotonic clock
	 * @param timeout the timeout, or {@code null} for no deadline
	 */
	Deadline(ExecutionContext context, long since, @Nullable Duration timeout) {
		this.context = context;
		this.due = (timeout != null) ? since + Nanos.of(timeout) : Long.MAX_VALUE;
	}

	/** Return the remaining nanoseconds; zero or negative if the deadline is due. */
	long remaining(long now) {
		synchronized (this.lock) {
			return (this.due != Long.MAX_VALUE) ? this.due - now : Long.MAX_VALUE;
		}
	}

	/**
	 * Return whether the deadline has been exceeded. If the check is late, it may be
	 * postponed by a short time.
	 */
	boolean isExceeded(long now) {
		synchronized (this.lock) {
			if (remaining(now) > 0) {
				return false;
			}
			if (!this.context.isLate(this.due, now) || this.postponed == Lateness.MOST_IN_A_ROW) {
				return true;
			}
			this.postponed++;
			this.due = now + Lateness.RECHECK;
			return false;
		}
	}

	/**
	 * Watch the deadline by a timer until it is exceeded or canceled.
	 * @param exceeded executed once, by the scheduler
	 */
	void watch(Runnable exceeded) {
		synchronized (this.lock) {
			if (this.cancelled) {
				return;
			}
			long left = Math.max(0, remaining(this.context.time().nanoTime()));
			this.task = this.context.schedule(left, () -> check(exceeded));
		}
	}

	private void check(Runnable exceeded) {
		if (isExceeded(this.context.time().nanoTime())) {
			exceeded.run();
		}
		else {
			watch(exceeded);
		}
	}

	/** Stop watching. */
	void cancel() {
		synchronized (this.lock) {
			this.cancelled = true;
			if (this.task != null) {
				this.task.cancel(false);
			}
		}
	}

}
