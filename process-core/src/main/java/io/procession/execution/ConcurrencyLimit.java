package io.procession.execution;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.procession.engine.TimeSource;

/**
 * How many processes may run at once: permits, given in the order they were asked for,
 * several at a time where they are needed together. <i>Thread-safe.</i>
 */
final class ConcurrencyLimit {

	private final int limit;

	private final TimeSource time;

	/** Guards everything below. */
	private final Object lock = new Object();

	private final Deque<Waiter> waiters = new ArrayDeque<>();

	private int available;

	private boolean closed;

	ConcurrencyLimit(int limit, TimeSource time) {
		this.limit = limit;
		this.time = time;
		this.available = limit;
	}

	int limit() {
		return this.limit;
	}

	private boolean isUnlimited() {
		return this.limit == Integer.MAX_VALUE;
	}

	/** Takes permits if they are there and nobody waits. */
	boolean tryAcquire(int permits) {
		if (isUnlimited() || permits == 0) {
			return true;
		}
		synchronized (this.lock) {
			if (!this.waiters.isEmpty() || this.available < permits) {
				return false;
			}
			this.available -= permits;
			return true;
		}
	}

	/**
	 * Waits for permits.
	 * @return whether they were given; not if the time was over or this was closed
	 */
	boolean acquire(int permits, Duration timeout) throws InterruptedException {
		if (tryAcquire(permits)) {
			return true;
		}
		CompletableFuture<Boolean> granted = whenAvailable(permits);
		boolean inTime = false;
		try {
			inTime = this.time.await(granted, RunContext.nanos(timeout));
		}
		finally {
			if (!inTime) {
				// given in the last moment counts as not given
				if (!granted.cancel(false) && granted.join()) {
					release(permits);
				}
				forgetCancelled();
			}
		}
		return inTime && granted.join();
	}

	/**
	 * Asks for permits without waiting.
	 * @return true when they are given, false when this is closed; cancel it to give up
	 * the place in the queue
	 */
	CompletableFuture<Boolean> whenAvailable(int permits) {
		if (tryAcquire(permits)) {
			return CompletableFuture.completedFuture(true);
		}
		Waiter waiter = new Waiter(permits, new CompletableFuture<>());
		synchronized (this.lock) {
			if (this.closed) {
				return CompletableFuture.completedFuture(false);
			}
			this.waiters.add(waiter);
		}
		grant();
		return waiter.granted();
	}

	void release(int permits) {
		if (isUnlimited()) {
			return;
		}
		synchronized (this.lock) {
			this.available += permits;
		}
		grant();
	}

	/** Gives up a place in the queue, if it is still one. */
	void giveUp(CompletableFuture<Boolean> place) {
		if (place.cancel(false)) {
			forgetCancelled();
		}
	}

	private void forgetCancelled() {
		synchronized (this.lock) {
			this.waiters.removeIf((waiter) -> waiter.granted().isDone());
		}
		grant();
	}

	// dependents of the futures run outside the lock
	private void grant() {
		while (true) {
			Waiter first;
			synchronized (this.lock) {
				first = this.waiters.peek();
				if (first == null || this.available < first.permits()) {
					return;
				}
				this.waiters.remove();
				this.available -= first.permits();
			}
			if (!first.granted().complete(true)) {
				synchronized (this.lock) {
					this.available += first.permits();
				}
			}
		}
	}

	/** Whoever waits, waits in vain. */
	void close() {
		List<Waiter> rejected;
		synchronized (this.lock) {
			this.closed = true;
			rejected = new ArrayList<>(this.waiters);
			this.waiters.clear();
		}
		rejected.forEach((waiter) -> waiter.granted().complete(false));
	}

	private record Waiter(int permits, CompletableFuture<Boolean> granted) {

	}

}
