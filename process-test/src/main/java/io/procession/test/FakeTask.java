package io.procession.test;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A task of the scheduler. It executes on a thread of its own while it is its turn, and
 * returns control when it ends or waits by the clock. All fields that are not volatile
 * are guarded by the lock of {@link DeterministicScheduler}.
 */
final class FakeTask {

	final Runnable task;

	/** Thread whose call has caused this task. */
	final ExternalThread origin;

	/** Signaled when it is the task's turn again after an interrupt. */
	private final Condition wake;

	/** Thread of the task once it has started. */
	private volatile @Nullable Thread carrier;

	/**
	 * Whether the thread is acquiring the lock and thus not waiting for something else.
	 */
	private volatile boolean entering;

	/** Whether the thread was interrupted while it waited and has not yet reported it. */
	private volatile boolean leavingPark;

	private volatile boolean turn;

	boolean started;

	private boolean interrupted;

	/** Condition that the task waits for. */
	private BooleanSupplier until = () -> true;

	/** Time at which the wait ends. */
	private long deadline;

	/** Set once the task waits for something other than the clock. */
	@Nullable ThreadWatch watch;

	/** Whether it has been logged that the clock moves on regardless of the task. */
	boolean isReportedAway;

	FakeTask(Runnable task, ExternalThread origin, Condition wake) {
		this.task = task;
		this.origin = origin;
		this.wake = wake;
	}

	void carriedBy(Thread thread) {
		this.carrier = thread;
	}

	@Nullable Thread carrier() {
		return this.carrier;
	}

	long deadline() {
		return this.deadline;
	}

	void waitFor(BooleanSupplier condition, long latest) {
		this.until = condition;
		this.deadline = latest;
	}

	boolean isOver(long now) {
		return this.until.getAsBoolean() || this.deadline <= now;
	}

	/**
	 * Return whether the task can continue. An interrupt is considered as soon as it has
	 * been sent, even before the thread has noticed it.
	 */
	boolean canGoOn(long now) {
		return isOver(now) || isInterrupted();
	}

	private boolean isInterrupted() {
		Thread thread = this.carrier;
		// in this order: the flag is cleared for a moment while the thread acquires the
		// lock
		return this.interrupted || (thread != null && thread.isInterrupted()) || this.leavingPark;
	}

	/** Let the task continue. */
	void resume() {
		// until the thread is scheduled, it appears to be waiting still
		this.entering = true;
		this.turn = true;
		this.wake.signal();
		LockSupport.unpark(this.carrier);
	}

	/**
	 * Wait until it is the task's turn. Called by its thread, which must hold the lock
	 * exactly once.
	 * @param changed called if an interrupt allows the task to continue
	 */
	void awaitTurn(ReentrantLock lock, Runnable changed) {
		lock.unlock();
		while (!this.turn && !Thread.currentThread().isInterrupted()) {
			LockSupport.park(this);
		}
		this.leavingPark = true;
		this.entering = true;
		lock.lock();
		if (!this.turn) {
			this.interrupted = true;
			changed.run();
		}
		while (!this.turn) {
			this.wake.awaitUninterruptibly();
		}
		this.turn = false;
		this.interrupted = false;
		this.leavingPark = false;
		this.entering = false;
	}

	/** Acquire the lock. Called by the thread of the task. */
	void enter(ReentrantLock lock) {
		this.entering = true;
		lock.lock();
		this.entering = false;
	}

	/** Return whether the thread waits for something other than the clock. */
	boolean isParked() {
		Thread thread = this.carrier;
		return thread != null && !this.entering && ThreadWatch.isParked(thread);
	}

}
