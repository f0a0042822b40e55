package io.procession.test;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * One task in the background, from its start to its end: it runs while it has the turn,
 * on a thread of its own, and gives the turn back when it ends or waits by the clock.
 * Everything that is not volatile is guarded by the lock of
 * {@link DeterministicScheduler}.
 */
final class FakeTask {

	final Runnable task;

	/** The thread whose call has led to it. */
	final ExternalThread origin;

	/** Signalled when it gets its turn again after an interrupt. */
	private final Condition wake;

	/** What it runs on, from its start on. */
	private volatile @Nullable Thread carrier;

	/** Whether it is on its way to the lock, which is no waiting for something else. */
	private volatile boolean entering;

	/** Whether its thread was interrupted while it waited, and has not said so yet. */
	private volatile boolean leavingPark;

	private volatile boolean turn;

	boolean started;

	private boolean interrupted;

	/** What it waits for. */
	private BooleanSupplier until = () -> true;

	/** When it stops waiting. */
	private long deadline;

	/** Watched from when it had to give up its turn. */
	@Nullable ThreadWatch watch;

	/** Whether it was logged that the clock goes on without it. */
	boolean toldAway;

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
	 * Whether it can go on. An interrupt is seen here as soon as it has been sent, even
	 * before its thread has noticed.
	 */
	boolean canGoOn(long now) {
		return isOver(now) || isInterrupted();
	}

	private boolean isInterrupted() {
		Thread thread = this.carrier;
		// in this order: the flag is lost for a moment on the way to the lock
		return this.interrupted || (thread != null && thread.isInterrupted()) || this.leavingPark;
	}

	/** Gives it the turn again. */
	void resume() {
		// until its thread is scheduled, it looks as if it still waited
		this.entering = true;
		this.turn = true;
		this.wake.signal();
		LockSupport.unpark(this.carrier);
	}

	/**
	 * Waits for its turn; called by its thread, which holds the lock once.
	 * @param changed called if it has become able to go on by an interrupt
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

	/** Takes the lock; called by its thread. */
	void enter(ReentrantLock lock) {
		this.entering = true;
		lock.lock();
		this.entering = false;
	}

	/** Whether its thread waits for something that is not the clock. */
	boolean isParked() {
		Thread thread = this.carrier;
		return thread != null && !this.entering && ThreadWatch.isParked(thread);
	}

}
