package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Tells when a process has written nothing for too long. The time of a listener at work
 * is no silence: it is ours, not the process's. Nor is a pause of the JVM, during which
 * nobody reads. <i>Thread-safe.</i>
 */
final class SilenceWatch {

	private final RunContext context;

	private final long bound;

	private final BooleanSupplier listenerAtWork;

	private final Runnable tooLong;

	private volatile long lastHeard;

	/** Guards everything below. */
	private final Object lock = new Object();

	private @Nullable Future<?> task;

	private long due;

	private int forgiven;

	private boolean over;

	/**
	 * A watch that does not look yet.
	 * @param context gives the clock and the scheduler
	 * @param bound how long a silence may last
	 * @param listenerAtWork whether a listener of the process is being told something
	 * @param tooLong is told once, by the scheduler
	 */
	SilenceWatch(RunContext context, Duration bound, BooleanSupplier listenerAtWork, Runnable tooLong) {
		this.context = context;
		this.bound = RunContext.nanos(bound);
		this.listenerAtWork = listenerAtWork;
		this.tooLong = tooLong;
		heard();
	}

	void begin() {
		lookAfter(this.bound);
	}

	/** The process has written something, or listeners have heard of it. */
	void heard() {
		this.lastHeard = this.context.time().nanoTime();
	}

	private void lookAfter(long nanos) {
		synchronized (this.lock) {
			if (!this.over) {
				this.due = this.context.time().nanoTime() + nanos;
				this.task = this.context.schedule(nanos, this::look);
			}
		}
	}

	/** Looks if the timer was lost because the next look could not be scheduled. */
	void lookIfLost() {
		synchronized (this.lock) {
			if (this.over || this.task == null || !this.task.isDone()) {
				return;
			}
		}
		look();
	}

	private void look() {
		if (this.listenerAtWork.getAsBoolean()) {
			heard();
		}
		long now = this.context.time().nanoTime();
		long left = this.bound - (now - this.lastHeard);
		long next = (left > 0) ? forgiveNothing(left) : graceAfterPause(now);
		if (next > 0) {
			lookAfter(next);
		}
		else if (end()) {
			this.tooLong.run();
		}
	}

	private long forgiveNothing(long left) {
		synchronized (this.lock) {
			this.forgiven = 0;
			return left;
		}
	}

	// what is in the pipe was not read, and after a long pause the process itself may
	// have stood still
	private long graceAfterPause(long now) {
		synchronized (this.lock) {
			if (!this.context.isLate(this.due, now) || this.forgiven == Lateness.MOST_IN_A_ROW) {
				return 0;
			}
			this.forgiven++;
			if (now - this.due > Lateness.PAUSE) {
				heard();
				return this.bound;
			}
			return Lateness.LOOK_AGAIN;
		}
	}

	/**
	 * Looks no more.
	 * @return whether this ended it
	 */
	boolean end() {
		synchronized (this.lock) {
			if (this.task != null) {
				this.task.cancel(false);
			}
			boolean ends = !this.over;
			this.over = true;
			return ends;
		}
	}

}
