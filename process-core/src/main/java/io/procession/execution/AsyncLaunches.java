package io.procession.execution;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.BoundedExecutor;
import io.procession.concurrent.ConcurrencyLimit;
import io.procession.concurrent.TimeSource;

/**
 * Launches without a waiting thread. Each launch waits for its permits and for its place
 * in the queue without a thread, and can be canceled until then. <i>Thread-safe.</i>
 */
final class AsyncLaunches {

	/**
	 * Maximum number of concurrent asynchronous launches. More of them would only wait
	 * for spawn permits; with fewer, they would wait for each other's secrets to be read.
	 */
	private static final int MOST_LAUNCHES = 32;

	private final ExecutionContext context;

	private final ConcurrencyLimit limit;

	private final BoundedExecutor launches;

	AsyncLaunches(ExecutionContext context, ConcurrencyLimit limit) {
		this.context = context;
		this.limit = limit;
		this.launches = new BoundedExecutor(MOST_LAUNCHES, context::execute);
	}

	/**
	 * Wait for permits without a thread, then launch on the executor.
	 * @param permits the number of permits; released here only if nothing is launched
	 * @param launch performs the launch; releases the permits itself if it fails
	 * @param permitted called once the permits have been granted
	 * @param stoppable whether the launched process is stopped if the caller completes
	 * the future
	 * @param closed creates the exception for a launch that is still queued when the
	 * manager closes
	 */
	<T> CompletableFuture<T> whenPermitted(int permits, Supplier<Launched<T>> launch, Runnable permitted,
			boolean stoppable, Supplier<? extends RuntimeException> closed) {
		QueuedLaunch<T> queued = new QueuedLaunch<>(this.context.time(), stoppable);
		CompletableFuture<Boolean> permit = this.limit.whenAvailable(permits);
		permit.thenAccept((granted) -> {
			if (granted) {
				permitted.run();
				launchInOrder(queued, launch, permits);
			}
			else {
				this.context.execute(() -> queued.completeExceptionally(closed.get()));
			}
		});
		// canceling a waiting launch gives up its place in the queue
		queued.whenComplete((made, failure) -> {
			this.limit.withdraw(permit);
			queued.stop();
		});
		return queued;
	}

	private <T> void launchInOrder(QueuedLaunch<T> queued, Supplier<Launched<T>> launch, int permits) {
		try {
			this.launches.execute(() -> {
				if (queued.begin()) {
					queued.launch(launch, this.context::execute);
				}
				else {
					this.limit.release(permits);
				}
			});
		}
		catch (RuntimeException | Error ex) {
			this.limit.release(permits);
			queued.completeExceptionally(ex);
		}
	}

	/**
	 * The result of a launch.
	 *
	 * @param <T> the type of the outcome
	 * @param result a future with the outcome
	 * @param stop begins to stop what was launched; does nothing if it has ended
	 */
	record Launched<T>(CompletableFuture<T> result, Runnable stop) {

	}

	/**
	 * A launch in the queue. Once it has begun, completing it from outside stops what is
	 * launched. If that is not possible, it can no longer be canceled: otherwise a
	 * process would be left without an owner.
	 */
	private static final class QueuedLaunch<T> extends CompletableFuture<T> {

		private final TimeSource time;

		private final boolean stoppable;

		private boolean begun;

		private volatile @Nullable Runnable stop;

		private QueuedLaunch(TimeSource time, boolean stoppable) {
			this.time = time;
			this.stoppable = stoppable;
		}

		synchronized boolean begin() {
			this.begun = !super.isDone();
			return this.begun;
		}

		@Override
		public boolean cancel(boolean mayInterrupt) {
			if (!this.stoppable) {
				return abandon();
			}
			stop();
			return super.cancel(mayInterrupt);
		}

		private synchronized boolean abandon() {
			return !this.begun && super.cancel(false);
		}

		// stop first, then complete: dependents may take long

		@Override
		public boolean complete(T value) {
			stop();
			return super.complete(value);
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			stop();
			return super.completeExceptionally(failure);
		}

		/**
		 * Stop what was launched. Does nothing if it has ended and this future is
		 * completed for that reason.
		 */
		private void stop() {
			Runnable present = this.stop;
			if (present == null) {
				return;
			}
			try {
				present.run();
			}
			catch (RuntimeException | Error ex) {
				// the next sweep retries it
				return;
			}
		}

		// waits of callers use the time source of the manager

		@Override
		public <U> CompletableFuture<U> newIncompleteFuture() {
			return this.time.newFuture();
		}

		private boolean byMachine() {
			return this.time.executor() == null;
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

		// wait by a dependent, which is a future of the time source; the outcome is taken
		// from this future

		@Override
		public T join() {
			if (!byMachine()) {
				completion().join();
			}
			return super.join();
		}

		@Override
		public T get() throws InterruptedException, ExecutionException {
			if (!byMachine()) {
				completion().get();
			}
			return super.get();
		}

		@Override
		public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
			if (!byMachine()) {
				completion().get(timeout, unit);
			}
			return super.get(timeout, unit);
		}

		private CompletableFuture<Boolean> completion() {
			return handle((made, failure) -> true);
		}

		// caller code may depend on this future and must not delay other launches
		private void launch(Supplier<Launched<T>> launch, Executor executor) {
			Launched<T> launched;
			try {
				launched = launch.get();
			}
			catch (RuntimeException | Error ex) {
				launched = new Launched<>(CompletableFuture.failedFuture(ex), () -> {
				});
			}
			this.stop = launched.stop();
			if (super.isDone()) {
				// it was completed during the launch
				stop();
			}
			launched.result().whenCompleteAsync((made, failure) -> {
				this.stop = null;
				if (failure == null) {
					complete(made);
				}
				else {
					completeExceptionally((failure instanceof CompletionException && failure.getCause() != null)
							? failure.getCause() : failure);
				}
			}, executor);
		}

	}

}
