package io.procession.execution;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.procession.engine.TimeSource;

/**
 * Limit on the number of concurrent processes. Permits are granted in the order of the
 * requests, several at a time where they are needed together. <i>Thread-safe.</i>
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

	/** Acquire permits if they are available and no other request is waiting. */
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
	 * Wait for permits.
	 * @return whether they were granted; {@code false} if the timeout elapsed or the
	 * limit was closed
	 */
	boolean acquire(int permits, Duration timeout) throws InterruptedException {
		if (tryAcquire(permits)) {
			return true;
		}
		CompletableFuture<Boolean> granted = whenAvailable(permits);
		boolean inTime = false;
		try {
			inTime = this.time.await(granted, ExecutionContext.nanos(timeout));
		}
		finally {
			if (!inTime) {
				// permits granted after the timeout are returned
				if (!granted.cancel(false) && granted.join()) {
					release(permits);
				}
				forgetCancelled();
			}
		}
		return inTime && granted.join();
	}

	/**
	 * Request permits without waiting.
	 * @return a future that is completed with {@code true} when they are granted, or
	 * {@code false} when the limit is closed; canceling it removes the request from the
	 * queue
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

	/** Remove a request from the queue, if it is still waiting. */
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

	// dependents of the futures are executed outside the lock
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

	/** Reject all waiting requests. */
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
