package io.procession.test;

import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * One task in the background, from its start to its end: it runs while it has the turn,
 * on a thread of its own, and gives the turn back when it ends or waits by the clock.
 * Everything that is not volatile is guarded by the lock of {@link Strands}.
 */
final class Strand {

	final Runnable task;

	/** Signalled when it gets its turn again. */
	final Condition wake;

	/** What it runs on, from its start on. */
	volatile @Nullable Thread carrier;

	/** Whether it is on its way to the lock, which is no waiting for something else. */
	volatile boolean entering;

	boolean started;

	boolean turn;

	/** What it waits for. */
	BooleanSupplier until = () -> true;

	/** Whose signal it waits for. */
	@Nullable Object condition;

	boolean signalled;

	/** When it stops waiting. */
	long deadline;

	/** Since when, by the machine's clock, it waits for something else. */
	long parkedSince;

	/** Since when, by the machine's clock, it has been at something else. */
	long awaySince;

	Strand(Runnable task, Condition wake) {
		this.task = task;
		this.wake = wake;
	}

	/** Whether its thread waits for something that is not the clock. */
	boolean isParked() {
		Thread thread = this.carrier;
		if (thread == null || this.entering) {
			return false;
		}
		return isParked(thread);
	}

	static boolean isParked(Thread thread) {
		Thread.State state = thread.getState();
		return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING || state == Thread.State.BLOCKED;
	}

}
