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
 * Processes that run concurrently, up to a maximum number at a time, with results in
 * order and by key.
 *
 * <p>
 * A process that fails, times out or cannot be started has a result like any other and
 * does not affect the rest. By default, as many processes run at a time as the machine
 * has processors. Each process has its own timeout, by default that of {@code run()}, 60
 * s; the pool as a whole has no timeout by default. A pool can be run repeatedly. <i>Not
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
	 * Create an empty pool. Applications use {@code ProcessManager.pool()} instead.
	 * @param launcher the launcher that starts the processes
	 * @return an empty pool
	 */
	public static ProcessPool of(ProcessLauncher launcher) {
		return new ProcessPool(launcher);
	}

	/**
	 * Set the maximum number of processes that run at a time. The limit of the manager
	 * applies in addition.
	 * @param most at least 1
	 * @return this pool
	 * @throws IllegalArgumentException if the number is less than 1
	 */
	public ProcessPool concurrency(int most) {
		if (most < 1) {
			throw new IllegalArgumentException("The concurrency of a pool must be at least 1: " + most);
		}
		this.concurrency = most;
		return this;
	}

	/**
	 * Add a process. Its key is its position, starting at 0.
	 * @param process the process to run
	 * @return this pool
	 * @throws IllegalArgumentException if another process has that key, or the process is
	 * detached
	 */
	public ProcessPool add(PendingProcess process) {
		return add(Integer.toString(this.entries.size()), process);
	}

	/**
	 * Add a process under a key.
	 * @param key the key for its result
	 * @param process the process to run; unless it has its own timeout, it has that of
	 * {@code run()}, measured from its start
	 * @return this pool
	 * @throws IllegalArgumentException if another process has that key, or the process is
	 * detached
	 */
	public ProcessPool add(String key, PendingProcess process) {
		if (process.toSpec().detached()) {
			throw new IllegalArgumentException(
					"The process '" + key + "' of the pool is detached: a pool cannot wait for detached processes");
		}
		if (this.entries.putIfAbsent(Objects.requireNonNull(key, "key"), process) != null) {
			throw new IllegalArgumentException("The pool already has a process '" + key + "': choose another key");
		}
		return this;
	}

	/**
	 * Stop the remaining processes as soon as one fails.
	 * @return this pool
	 */
	public ProcessPool failFast() {
		this.failFast = true;
		return this;
	}

	/**
	 * Set the timeout of the whole pool. When it has elapsed, running processes are
	 * stopped, and the remaining ones are not started. The timeouts of the processes
	 * apply in addition.
	 * @param value positive
	 * @return this pool
	 * @throws IllegalArgumentException if the timeout is zero or negative
	 */
	public ProcessPool timeout(Duration value) {
		this.timeout = TimeLimit.of(value);
		return this;
	}

	/**
	 * Remove the timeout of the whole pool, which is the default. The timeouts of the
	 * processes still apply.
	 * @return this pool
	 */
	public ProcessPool noTimeout() {
		this.timeout = TimeLimit.none();
		return this;
	}

	/**
	 * Add a listener for the output of all processes, line by line.
	 * @param listener the listener, which is called on pump threads
	 * @return this pool
	 */
	public ProcessPool onLine(PoolLineListener listener) {
		this.lineListeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Add a listener for the output of all processes, in chunks as it arrives.
	 * @param listener the listener, which is called on pump threads
	 * @return this pool
	 */
	public ProcessPool onOutput(PoolOutputListener listener) {
		this.outputListeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Add a listener for the progress of the pool.
	 * @param listener the listener, which is called on a thread of the manager
	 * @return this pool
	 */
	public ProcessPool onProgress(PoolProgressListener listener) {
		this.progressListeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Apply the customizer if the condition is true.
	 * @param condition the condition
	 * @param customizer the customizer
	 * @return the pool returned by the customizer, or this pool
	 */
	public ProcessPool when(boolean condition, UnaryOperator<ProcessPool> customizer) {
		return condition ? customizer.apply(this) : this;
	}

	/**
	 * Apply the customizer if the condition is false.
	 * @param condition the condition
	 * @param customizer the customizer
	 * @return the pool returned by the customizer, or this pool
	 */
	public ProcessPool unless(boolean condition, UnaryOperator<ProcessPool> customizer) {
		return when(!condition, customizer);
	}

	/**
	 * Apply the customizer, such as to share settings between pools.
	 * @param customizer the customizer
	 * @return the pool returned by the customizer
	 */
	public ProcessPool apply(UnaryOperator<ProcessPool> customizer) {
		return customizer.apply(this);
	}

	/**
	 * Run all processes and wait for their end.
	 * @return the results, in order and by key; check them, or call
	 * {@link PoolResults#throwIfAnyFailed()}
	 * @throws io.procession.process.ProcessInterruptedException if the current thread was
	 * interrupted; the running processes have been stopped
	 * @throws IllegalStateException if the pool is empty
	 */
	public PoolResults run() {
		PoolExecution pool = prepared();
		pool.begin();
		return new RunningPool(pool).attend(this.launcher.settings().timeoutGrace());
	}

	/**
	 * Start the first processes, up to the maximum number at a time, and return when they
	 * have been started. The others follow as these end. If none of the first processes
	 * can be started, return when one of the others has been started. This method does
	 * not wait for processes that wait for the manager's limit, nor for starts that take
	 * longer than the lost-after time of the manager, 5 s by default, for example because
	 * a secret is resolved slowly. If the current thread is interrupted, it does not wait
	 * for any.
	 * @return a handle to the running pool
	 * @throws IllegalStateException if the pool is empty
	 */
	public RunningPool start() {
		PoolExecution pool = prepared();
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

	private PoolExecution prepared() {
		if (this.entries.isEmpty()) {
			throw new IllegalStateException("The pool has no processes: add some with add(...)");
		}
		return new PoolExecution(this.launcher, withListeners(), this.concurrency, this.failFast,
				this.timeout.duration(), List.copyOf(this.progressListeners));
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
