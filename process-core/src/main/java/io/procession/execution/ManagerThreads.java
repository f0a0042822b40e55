package io.procession.execution;

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

import io.procession.engine.TimeSource;

/**
 * Threads of one manager. Those that must act when the JVM cannot start another thread
 * are started before the first process and live until the manager is closed: the
 * scheduler, the stopper, and a reserve for tasks that the pool has no thread for. A
 * manager that has started nothing has no thread. <i>Thread-safe.</i>
 *
 * <p>
 * A clock that brings its own scheduler or executor replaces the threads of the same
 * purpose.
 */
final class ManagerThreads {

	private static final Duration IDLE = Duration.ofSeconds(10);

	private final WorkerThreads workers = new WorkerThreads();

	private final @Nullable ScheduledExecutorService givenScheduler;

	private final @Nullable Executor givenExecutor;

	private final ScheduledThreadPoolExecutor scheduler;

	/** Never runs foreign code, which may block. */
	private final ThreadPoolExecutor stopper = single("procession-stopper");

	private final ThreadPoolExecutor reserve = single("procession-reserve");

	private final ThreadPoolExecutor pool = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE.toMillis(),
			TimeUnit.MILLISECONDS, new SynchronousQueue<>(), this.workers.factory("procession-pump"));

	/** Guards the first start. */
	private final Object lock = new Object();

	private volatile boolean started;

	ManagerThreads(TimeSource time) {
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
	 * Starts the threads that have to exist before the first process.
	 * @throws OutOfMemoryError if the JVM cannot start one of them
	 */
	void ensureStarted() {
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

	/** Whether something may have been started. */
	boolean isStarted() {
		return this.started;
	}

	/** Creates further threads of the manager. */
	WorkerThreads workers() {
		return this.workers;
	}

	/** Runs what is due; nothing may take long on it. */
	ScheduledExecutorService scheduler() {
		return (this.givenScheduler != null) ? this.givenScheduler : this.scheduler;
	}

	/** Runs the rounds of the stopper. */
	Executor stopper() {
		return (this.givenExecutor != null) ? this.givenExecutor : this.stopper;
	}

	/**
	 * Runs what may take as long as a process lives. Fails with an
	 * {@link OutOfMemoryError} if the JVM cannot start a thread.
	 */
	Executor pool() {
		return (this.givenExecutor != null) ? this.givenExecutor : this.pool;
	}

	/**
	 * Runs a task, foreign code perhaps, on the pool, or on the reserve if the pool has
	 * no thread for it.
	 */
	void execute(Runnable task) {
		execute(task, this.reserve);
	}

	/**
	 * Runs a task that calls no foreign code on the pool, or between the rounds of the
	 * stopper if the pool has no thread for it.
	 */
	void executeOwn(Runnable task) {
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
			// closed meanwhile
			task.run();
		}
	}

	/** Ends them; what runs or waits on pool and reserves is still done. */
	void shutDown() {
		this.scheduler.shutdownNow();
		this.stopper.shutdown();
		this.reserve.shutdown();
		this.pool.shutdown();
	}

	/**
	 * Waits for their end.
	 * @param bound how long each of those that should be idle may take
	 * @param drain how long the pool may take: pumps on pipes that survivors hold go on,
	 * as daemons
	 */
	void awaitEnd(Duration bound, Duration drain) {
		awaitEnd(this.scheduler, bound);
		awaitEnd(this.stopper, bound);
		awaitEnd(this.reserve, drain);
		awaitEnd(this.pool, drain);
		this.workers.releaseContextClassLoader();
	}

	private static void awaitEnd(ThreadPoolExecutor threads, Duration bound) {
		Waiting.of(bound, (nanos) -> threads.awaitTermination(nanos, TimeUnit.NANOSECONDS));
	}

}
