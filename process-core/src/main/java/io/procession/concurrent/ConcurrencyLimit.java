package io.procession.concurrent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Limit on the number of concurrent processes. Permits are granted in the order of the
 * requests, several at a time where they are needed together. <i>Thread-safe.</i>
 */
public final class ConcurrencyLimit {

	private final int limit;

	private final TimeSource time;

	/** Guards everything below. */
	private final Object lock = new Object();

	private final Deque<Waiter> waiters = new ArrayDeque<>();

	private int available;

	private boolean closed;

	/**
	 * Create a limit whose permits are all available.
	 * @param limit the number of permits, or {@link Integer#MAX_VALUE} for no limit
	 * @param time the clock by which requests wait
	 */
	public ConcurrencyLimit(int limit, TimeSource time) {
		this.limit = limit;
		this.time = time;
		this.available = limit;
	}

	/**
	 * Return the number of permits.
	 * @return the number, or {@link Integer#MAX_VALUE} for no limit
	 */
	public int limit() {
		return this.limit;
	}

	private boolean isUnlimited() {
		return this.limit == Integer.MAX_VALUE;
	}

	/**
	 * Acquire permits if they are available and no other request is waiting.
	 * @param permits the number of permits
	 * @return whether they were acquired
	 */
	public boolean tryAcquire(int permits) {
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
	 * @param permits the number of permits
	 * @param timeout the maximum time to wait
	 * @return whether they were granted; {@code false} if the timeout elapsed or the
	 * limit was closed
	 * @throws InterruptedException if the thread was interrupted; no permit is held
	 */
	public boolean acquire(int permits, Duration timeout) throws InterruptedException {
		if (tryAcquire(permits)) {
			return true;
		}
		CompletableFuture<Boolean> granted = whenAvailable(permits);
		boolean inTime = false;
		try {
			inTime = this.time.await(granted, Nanos.of(timeout));
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
	 * @param permits the number of permits
	 * @return a future that is completed with {@code true} when they are granted, or
	 * {@code false} when the limit is closed; canceling it removes the request from the
	 * queue
	 */
	public CompletableFuture<Boolean> whenAvailable(int permits) {
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

	/**
	 * Return permits.
	 * @param permits the number of permits
	 */
	public void release(int permits) {
		if (isUnlimited()) {
			return;
		}
		synchronized (this.lock) {
			this.available += permits;
		}
		grant();
	}

	/**
	 * Remove a request from the queue, if it is still waiting.
	 * @param request the future of the request
	 */
	public void withdraw(CompletableFuture<Boolean> request) {
		if (request.cancel(false)) {
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

	/**
	 * Reject all waiting requests.
	 */
	public void close() {
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
