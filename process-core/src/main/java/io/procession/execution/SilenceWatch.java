package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Tells when a process has written nothing for too long. The time of a listener at work
 * is no silence: it is ours, not the process's. <i>Thread-safe.</i>
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
				this.task = this.context.schedule(nanos, this::look);
			}
		}
	}

	private void look() {
		if (this.listenerAtWork.getAsBoolean()) {
			heard();
		}
		long left = this.bound - (this.context.time().nanoTime() - this.lastHeard);
		if (left > 0) {
			lookAfter(left);
		}
		else if (end()) {
			this.tooLong.run();
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
