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
 * Handle to a pool that was started. It occupies no waiting thread: the end of one
 * process causes the start of the next. <i>Thread-safe.</i>
 */
public final class RunningPool {

	private static final String STOPPED = "its pool was stopped";

	private final PoolExecution execution;

	RunningPool(PoolExecution execution) {
		this.execution = execution;
	}

	/**
	 * Return the processes that are currently running. Between the end of one process and
	 * the start of the next, this includes the process that has ended. The result is
	 * therefore not empty until the pool has nothing left to run, unless all of its
	 * processes wait for the manager's limit.
	 * @return handles by key, in the order in which the processes were added; a snapshot
	 */
	public Map<String, RunningProcess> running() {
		return this.execution.running();
	}

	/**
	 * Return the total number of processes of the pool.
	 * @return at least 1
	 */
	public int size() {
		return this.execution.size();
	}

	/**
	 * Return whether a process is still running or has yet to be started.
	 * @return whether the pool is running
	 */
	public boolean isRunning() {
		return !this.execution.ended().isDone();
	}

	/**
	 * Send a signal to all running processes, and return. A process that is being started
	 * receives it as soon as it runs.
	 * @param signal the signal to send
	 */
	public void signal(Signal signal) {
		this.execution.signal(signal);
	}

	/**
	 * Stop all running processes in parallel, like {@link RunningProcess#stop()}, and
	 * start no more. Return when all have ended; when called by a progress listener,
	 * return immediately.
	 * @throws ProcessInterruptedException if the current thread was interrupted; the stop
	 * continues
	 */
	public void stop() {
		stopAll((pending, process) -> process.stopAsync());
	}

	/**
	 * Stop all running processes with another grace.
	 * @param grace time from the stop signal until the processes are killed; zero kills
	 * them immediately
	 * @throws IllegalArgumentException if the grace is negative
	 * @throws ProcessInterruptedException if the current thread was interrupted; the stop
	 * continues
	 */
	public void stop(Duration grace) {
		if (grace.isNegative()) {
			throw new IllegalArgumentException("The grace period must not be negative: " + grace);
		}
		stopAll((pending, process) -> process.stopAsync(grace));
	}

	private void stopAll(BiConsumer<PendingProcess, RunningProcess> how) {
		this.execution.stop(STOPPED, how);
		if (!this.execution.isInStep()) {
			waitFor();
		}
	}

	/**
	 * Wait for the end of all processes.
	 * @return the results
	 * @throws IllegalStateException if called by a progress listener of the pool, because
	 * the pool waits for the listener
	 * @throws ProcessInterruptedException if the current thread was interrupted; the pool
	 * keeps running
	 */
	public PoolResults waitFor() {
		if (this.execution.isInStep() && isRunning()) {
			throw new IllegalStateException("A progress listener cannot wait for the end of its pool:"
					+ " the pool continues only after the listener returns");
		}
		try {
			return this.execution.ended().get();
		}
		catch (InterruptedException ex) {
			throw interrupted("its pool was left running; use stop() to end it", ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * Wait for the end of all processes, up to a maximum time. This does not stop them.
	 * @param bound maximum time to wait
	 * @return the results, or empty if the pool is still running
	 * @throws ProcessInterruptedException if the current thread was interrupted; the pool
	 * keeps running
	 */
	public Optional<PoolResults> waitFor(Duration bound) {
		try {
			return Optional.of(this.execution.ended().get(TimeUnit.NANOSECONDS.convert(bound), TimeUnit.NANOSECONDS));
		}
		catch (InterruptedException ex) {
			throw interrupted("its pool was left running; use stop() to end it", ex);
		}
		catch (TimeoutException ex) {
			return Optional.empty();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * Return a future for the results.
	 * @return a new future; canceling it does not stop the pool
	 */
	public CompletableFuture<PoolResults> onEnd() {
		return this.execution.ended().copy();
	}

	/**
	 * Wait for the end of all processes; stop the pool if the thread is interrupted.
	 */
	PoolResults attend(Duration timeoutGrace) {
		try {
			return waitFor();
		}
		catch (ProcessInterruptedException ex) {
			this.execution.stop(STOPPED, (pending, process) -> process
				.stopAsync(Objects.requireNonNullElse(pending.toSpec().stopGrace(), timeoutGrace)));
			// bounded like the stop, and not shortened by a further interrupt
			this.execution.ended().join();
			throw interrupted("its pool was stopped", ex.getCause());
		}
	}

	private ProcessInterruptedException interrupted(String outcome, @Nullable Throwable ex) {
		Thread.currentThread().interrupt();
		return new ProcessInterruptedException(this.execution.first().command(), outcome, null, ex);
	}

}
