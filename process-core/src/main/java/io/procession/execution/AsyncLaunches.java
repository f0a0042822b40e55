package io.procession.execution;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.procession.engine.TimeSource;

/**
 * Launches that nobody waits for: each waits for its permits and its turn without a
 * thread, and can be cancelled until then. <i>Thread-safe.</i>
 */
final class AsyncLaunches {

	/**
	 * How many launches that nobody waits for are under way. More would only wait for
	 * permits to spawn, fewer for the secrets of one another.
	 */
	private static final int MOST_LAUNCHES = 32;

	private final RunContext context;

	private final ConcurrencyLimit limit;

	private final LaunchTurns turns;

	AsyncLaunches(RunContext context, ConcurrencyLimit limit) {
		this.context = context;
		this.limit = limit;
		this.turns = new LaunchTurns(MOST_LAUNCHES, context::execute);
	}

	/**
	 * Waits for permits without a thread, then launches on the executor.
	 * @param permits how many; given back here only if nothing is launched
	 * @param launch launches; gives back the permits itself should it fail
	 * @param permitted called when they are there
	 * @param stoppable whether what is launched is stopped if the future is completed by
	 * somebody else
	 * @param closed what it fails with if the manager closes before its turn
	 */
	<T> CompletableFuture<T> whenPermitted(int permits, Supplier<Launched<T>> launch, Runnable permitted,
			boolean stoppable, Supplier<? extends RuntimeException> closed) {
		Turn<T> turn = new Turn<>(this.context.time(), stoppable);
		CompletableFuture<Boolean> permit = this.limit.whenAvailable(permits);
		permit.thenAccept((granted) -> {
			if (granted) {
				permitted.run();
				launchAtItsTurn(turn, launch, permits);
			}
			else {
				this.context.execute(() -> turn.completeExceptionally(closed.get()));
			}
		});
		// who cancels while it waits gives up the place
		turn.whenComplete((made, failure) -> {
			this.limit.giveUp(permit);
			turn.stop();
		});
		return turn;
	}

	private <T> void launchAtItsTurn(Turn<T> turn, Supplier<Launched<T>> launch, int permits) {
		try {
			this.turns.execute(() -> {
				if (turn.begin()) {
					turn.launch(launch, this.context::execute);
				}
				else {
					this.limit.release(permits);
				}
			});
		}
		catch (RuntimeException | Error ex) {
			this.limit.release(permits);
			turn.completeExceptionally(ex);
		}
	}

	/**
	 * What was launched.
	 *
	 * @param <T> what comes of it
	 * @param result what comes of it, later
	 * @param stop begins to stop it; does nothing if it has ended
	 */
	record Launched<T>(CompletableFuture<T> result, Runnable stop) {

	}

	/**
	 * A launch that waits for its turn. Once its turn has come, whoever completes it from
	 * outside stops what is launched; if that is not possible, it cannot be canceled any
	 * more: a process would stay behind that nobody knows.
	 */
	private static final class Turn<T> extends CompletableFuture<T> {

		private final TimeSource time;

		private final boolean stoppable;

		private boolean begun;

		private volatile @Nullable Runnable stop;

		private Turn(TimeSource time, boolean stoppable) {
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
				return giveUp();
			}
			stop();
			return super.cancel(mayInterrupt);
		}

		private synchronized boolean giveUp() {
			return !this.begun && super.cancel(false);
		}

		// first act, then tell: what depends on it may take long

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

		/** Stops what was launched, unless it has ended, which is why this is done. */
		private void stop() {
			Runnable present = this.stop;
			if (present == null) {
				return;
			}
			try {
				present.run();
			}
			catch (RuntimeException | Error ex) {
				// the sweep carries it out
				return;
			}
		}

		// who waits, waits by the clock of the manager

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

		// one that depends on this waits, since it is of the clock; the outcome is this
		// one's

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

		// foreign code may hang on it, which must not keep the others from their turns
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
				// it was completed while it was being launched
				stop();
			}
			launched.result().whenCompleteAsync((made, failure) -> {
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
