package io.procession.test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A future that moves the clock while a thread waits for it or for a dependent future.
 */
final class WaitingFuture<T> extends CompletableFuture<T> {

	private final ManualTime time;

	WaitingFuture(ManualTime time) {
		this.time = time;
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new WaitingFuture<>(this.time);
	}

	@Override
	public boolean isDone() {
		boolean done = super.isDone();
		if (!done) {
			this.time.polled(this);
		}
		return done;
	}

	@Override
	public T getNow(T absent) {
		return isDone() ? super.getNow(absent) : absent;
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		this.time.await(this, Long.MAX_VALUE);
		return super.get();
	}

	@Override
	public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		if (!this.time.await(this, unit.toNanos(timeout)) && !isDone()) {
			throw new TimeoutException("Not done after " + timeout + " " + unit + " of the fakes' clock");
		}
		return super.get();
	}

	@Override
	public T join() {
		boolean interrupted = false;
		while (!super.isDone()) {
			try {
				this.time.await(this, Long.MAX_VALUE);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		return super.join();
	}

}
