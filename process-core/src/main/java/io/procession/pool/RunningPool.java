package io.procession.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessLauncher;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * A pool that was started. No thread waits for it: the end of one process starts the
 * next. <i>Thread-safe.</i>
 */
public final class RunningPool {

	private static final Logger logger = LoggerFactory.getLogger(RunningPool.class);

	/** Who waited longer than this for its turn does not go by its own timeout alone. */
	private static final long WAITED = Duration.ofMillis(50).toNanos();

	private final ProcessLauncher launcher;

	private final List<String> keys;

	private final List<PendingProcess> pending;

	private final int concurrency;

	private final boolean failFast;

	private final @Nullable Duration timeout;

	private final List<PoolProgressListener> progressListeners;

	private final CompletableFuture<PoolResults> ended = new CompletableFuture<>();

	private final long began;

	private @Nullable Future<?> deadline;

	/** Whose turn it is to tell of progress: numbers grow. */
	private final ReentrantLock progressTurn = new ReentrantLock();

	/** Guards everything below. */
	private final Object lock = new Object();

	private final @Nullable ProcessResult[] results;

	private final Map<Integer, CompletableFuture<RunningProcess>> launching = new LinkedHashMap<>();

	private final Map<Integer, RunningProcess> running = new LinkedHashMap<>();

	private int next;

	private int done;

	private int told;

	private @Nullable String cancelled;

	private boolean stopping;

	private @Nullable Duration stopGrace;

	RunningPool(ProcessLauncher launcher, Map<String, PendingProcess> entries, int concurrency, boolean failFast,
			@Nullable Duration timeout, List<PoolProgressListener> progressListeners) {
		this.launcher = launcher;
		this.keys = List.copyOf(entries.keySet());
		this.pending = List.copyOf(entries.values());
		this.concurrency = concurrency;
		this.failFast = failFast;
		this.timeout = timeout;
		this.progressListeners = progressListeners;
		this.results = new ProcessResult[this.keys.size()];
		this.began = launcher.nanoTime();
	}

	void begin() {
		CompletableFuture<RunningProcess> first = launchNext();
		if (first != null && cause(failure(first)) instanceof ProcessRejectedException rejected) {
			throw rejected;
		}
		if (this.timeout != null) {
			this.deadline = this.launcher.schedule(this.timeout, () -> cancel("its pool's time was over"));
		}
		for (int i = 1; i < Math.min(this.concurrency, this.pending.size()); i++) {
			launchNext();
		}
		endIfDone();
	}

	private static @Nullable Throwable failure(CompletableFuture<?> future) {
		return future.isCompletedExceptionally() ? future.handle((made, failure) -> failure).join() : null;
	}

	private @Nullable CompletableFuture<RunningProcess> launchNext() {
		int index;
		synchronized (this.lock) {
			if (this.cancelled != null || this.next == this.pending.size()) {
				return null;
			}
			index = this.next++;
		}
		long asked = this.launcher.nanoTime();
		CompletableFuture<RunningProcess> launch = this.launcher.startAsync(bounded(this.pending.get(index)));
		boolean late;
		synchronized (this.lock) {
			this.launching.put(index, launch);
			late = this.cancelled != null;
		}
		if (late) {
			launch.cancel(false);
		}
		launch.whenComplete((process, failure) -> started(index, asked, process, failure));
		return launch;
	}

	/** What is left of the pool's time is the most a process has. */
	private PendingProcess bounded(PendingProcess process) {
		if (this.timeout == null) {
			return process;
		}
		Duration left = left(this.timeout);
		Duration most = (left.isNegative() || left.isZero()) ? Duration.ofMillis(1) : left;
		ProcessSpec spec = process.toSpec();
		Duration own = (spec.timeout() != null) ? spec.timeout().duration() : null;
		return (own != null && own.compareTo(most) < 0) ? process : process.timeout(most);
	}

	private void started(int index, long asked, @Nullable RunningProcess process, @Nullable Throwable failure) {
		if (process == null) {
			ProcessResult result = notStarted(index, failure);
			if (cause(failure) instanceof ProcessRejectedException) {
				// the others would be rejected, too
				cancel("its ProcessManager starts nothing more");
			}
			ended(index, result);
			return;
		}
		boolean stop;
		synchronized (this.lock) {
			this.launching.remove(index);
			this.running.put(index, process);
			stop = this.stopping;
		}
		if (stop) {
			stop(process, this.stopGrace);
		}
		else if (this.timeout != null && this.launcher.nanoTime() - asked > WAITED) {
			// its own timeout began when it started: the pool's is over earlier
			Duration left = left(this.timeout);
			this.launcher.schedule(left.isNegative() ? Duration.ZERO : left,
					() -> stop(process, this.launcher.settings().timeoutGrace()));
		}
		process.onExit().thenAccept((result) -> ended(index, result));
	}

	private Duration left(Duration whole) {
		return whole.minusNanos(this.launcher.nanoTime() - this.began);
	}

	private static void stop(RunningProcess process, @Nullable Duration grace) {
		if (grace != null) {
			process.stopAsync(grace);
		}
		else {
			process.stopAsync();
		}
	}

	private ProcessResult notStarted(int index, @Nullable Throwable failure) {
		Throwable cause = cause(failure);
		if (cause instanceof ProcessStartException ex) {
			return ex.result().orElseThrow();
		}
		String why;
		synchronized (this.lock) {
			why = (this.cancelled != null) ? this.cancelled : String.valueOf(cause);
		}
		return cancelled(index, why);
	}

	private static @Nullable Throwable cause(@Nullable Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
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
			this.running.remove(index);
			this.results[index] = result;
			this.done++;
		}
		if (this.failFast && result.failed()) {
			cancel("another process of its pool failed");
			stopRunning(null);
		}
		tellProgress();
		launchNext();
		endIfDone();
	}

	/** What has not started will not be. */
	private void cancel(String why) {
		int from;
		List<CompletableFuture<RunningProcess>> waiting;
		synchronized (this.lock) {
			if (this.cancelled != null) {
				return;
			}
			this.cancelled = why;
			from = this.next;
			this.next = this.pending.size();
			for (int i = from; i < this.pending.size(); i++) {
				this.results[i] = cancelled(i, why);
				this.done++;
			}
			waiting = List.copyOf(this.launching.values());
		}
		// those that wait for their manager's permit
		waiting.forEach((launch) -> launch.cancel(false));
		if (from < this.pending.size() && !this.progressTurn.isHeldByCurrentThread()) {
			tellProgress();
			endIfDone();
		}
	}

	private void tellProgress() {
		this.progressTurn.lock();
		try {
			int now = untold();
			while (now > 0) {
				int news = now;
				this.progressListeners.forEach((listener) -> tell(listener, news));
				synchronized (this.lock) {
					this.told = news;
				}
				// others end meanwhile, and a listener may cancel the rest itself
				now = untold();
			}
		}
		finally {
			this.progressTurn.unlock();
		}
	}

	/** How many are done, or 0 if that was told already. */
	private int untold() {
		synchronized (this.lock) {
			return (this.done > this.told) ? this.done : 0;
		}
	}

	private void tell(PoolProgressListener listener, int now) {
		try {
			listener.onProgress(now, this.keys.size());
		}
		catch (Throwable ex) {
			logger.warn("Progress listener of a pool failed", ex);
		}
	}

	private void endIfDone() {
		Map<String, ProcessResult> all = new LinkedHashMap<>();
		synchronized (this.lock) {
			// the last progress is told before the end
			if (this.told < this.keys.size()) {
				return;
			}
			for (int i = 0; i < this.results.length; i++) {
				all.put(this.keys.get(i), Objects.requireNonNull(this.results[i]));
			}
		}
		if (this.deadline != null) {
			this.deadline.cancel(false);
		}
		this.ended.complete(new PoolResults(all));
	}

	/**
	 * The processes that run right now.
	 * @return a handle to each, in the order they were started
	 */
	public List<RunningProcess> running() {
		synchronized (this.lock) {
			return new ArrayList<>(this.running.values());
		}
	}

	/**
	 * How many processes the pool has in all.
	 * @return at least 1
	 */
	public int size() {
		return this.keys.size();
	}

	/**
	 * Whether something still runs or has still to start.
	 * @return whether it goes on
	 */
	public boolean isRunning() {
		return !this.ended.isDone();
	}

	/**
	 * Sends a signal to every process that runs right now, and returns.
	 * @param signal what to send
	 */
	public void signal(Signal signal) {
		for (RunningProcess process : running()) {
			if (process.isRunning()) {
				try {
					process.signal(signal);
				}
				catch (IllegalStateException ex) {
					// it has ended meanwhile
					continue;
				}
			}
		}
	}

	/**
	 * Stops all that run, in parallel, as {@link RunningProcess#stop()} does, starts
	 * nothing more, and returns when all have ended. From a progress listener it returns
	 * at once.
	 */
	public void stop() {
		stopAll(null);
	}

	/**
	 * Stops all that run with another grace.
	 * @param grace how long they have after the stop signal; zero means KILL at once
	 */
	public void stop(Duration grace) {
		stopAll(grace);
	}

	private void stopAll(@Nullable Duration grace) {
		cancel("its pool was stopped");
		stopRunning(grace);
		if (!this.progressTurn.isHeldByCurrentThread()) {
			this.ended.join();
		}
	}

	private void stopRunning(@Nullable Duration grace) {
		List<RunningProcess> present;
		synchronized (this.lock) {
			this.stopping = true;
			this.stopGrace = grace;
			present = running();
		}
		present.forEach((process) -> stop(process, grace));
	}

	/**
	 * Waits for the ends of all.
	 * @return the results
	 * @throws ProcessInterruptedException if this thread was interrupted; the pool goes
	 * on
	 */
	public PoolResults waitFor() {
		try {
			return this.ended.get();
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
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
			return Optional.of(this.ended.get(TimeUnit.NANOSECONDS.convert(bound), TimeUnit.NANOSECONDS));
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
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
		return this.ended.copy();
	}

	/** Waits as {@code run()} does: an interrupt stops the pool. */
	PoolResults attend() {
		try {
			return waitFor();
		}
		catch (ProcessInterruptedException ex) {
			// the flag would end the wait for the stop at once
			boolean flag = Thread.interrupted();
			stop(this.launcher.settings().timeoutGrace());
			if (flag) {
				Thread.currentThread().interrupt();
			}
			throw ex;
		}
	}

	private ProcessInterruptedException interrupted(InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new ProcessInterruptedException(this.pending.get(0).command(), null, ex);
	}

}
