package io.procession.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessLauncher;
import io.procession.process.TimeLimit;

/**
 * Processes that run side by side, so many at a time. Keeps their order and their keys.
 *
 * <p>
 * A process that fails, times out or cannot be started is a result like any other: it
 * loses nothing of the rest. Unless said otherwise as many run at once as the machine has
 * processors. Each process has its own timeout, by default that of {@code run()}, 60 s;
 * the pool as a whole has none unless it is given one. A pool can be run again. <i>Not
 * thread-safe.</i>
 */
public final class ProcessPool {

	private final ProcessLauncher launcher;

	private final Map<String, PendingProcess> entries = new LinkedHashMap<>();

	private final List<PoolLineListener> lineListeners = new ArrayList<>();

	private final List<PoolOutputListener> outputListeners = new ArrayList<>();

	private final List<PoolProgressListener> progressListeners = new ArrayList<>();

	private int concurrency = Runtime.getRuntime().availableProcessors();

	private boolean failFast;

	private TimeLimit timeout = TimeLimit.none();

	private ProcessPool(ProcessLauncher launcher) {
		this.launcher = launcher;
	}

	/**
	 * A pool without processes; users call {@code ProcessManager.pool()}.
	 * @param launcher what starts them
	 * @return an empty pool
	 */
	public static ProcessPool of(ProcessLauncher launcher) {
		return new ProcessPool(launcher);
	}

	/**
	 * How many run at once. The manager's own limit holds beside it.
	 * @param most at least 1
	 * @return this pool
	 * @throws IllegalArgumentException if it is less than 1
	 */
	public ProcessPool concurrency(int most) {
		if (most < 1) {
			throw new IllegalArgumentException("The concurrency of a pool must be at least 1: " + most);
		}
		this.concurrency = most;
		return this;
	}

	/**
	 * Adds a process; its key is its position, counted from 0.
	 * @param process what to run
	 * @return this pool
	 * @throws IllegalArgumentException if another has that key
	 */
	public ProcessPool add(PendingProcess process) {
		return add(Integer.toString(this.entries.size()), process);
	}

	/**
	 * Adds a process under a key.
	 * @param key what its result is found by
	 * @param process what to run; without a timeout of its own it has the default of
	 * {@code run()}, counted from its start
	 * @return this pool
	 * @throws IllegalArgumentException if another has that key, or the process is
	 * detached
	 */
	public ProcessPool add(String key, PendingProcess process) {
		if (process.toSpec().detached()) {
			throw new IllegalArgumentException(
					"The process '" + key + "' of the pool is detached: nobody would wait for it");
		}
		if (this.entries.putIfAbsent(Objects.requireNonNull(key, "key"), process) != null) {
			throw new IllegalArgumentException("The pool has a process '" + key + "' already: choose another key");
		}
		return this;
	}

	/**
	 * Stops the rest as soon as one fails.
	 * @return this pool
	 */
	public ProcessPool failFast() {
		this.failFast = true;
		return this;
	}

	/**
	 * Set a bound on the whole pool. When it has elapsed, what runs is stopped, and what
	 * has not started will not be. The timeouts of the processes hold beside it.
	 * @param value positive
	 * @return this pool
	 * @throws IllegalArgumentException if it is zero or negative
	 */
	public ProcessPool timeout(Duration value) {
		this.timeout = TimeLimit.of(value);
		return this;
	}

	/**
	 * Set no bound on the whole pool, which is the default. The timeouts of the processes
	 * hold all the same.
	 * @return this pool
	 */
	public ProcessPool noTimeout() {
		this.timeout = TimeLimit.none();
		return this;
	}

	/**
	 * Adds a listener to the lines of all processes.
	 * @param listener is told, on pumps
	 * @return this pool
	 */
	public ProcessPool onLine(PoolLineListener listener) {
		this.lineListeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Add a listener to the output of all processes, in chunks as it arrives.
	 * @param listener is told, on pumps
	 * @return this pool
	 */
	public ProcessPool onOutput(PoolOutputListener listener) {
		this.outputListeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Adds a listener to the progress.
	 * @param listener is told, on a thread of the manager
	 * @return this pool
	 */
	public ProcessPool onProgress(PoolProgressListener listener) {
		this.progressListeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Change it only under a condition.
	 * @param condition whether to change it
	 * @param customizer makes a changed one
	 * @return the changed one, or this
	 */
	public ProcessPool when(boolean condition, UnaryOperator<ProcessPool> customizer) {
		return condition ? customizer.apply(this) : this;
	}

	/**
	 * Change it unless a condition holds.
	 * @param condition whether to leave it as it is
	 * @param customizer makes a changed one
	 * @return the changed one, or this
	 */
	public ProcessPool unless(boolean condition, UnaryOperator<ProcessPool> customizer) {
		return when(!condition, customizer);
	}

	/**
	 * Apply changes that are kept in one place.
	 * @param customizer makes a changed one
	 * @return the changed one
	 */
	public ProcessPool apply(UnaryOperator<ProcessPool> customizer) {
		return customizer.apply(this);
	}

	/**
	 * Runs all and waits for their ends.
	 * @return the results, in order and by key; look at them, or say
	 * {@link PoolResults#throwIfAnyFailed()}
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; what ran was stopped
	 * @throws IllegalStateException if the pool is empty
	 */
	public PoolResults run() {
		PoolRun pool = prepared();
		pool.begin();
		return new RunningPool(pool).attend(this.launcher.settings().timeoutGrace());
	}

	/**
	 * Start the first processes, as many as may run at once, and return when they have
	 * been started; the others follow as these end. If none of the first can be started,
	 * return when one of the others has been. A process that has to wait for the
	 * manager's limit is not waited for, nor one whose start takes longer than 5 s, such
	 * as by a slow secret. If this thread is interrupted, it waits for none.
	 * @return a handle to the running pool
	 * @throws IllegalStateException if the pool is empty
	 */
	public RunningPool start() {
		PoolRun pool = prepared();
		CompletableFuture<?> started = pool.begin();
		try {
			this.launcher.timeSource()
				.await(started, TimeUnit.NANOSECONDS.convert(this.launcher.settings().lostAfter()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return new RunningPool(pool);
	}

	private PoolRun prepared() {
		if (this.entries.isEmpty()) {
			throw new IllegalStateException("The pool has no processes: add some by add(...)");
		}
		return new PoolRun(this.launcher, withListeners(), this.concurrency, this.failFast, this.timeout.duration(),
				List.copyOf(this.progressListeners));
	}

	private Map<String, PendingProcess> sharingSecrets() {
		Iterator<PendingProcess> members = PendingProcess.sharingSecrets(List.copyOf(this.entries.values())).iterator();
		Map<String, PendingProcess> sharing = new LinkedHashMap<>(this.entries);
		sharing.replaceAll((key, process) -> members.next());
		return sharing;
	}

	private Map<String, PendingProcess> withListeners() {
		Map<String, PendingProcess> listening = sharingSecrets();
		for (PoolOutputListener listener : this.outputListeners) {
			listening
				.replaceAll((key, process) -> process.onOutput((type, chunk) -> listener.onOutput(key, type, chunk)));
		}
		for (PoolLineListener listener : this.lineListeners) {
			listening.replaceAll((key, process) -> process.onLine((type, line) -> listener.onLine(key, type, line)));
		}
		return listening;
	}

}
