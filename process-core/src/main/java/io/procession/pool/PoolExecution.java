package io.procession.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.RepeatableStep;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessLauncher;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * A single execution of a pool. It occupies no waiting thread: each start and each end of
 * a process causes the next {@linkplain #step() step}. <i>Thread-safe.</i>
 */
final class PoolExecution {

	private static final String CLOSED = "its ProcessManager no longer starts processes";

	private static final String TIME_OVER = "the timeout of its pool had elapsed";

	private final ProcessLauncher launcher;

	private final List<String> keys;

	private final List<PendingProcess> pending;

	private final int concurrency;

	private final boolean failFast;

	private final @Nullable Duration timeout;

	private final long began;

	private final PoolProgress progress;

	private final RepeatableStep step = new RepeatableStep(this::step);

	private final CompletableFuture<PoolResults> ended;

	/**
	 * Completed when a process runs or waits for the manager's limit, or when none will
	 * run.
	 */
	private final CompletableFuture<@Nullable Void> busy = new CompletableFuture<>();

	/** Guards all fields below. */
	private final Object lock = new Object();

	private final @Nullable ProcessResult[] results;

	private final Map<Integer, Launching> launching = new TreeMap<>();

	/** Running processes by their index, which is the order in which they are shown. */
	private final Map<Integer, RunningProcess> running = new TreeMap<>();

	/** The last process that ended, which is shown until its successor runs. */
	private Map.@Nullable Entry<Integer, RunningProcess> last;

	private int next;

	private int underWay;

	private int done;

	private boolean closed;

	/** Reason why the remaining processes will not be started. */
	private @Nullable String cancelled;

	/** Stops a process that is started despite the cancellation. */
	private @Nullable BiConsumer<PendingProcess, RunningProcess> stopping;

	PoolExecution(ProcessLauncher launcher, Map<String, PendingProcess> entries, int concurrency, boolean failFast,
			@Nullable Duration timeout, List<PoolProgressListener> progressListeners) {
		this.launcher = launcher;
		this.keys = List.copyOf(entries.keySet());
		this.pending = List.copyOf(entries.values());
		this.concurrency = concurrency;
		this.failFast = failFast;
		this.timeout = timeout;
		this.progress = new PoolProgress(progressListeners, this.keys.size());
		this.results = new ProcessResult[this.keys.size()];
		this.began = launcher.timeSource().nanoTime();
		this.ended = launcher.timeSource().newFuture();
	}

	/**
	 * Start the first processes.
	 * @return a future that is completed when all processes that need not wait for the
	 * end of others have been started or, if none of these could be started, one of the
	 * others
	 * @throws ProcessRejectedException if the manager is closed
	 */
	CompletableFuture<?> begin() {
		Launching launch = new Launching();
		launch.future = launch(0, launch);
		if (failure(launch.future) instanceof ProcessRejectedException rejected) {
			throw rejected;
		}
		synchronized (this.lock) {
			this.next = 1;
			this.underWay = 1;
		}
		List<CompletableFuture<?>> first = new ArrayList<>();
		await(0, launch, first);
		Runnable forget = this.launcher.onClose(this::managerClosed);
		this.ended.thenRun(forget);
		this.ended.thenRun(() -> this.busy.complete(null));
		if (this.timeout != null) {
			beginDeadline(this.timeout);
		}
		launchNext(first);
		takeStep();
		this.launcher.timeSource().settle();
		first.add(this.busy);
		return CompletableFuture.allOf(first.toArray(CompletableFuture[]::new));
	}

	// a progress listener must not block the caller
	private void takeStep() {
		try {
			this.launcher.schedule(Duration.ZERO, this.step::execute);
		}
		catch (RejectedExecutionException ex) {
			this.step.execute();
		}
	}

	// the timeout of each process includes that of the pool: this only cancels the
	// remaining starts
	private void beginDeadline(Duration whole) {
		try {
			Future<?> deadline = this.launcher.schedule(whole, () -> cancel(TIME_OVER));
			this.ended.thenRun(() -> deadline.cancel(false));
		}
		catch (RejectedExecutionException ex) {
			cancel(CLOSED);
		}
	}

	private static @Nullable Throwable failure(CompletableFuture<?> future) {
		return future.isCompletedExceptionally() ? future.handle((made, failure) -> cause(failure)).join() : null;
	}

	private static @Nullable Throwable cause(@Nullable Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	// --- steps

	private void step() {
		int now;
		synchronized (this.lock) {
			now = this.done;
		}
		this.progress.report(now);
		launchNext(new ArrayList<>());
		if (this.progress.isComplete() && !this.ended.isDone()) {
			this.ended.complete(results());
		}
	}

	private void launchNext(List<CompletableFuture<?>> permitted) {
		for (int index = takeNext(); index >= 0; index = takeNext()) {
			Launching launch = new Launching();
			launch.future = launch(index, launch);
			await(index, launch, permitted);
		}
	}

	/** Return the index of a process that may be started now, or -1. */
	private int takeNext() {
		if (isTimeOver()) {
			cancel(TIME_OVER);
		}
		synchronized (this.lock) {
			if (this.next == this.pending.size() || this.underWay == this.concurrency) {
				return -1;
			}
			this.underWay++;
			return this.next++;
		}
	}

	private boolean isTimeOver() {
		return this.timeout != null
				&& this.timeout.minusNanos(this.launcher.timeSource().nanoTime() - this.began).isNegative();
	}

	private CompletableFuture<RunningProcess> launch(int index, Launching launch) {
		PendingProcess process = this.pending.get(index);
		try {
			return this.launcher.startAsync(process, this.timeout, this.began, launch::permit);
		}
		catch (RuntimeException | Error ex) {
			// a process that cannot be launched must not affect the results of the
			// others
			return CompletableFuture.failedFuture(ex);
		}
	}

	private PoolResults results() {
		Map<String, ProcessResult> all = new LinkedHashMap<>();
		synchronized (this.lock) {
			for (int i = 0; i < this.results.length; i++) {
				all.put(this.keys.get(i), Objects.requireNonNull(this.results[i]));
			}
		}
		return new PoolResults(all);
	}

	// --- lifecycle of a process

	private void await(int index, Launching launch, List<CompletableFuture<?>> permitted) {
		boolean late;
		synchronized (this.lock) {
			this.launching.put(index, launch);
			late = this.cancelled != null;
		}
		if (late) {
			launch.future.cancel(false);
		}
		CompletableFuture<?> launched = launch.future.whenComplete((process, failure) -> {
			if (process != null) {
				started(index, process, launch);
			}
			else {
				failedToStart(index, cause(failure));
			}
		});
		if (launch.permitted) {
			permitted.add(launched);
		}
		else {
			this.busy.complete(null);
		}
	}

	private void started(int index, RunningProcess process, Launching launch) {
		BiConsumer<PendingProcess, RunningProcess> stop;
		synchronized (this.lock) {
			this.launching.remove(index);
			this.running.put(index, process);
			this.last = null;
			stop = this.stopping;
		}
		this.busy.complete(null);
		process.onExit().thenAccept((result) -> ended(index, result));
		if (stop != null) {
			stop.accept(this.pending.get(index), process);
		}
		// no signal is added any more
		launch.signals.forEach((signal) -> signal(process, signal));
	}

	private void failedToStart(int index, @Nullable Throwable failure) {
		if (failure instanceof ProcessRejectedException) {
			// the others would be rejected, too
			cancel(CLOSED);
		}
		if (failure instanceof ProcessStartException ex) {
			ended(index, ex.result().orElseThrow());
			return;
		}
		String why;
		synchronized (this.lock) {
			why = (this.cancelled != null) ? this.cancelled : String.valueOf(failure);
		}
		ended(index, cancelled(index, why));
	}

	private ProcessResult cancelled(int index, String why) {
		return new ProcessStartException(this.pending.get(index).toSpec(), ProcessStartException.Reason.CANCELLED, why,
				null)
			.result()
			.orElseThrow();
	}

	private void ended(int index, ProcessResult result) {
		synchronized (this.lock) {
			this.launching.remove(index);
			RunningProcess process = this.running.remove(index);
			this.results[index] = result;
			this.underWay--;
			this.done++;
			if (process != null && this.running.isEmpty()) {
				this.last = Map.entry(index, process);
			}
		}
		if (this.failFast && result.failed() && !isCancelled()) {
			stop("another process of its pool failed", (pending, process) -> process.stopAsync());
		}
		endSoonIfOver();
		this.step.execute();
	}

	// a stop that is in progress may have a shorter grace
	private boolean isCancelled() {
		synchronized (this.lock) {
			return this.cancelled != null;
		}
	}

	// --- cancellation

	/** Cancel all processes that have not been started. */
	private void cancel(String why) {
		int from;
		List<Launching> waiting;
		synchronized (this.lock) {
			if (this.cancelled != null) {
				return;
			}
			this.cancelled = why;
			from = this.next;
			this.next = this.pending.size();
			waiting = List.copyOf(this.launching.values());
		}
		ProcessResult[] never = new ProcessResult[this.pending.size() - from];
		for (int i = 0; i < never.length; i++) {
			never[i] = cancelled(from + i, why);
		}
		synchronized (this.lock) {
			System.arraycopy(never, 0, this.results, from, never.length);
			this.done += never.length;
		}
		// starts that wait for the manager's limit
		waiting.forEach((launch) -> launch.future.cancel(false));
		endSoonIfOver();
		takeStep();
	}

	// timers of a closed manager do not fire any more
	private void managerClosed() {
		synchronized (this.lock) {
			this.closed = true;
		}
		cancel(CLOSED);
		endSoonIfOver();
	}

	// a stop and a timeout do not wait for listeners
	private void endSoonIfOver() {
		boolean atOnce;
		synchronized (this.lock) {
			if (this.cancelled == null || this.done < this.results.length) {
				return;
			}
			atOnce = this.closed;
		}
		if (atOnce) {
			this.ended.complete(results());
			return;
		}
		try {
			Future<?> end = this.launcher.schedule(this.launcher.settings().drain(),
					() -> this.ended.complete(results()));
			this.ended.thenRun(() -> end.cancel(false));
		}
		catch (RejectedExecutionException ex) {
			this.ended.complete(results());
		}
	}

	/**
	 * Cancel the remaining starts and begin to stop all running processes, without
	 * waiting.
	 * @param why reason why the remaining processes will not be started
	 * @param how begins to stop a process
	 */
	void stop(String why, BiConsumer<PendingProcess, RunningProcess> how) {
		cancel(why);
		Map<Integer, RunningProcess> present;
		synchronized (this.lock) {
			this.stopping = how;
			present = new LinkedHashMap<>(this.running);
		}
		present.forEach((index, process) -> how.accept(this.pending.get(index), process));
	}

	/**
	 * Send a signal to all running processes, and to starting ones as soon as they run.
	 */
	void signal(Signal signal) {
		List<RunningProcess> present;
		synchronized (this.lock) {
			this.launching.values()
				.stream()
				.filter((launch) -> launch.permitted)
				.forEach((launch) -> launch.signals.add(signal));
			present = List.copyOf(this.running.values());
		}
		present.forEach((process) -> signal(process, signal));
	}

	private static void signal(RunningProcess process, Signal signal) {
		if (process.isRunning()) {
			try {
				process.signal(signal);
			}
			catch (IllegalStateException ex) {
				// the process has ended in the meantime
				return;
			}
		}
	}

	// --- state

	Map<String, RunningProcess> running() {
		Map<String, RunningProcess> byKey = new LinkedHashMap<>();
		synchronized (this.lock) {
			this.running.forEach((index, process) -> byKey.put(this.keys.get(index), process));
			if (this.last != null && this.cancelled == null && this.done < this.results.length) {
				byKey.put(this.keys.get(this.last.getKey()), this.last.getValue());
			}
		}
		if (!byKey.isEmpty()) {
			this.launcher.timeSource().polled(this);
		}
		return Collections.unmodifiableMap(byKey);
	}

	int size() {
		return this.keys.size();
	}

	PendingProcess first() {
		return this.pending.get(0);
	}

	@Override
	public String toString() {
		return "the end of a pool of " + size();
	}

	/**
	 * Return a future that is completed when all processes have ended and the listeners
	 * have been notified, unless that takes too long.
	 */
	CompletableFuture<PoolResults> ended() {
		return this.ended;
	}

	/**
	 * Return whether the current thread is in a progress listener, for which the end
	 * waits.
	 */
	boolean isInStep() {
		return this.step.isExecutedByCurrentThread();
	}

	/**
	 * A process that is being started.
	 */
	private static final class Launching {

		private CompletableFuture<RunningProcess> future = new CompletableFuture<>();

		/** Whether the start does not wait for the manager's limit. */
		private volatile boolean permitted;

		/** Signals to send once the process runs. Guarded by the lock of the pool. */
		private final List<Signal> signals = new ArrayList<>();

		private void permit() {
			this.permitted = true;
		}

	}

}
