package io.procession.pool;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.Signal;

/**
 * A pool that was started. No thread waits for it: the end of one process starts the
 * next. <i>Thread-safe.</i>
 */
public final class RunningPool {

	private static final String STOPPED = "its pool was stopped";

	private final PoolRun run;

	RunningPool(PoolRun run) {
		this.run = run;
	}

	/**
	 * Return the processes that run right now. Between the end of one process and the
	 * start of the next, the one that has ended is still among them, so that this is not
	 * empty before the pool has nothing left to run, unless all of its processes wait for
	 * the manager's limit.
	 * @return a handle to each by its key, in the order in which they were added; a
	 * snapshot
	 */
	public Map<String, RunningProcess> running() {
		return this.run.running();
	}

	/**
	 * How many processes the pool has in all.
	 * @return at least 1
	 */
	public int size() {
		return this.run.size();
	}

	/**
	 * Whether something still runs or has still to start.
	 * @return whether it goes on
	 */
	public boolean isRunning() {
		return !this.run.ended().isDone();
	}

	/**
	 * Send a signal to every process that runs right now, and return. A process that is
	 * being started gets it as soon as it runs.
	 * @param signal what to send
	 */
	public void signal(Signal signal) {
		this.run.signal(signal);
	}

	/**
	 * Stops all that run, in parallel, as {@link RunningProcess#stop()} does, starts
	 * nothing more, and returns when all have ended. From a progress listener it returns
	 * at once.
	 * @throws ProcessInterruptedException if this thread was interrupted; the stop goes
	 * on
	 */
	public void stop() {
		stopAll((pending, process) -> process.stopAsync());
	}

	/**
	 * Stops all that run with another grace.
	 * @param grace how long they have after the stop signal; zero means KILL at once
	 * @throws IllegalArgumentException if it is negative
	 * @throws ProcessInterruptedException if this thread was interrupted; the stop goes
	 * on
	 */
	public void stop(Duration grace) {
		if (grace.isNegative()) {
			throw new IllegalArgumentException("The grace must not be negative: " + grace);
		}
		stopAll((pending, process) -> process.stopAsync(grace));
	}

	private void stopAll(BiConsumer<PendingProcess, RunningProcess> how) {
		this.run.stop(STOPPED, how);
		if (!this.run.isInStep()) {
			waitFor();
		}
	}

	/**
	 * Waits for the ends of all.
	 * @return the results
	 * @throws IllegalStateException in a progress listener of the pool, which waits for
	 * the listener
	 * @throws ProcessInterruptedException if this thread was interrupted; the pool goes
	 * on
	 */
	public PoolResults waitFor() {
		if (this.run.isInStep() && isRunning()) {
			throw new IllegalStateException("A progress listener cannot wait for the end of its pool:"
					+ " the pool goes on when the listener has returned");
		}
		try {
			return this.run.ended().get();
		}
		catch (InterruptedException ex) {
			throw interrupted("its pool goes on, stop() ends it", ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * Waits for the ends of all, but not for ever. Stops nothing.
	 * @param bound at most so long
	 * @return the results, or empty if the pool goes on
	 * @throws ProcessInterruptedException if this thread was interrupted; the pool goes
	 * on
	 */
	public Optional<PoolResults> waitFor(Duration bound) {
		try {
			return Optional.of(this.run.ended().get(TimeUnit.NANOSECONDS.convert(bound), TimeUnit.NANOSECONDS));
		}
		catch (InterruptedException ex) {
			throw interrupted("its pool goes on, stop() ends it", ex);
		}
		catch (TimeoutException ex) {
			return Optional.empty();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * The results, later.
	 * @return a future of its own: cancelling it stops nothing
	 */
	public CompletableFuture<PoolResults> onEnd() {
		return this.run.ended().copy();
	}

	/** Waits as {@code run()} does: an interrupt stops the pool. */
	PoolResults attend(Duration timeoutGrace) {
		try {
			return waitFor();
		}
		catch (ProcessInterruptedException ex) {
			this.run.stop(STOPPED, (pending, process) -> process
				.stopAsync(Objects.requireNonNullElse(pending.toSpec().stopGrace(), timeoutGrace)));
			// as bounded as the stop, and no interrupt cuts it short
			this.run.ended().join();
			throw interrupted("its pool was stopped", ex.getCause());
		}
	}

	private ProcessInterruptedException interrupted(String outcome, @Nullable Throwable ex) {
		Thread.currentThread().interrupt();
		return new ProcessInterruptedException(this.run.first().command(), outcome, null, ex);
	}

}
