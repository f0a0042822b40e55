package io.procession.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessLauncher;
import io.procession.process.TimeLimit;

/**
 * Processes that run side by side, so many at a time. Keeps their order and their keys.
 *
 * <p>
 * A process that fails, times out or cannot be started is a result like any other: it
 * loses nothing of the rest. Unless said otherwise as many run at once as the machine has
 * processors, and the pool as a whole has the timeout of {@code run()}, 60 s. A pool can
 * be run again. <i>Not thread-safe.</i>
 */
public final class ProcessPool {

	private final ProcessLauncher launcher;

	private final Map<String, PendingProcess> entries = new LinkedHashMap<>();

	private final List<PoolLineListener> lineListeners = new ArrayList<>();

	private final List<PoolProgressListener> progressListeners = new ArrayList<>();

	private int concurrency = Runtime.getRuntime().availableProcessors();

	private boolean failFast;

	private @Nullable TimeLimit timeout;

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
	 * @param process what to run; its own timeout holds too
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
	 * Bound on the whole pool. At its end what runs is stopped, what has not started will
	 * not be.
	 * @param value positive
	 * @return this pool
	 * @throws IllegalArgumentException if it is zero or negative
	 */
	public ProcessPool timeout(Duration value) {
		this.timeout = TimeLimit.of(value);
		return this;
	}

	/**
	 * No bound on the whole pool.
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
		return start().attend(this.launcher.settings().timeoutGrace());
	}

	/**
	 * Starts the first ones and returns; the others follow as these end.
	 * @return a handle to the running pool
	 * @throws IllegalStateException if the pool is empty
	 */
	public RunningPool start() {
		if (this.entries.isEmpty()) {
			throw new IllegalStateException("The pool has no processes: add some by add(...)");
		}
		TimeLimit limit = Objects.requireNonNullElse(this.timeout, this.launcher.settings().timeout());
		PoolRun pool = new PoolRun(this.launcher, withListeners(), this.concurrency, this.failFast, limit.duration(),
				List.copyOf(this.progressListeners));
		pool.begin();
		return new RunningPool(pool);
	}

	private Map<String, PendingProcess> sharingSecrets() {
		Iterator<PendingProcess> members = PendingProcess.sharingSecrets(List.copyOf(this.entries.values())).iterator();
		Map<String, PendingProcess> sharing = new LinkedHashMap<>(this.entries);
		sharing.replaceAll((key, process) -> members.next());
		return sharing;
	}

	private Map<String, PendingProcess> withListeners() {
		Map<String, PendingProcess> listening = sharingSecrets();
		for (PoolLineListener listener : this.lineListeners) {
			listening.replaceAll((key, process) -> process.onLine((type, line) -> listener.onLine(key, type, line)));
		}
		return listening;
	}

}
