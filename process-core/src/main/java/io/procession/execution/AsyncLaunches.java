package io.procession.execution;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

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
	 * @param closed what it fails with if the manager closes before its turn
	 */
	<T> CompletableFuture<T> whenPermitted(int permits, Supplier<CompletableFuture<T>> launch, Runnable permitted,
			Supplier<? extends RuntimeException> closed) {
		Turn<T> turn = new Turn<>(this.context.time());
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
		turn.whenComplete((made, failure) -> this.limit.giveUp(permit));
		return turn;
	}

	private <T> void launchAtItsTurn(Turn<T> turn, Supplier<CompletableFuture<T>> launch, int permits) {
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
	 * A launch that waits for its turn. Once its turn has come it cannot be cancelled any
	 * more: a process would stay behind that nobody knows.
	 */
	private static final class Turn<T> extends CompletableFuture<T> {

		private final TimeSource time;

		private boolean begun;

		private Turn(TimeSource time) {
			this.time = time;
		}

		synchronized boolean begin() {
			this.begun = !isDone();
			return this.begun;
		}

		@Override
		public synchronized boolean cancel(boolean mayInterrupt) {
			return !this.begun && super.cancel(mayInterrupt);
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
		public T join() {
			return byMachine() ? super.join() : copy().join();
		}

		@Override
		public T get() throws InterruptedException, ExecutionException {
			return byMachine() ? super.get() : copy().get();
		}

		@Override
		public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
			return byMachine() ? super.get(timeout, unit) : copy().get(timeout, unit);
		}

		// foreign code may hang on it, which must not keep the others from their turns
		private void launch(Supplier<CompletableFuture<T>> launch, Executor executor) {
			CompletableFuture<T> launched;
			try {
				launched = launch.get();
			}
			catch (RuntimeException | Error ex) {
				launched = CompletableFuture.failedFuture(ex);
			}
			launched.whenCompleteAsync((made, failure) -> {
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
