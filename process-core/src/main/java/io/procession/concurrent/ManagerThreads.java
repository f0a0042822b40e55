package io.procession.concurrent;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The threads of a manager. Threads that must act even if the JVM cannot start another
 * thread are started before the first process and live until the manager is closed: the
 * scheduler, the stopper, and a reserve thread for tasks for which the pool has no
 * thread. A manager that has not started a process has no thread. <i>Thread-safe.</i>
 *
 * <p>
 * The scheduler or executor of a time source, if it has one, replaces the threads of the
 * same purpose.
 */
public final class ManagerThreads {

	private static final Duration IDLE = Duration.ofSeconds(10);

	private final WorkerThreads workers = new WorkerThreads();

	private final @Nullable ScheduledExecutorService givenScheduler;

	private final @Nullable Executor givenExecutor;

	private final ScheduledThreadPoolExecutor scheduler;

	/** Never executes caller code, which may block. */
	private final ThreadPoolExecutor stopper = single("procession-stopper");

	private final ThreadPoolExecutor reserve = single("procession-reserve");

	private final ThreadPoolExecutor pool = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE.toMillis(),
			TimeUnit.MILLISECONDS, new SynchronousQueue<>(), this.workers.factory("procession-pump"));

	/** Guards the first start. */
	private final Object lock = new Object();

	private volatile boolean started;

	/**
	 * Create the threads without starting any.
	 * @param time the clocks, whose scheduler and executor are used if it has them
	 */
	public ManagerThreads(TimeSource time) {
		this.givenScheduler = time.scheduler();
		this.givenExecutor = time.executor();
		this.scheduler = new ScheduledThreadPoolExecutor(1, this.workers.factory("procession-scheduler"));
		this.scheduler.setRemoveOnCancelPolicy(true);
	}

	private ThreadPoolExecutor single(String name) {
		return new ThreadPoolExecutor(1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
				this.workers.factory(name));
	}

	/**
	 * Start the threads that must exist before the first process.
	 * @throws OutOfMemoryError if the JVM cannot start a thread
	 */
	public void ensureStarted() {
		if (this.started) {
			return;
		}
		synchronized (this.lock) {
			if (this.givenScheduler == null) {
				this.scheduler.prestartCoreThread();
			}
			if (this.givenExecutor == null) {
				this.stopper.prestartCoreThread();
				this.reserve.prestartCoreThread();
			}
			this.started = true;
		}
	}

	/**
	 * Return whether a process may have been started.
	 * @return whether {@link #ensureStarted()} was called
	 */
	public boolean isStarted() {
		return this.started;
	}

	/**
	 * Return the factory of further threads of the manager.
	 * @return the factory
	 */
	public WorkerThreads workers() {
		return this.workers;
	}

	/**
	 * Return the scheduler; its tasks must not take long.
	 * @return the scheduler
	 */
	public ScheduledExecutorService scheduler() {
		return (this.givenScheduler != null) ? this.givenScheduler : this.scheduler;
	}

	/**
	 * Return the executor for the rounds of the stopper.
	 * @return the executor
	 */
	public Executor stopper() {
		return (this.givenExecutor != null) ? this.givenExecutor : this.stopper;
	}

	/**
	 * Return the executor for tasks that may take as long as a process lives. It throws
	 * an {@link OutOfMemoryError} if the JVM cannot start a thread.
	 * @return the executor
	 */
	public Executor pool() {
		return (this.givenExecutor != null) ? this.givenExecutor : this.pool;
	}

	/**
	 * Execute a task, possibly caller code, on the pool, or on the reserve thread if the
	 * pool has no thread for it.
	 * @param task the task
	 */
	public void execute(Runnable task) {
		execute(task, this.reserve);
	}

	/**
	 * Execute a task that does not call caller code on the pool, or between the rounds of
	 * the stopper if the pool has no thread for it.
	 * @param task the task
	 */
	public void executeOwn(Runnable task) {
		execute(task, this.stopper);
	}

	private void execute(Runnable task, ThreadPoolExecutor otherwise) {
		try {
			pool().execute(task);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			executeOnReserve(task, otherwise);
		}
	}

	private void executeOnReserve(Runnable task, ThreadPoolExecutor otherwise) {
		if (this.givenExecutor != null || otherwise.isShutdown()) {
			task.run();
			return;
		}
		try {
			otherwise.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// closed in the meantime
			task.run();
		}
	}

	/**
	 * Shut the threads down; tasks that are running or queued on the pool, the stopper
	 * and the reserve thread are still executed.
	 */
	public void shutDown() {
		this.scheduler.shutdownNow();
		this.stopper.shutdown();
		this.reserve.shutdown();
		this.pool.shutdown();
	}

	/**
	 * Wait for the threads to end.
	 * @param bound the maximum time for each of those that should be idle
	 * @param drain the maximum time for each of the others: pumps on pipes that survivors
	 * hold open continue as daemon threads
	 */
	public void awaitEnd(Duration bound, Duration drain) {
		awaitEnd(this.scheduler, bound);
		awaitEnd(this.stopper, bound);
		awaitEnd(this.reserve, drain);
		awaitEnd(this.pool, drain);
		this.workers.releaseContextClassLoader();
	}

	private static void awaitEnd(ThreadPoolExecutor threads, Duration bound) {
		UninterruptibleWait.of(bound, (nanos) -> threads.awaitTermination(nanos, TimeUnit.NANOSECONDS));
	}

}
