package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The remaining descendants of a process that has ended, and how they are stopped. At
 * most one stop at a time is in progress. <i>Thread-safe.</i>
 */
final class LeftBehind {

	private final ProcessExecution execution;

	/** Guards the field below. */
	private final Object lock = new Object();

	private @Nullable Attempt attempt;

	LeftBehind(ProcessExecution execution) {
		this.execution = execution;
	}

	/**
	 * Begin to stop them, or accelerate the stop that is in progress.
	 * @param grace the grace period, or {@code null} for that of the process
	 * @return a future that indicates whether nothing remains
	 */
	CompletableFuture<Boolean> stop(@Nullable Duration grace) {
		if (this.execution.outcome() == null) {
			throw new IllegalStateException("'" + this.execution.name() + "' has not ended: use stop()");
		}
		StopOrder order = this.execution.plan().toStop(grace);
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

	// an attempt that could not begin is complete: the next call creates a new one
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

		private final ExecutionContext context = LeftBehind.this.execution.context();

		private final CompletableFuture<Boolean> gone = this.context.time().newFuture();

		private final Stopper.Stop stop;

		private Attempt(StopOrder order) {
			this.stop = LeftBehind.this.execution.stop().ofLeftBehind(order, this::ended);
		}

		private void begin() {
			if (LeftBehind.this.execution.isSurelyGone()) {
				this.gone.complete(true);
				return;
			}
			if (this.context.lifecycle().isStopped()) {
				this.gone.complete(false);
				return;
			}
			this.context.stopper().begin(this.stop);
			this.gone.thenRun(this.context.onClose(() -> this.gone.complete(false)));
		}

		// caller code may depend on the future, and this is a round of the stopper
		private void ended() {
			this.context.execute(() -> this.gone.complete(!this.stop.isLost()));
		}

	}

}
