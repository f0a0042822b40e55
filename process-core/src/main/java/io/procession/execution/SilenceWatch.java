package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.Lateness;
import io.procession.concurrent.Nanos;

/**
 * Detects that a process has not written output for too long. The time during which a
 * listener is executing does not count, since the process is not the cause of it. Nor
 * does a pause of the JVM, during which output is not read. <i>Thread-safe.</i>
 */
final class SilenceWatch {

	private final ExecutionContext context;

	private final long bound;

	private final BooleanSupplier listenerAtWork;

	private final Runnable tooLong;

	private volatile long lastOutput;

	/** Guards everything below. */
	private final Object lock = new Object();

	private @Nullable Future<?> task;

	private long due;

	private int postponed;

	private boolean over;

	/**
	 * Create a watch that has not begun.
	 * @param context provides the clock and the scheduler
	 * @param bound the maximum time without output
	 * @param listenerAtWork whether a listener of the process is executing
	 * @param tooLong executed once, by the scheduler
	 */
	SilenceWatch(ExecutionContext context, Duration bound, BooleanSupplier listenerAtWork, Runnable tooLong) {
		this.context = context;
		this.bound = Nanos.of(bound);
		this.listenerAtWork = listenerAtWork;
		this.tooLong = tooLong;
		outputSeen();
	}

	void begin() {
		checkAfter(this.bound);
	}

	/**
	 * Restart the time: the process has written output, or a call of its listeners has
	 * ended.
	 */
	void outputSeen() {
		this.lastOutput = this.context.time().nanoTime();
	}

	private void checkAfter(long nanos) {
		synchronized (this.lock) {
			if (!this.over) {
				this.due = this.context.time().nanoTime() + nanos;
				this.task = this.context.schedule(nanos, this::check);
			}
		}
	}

	/** Check now if the timer was lost because the next check could not be scheduled. */
	void checkIfLost() {
		synchronized (this.lock) {
			if (this.over || this.task == null || !this.task.isDone()) {
				return;
			}
		}
		check();
	}

	private void check() {
		if (this.listenerAtWork.getAsBoolean()) {
			outputSeen();
		}
		long now = this.context.time().nanoTime();
		long left = this.bound - (now - this.lastOutput);
		long next = (left > 0) ? endPostponement(left) : graceAfterPause(now);
		if (next > 0) {
			checkAfter(next);
		}
		else if (end()) {
			this.tooLong.run();
		}
	}

	private long endPostponement(long left) {
		synchronized (this.lock) {
			this.postponed = 0;
			return left;
		}
	}

	// output in the pipe was not read, and during a long pause the process itself may
	// have been suspended
	private long graceAfterPause(long now) {
		synchronized (this.lock) {
			if (!this.context.isLate(this.due, now) || this.postponed == Lateness.MOST_IN_A_ROW) {
				return 0;
			}
			this.postponed++;
			if (now - this.due > Lateness.PAUSE) {
				outputSeen();
				return this.bound;
			}
			return Lateness.RECHECK;
		}
	}

	/**
	 * Stop watching.
	 * @return whether this call ended the watch
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
