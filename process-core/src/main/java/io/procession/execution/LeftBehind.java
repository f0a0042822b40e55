package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Everything that an ended process has left behind, and how it is stopped. One stop at a
 * time is under way. <i>Thread-safe.</i>
 */
final class LeftBehind {

	private final ProcessRun run;

	/** Guards the field below. */
	private final Object lock = new Object();

	private @Nullable Attempt attempt;

	LeftBehind(ProcessRun run) {
		this.run = run;
	}

	/**
	 * Begin to stop it, or make the stop that is under way no slower.
	 * @param grace how long it has, or {@code null} for the grace of its process
	 * @return whether nothing is left
	 */
	CompletableFuture<Boolean> stop(@Nullable Duration grace) {
		if (this.run.outcome() == null) {
			throw new IllegalStateException("'" + this.run.name() + "' has not ended: use stop()");
		}
		StopOrder order = this.run.plan().toStop(grace);
		Attempt present;
		boolean begins;
		synchronized (this.lock) {
			Attempt before = this.attempt;
			begins = before == null || before.gone.isDone();
			present = (before == null || begins) ? new Attempt(order) : before;
			this.attempt = present;
		}
		if (begins) {
			beginOrFail(present);
		}
		else {
			present.stop.shorten(order.grace());
		}
		return present.gone.copy();
	}

	// one that has not begun is over: the next call makes a new one
	private static void beginOrFail(Attempt attempt) {
		try {
			attempt.begin();
		}
		catch (RuntimeException | Error ex) {
			attempt.gone.completeExceptionally(ex);
			throw ex;
		}
	}

	private final class Attempt {

		private final RunContext context = LeftBehind.this.run.context();

		private final CompletableFuture<Boolean> gone = this.context.time().newFuture();

		private final Stopper.Stop stop;

		private Attempt(StopOrder order) {
			this.stop = LeftBehind.this.run.stopOfLeftBehind(order, this::ended);
		}

		private void begin() {
			if (LeftBehind.this.run.isSurelyGone()) {
				this.gone.complete(true);
				return;
			}
			if (this.context.closed().get()) {
				this.gone.complete(false);
				return;
			}
			this.context.stopper().begin(this.stop);
			this.gone.thenRun(this.context.onClose(() -> this.gone.complete(false)));
		}

		// foreign code may hang on the future, and this is a round of the stopper
		private void ended() {
			this.context.execute(() -> this.gone.complete(!this.stop.isLost()));
		}

	}

}
