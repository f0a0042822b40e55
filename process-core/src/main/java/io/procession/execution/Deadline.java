package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

/**
 * Time at which something has to be over. A check that comes late, as after a pause of
 * the JVM, is repeated a moment later: what ended in time may not have been noticed yet.
 * <i>Thread-safe.</i>
 */
final class Deadline {

	private final RunContext context;

	/** Guards everything below. */
	private final Object lock = new Object();

	private long due;

	private int forgiven;

	private boolean cancelled;

	private @Nullable Future<?> task;

	/**
	 * Create a deadline that nobody checks yet.
	 * @param context gives the clock and the scheduler
	 * @param since when the time began to count, by the monotonic clock
	 * @param timeout how long it may take, or {@code null} for no deadline
	 */
	Deadline(RunContext context, long since, @Nullable Duration timeout) {
		this.context = context;
		this.due = (timeout != null) ? since + RunContext.nanos(timeout) : Long.MAX_VALUE;
	}

	/** Returns the nanoseconds left; not positive if it is due. */
	long remaining(long now) {
		synchronized (this.lock) {
			return (this.due != Long.MAX_VALUE) ? this.due - now : Long.MAX_VALUE;
		}
	}

	/**
	 * Whether it has been exceeded for good; if it is just late, it is due again soon.
	 */
	boolean isExceeded(long now) {
		synchronized (this.lock) {
			if (remaining(now) > 0) {
				return false;
			}
			if (!this.context.isLate(this.due, now) || this.forgiven == Lateness.MOST_IN_A_ROW) {
				return true;
			}
			this.forgiven++;
			this.due = now + Lateness.LOOK_AGAIN;
			return false;
		}
	}

	/**
	 * Checks it by a timer until it is exceeded or cancelled.
	 * @param exceeded is run once, by the scheduler
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

	/** Ends the watch. */
	void cancel() {
		synchronized (this.lock) {
			this.cancelled = true;
			if (this.task != null) {
				this.task.cancel(false);
			}
		}
	}

}
