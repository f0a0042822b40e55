package io.procession.supervision;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.SerialExecutor;
import io.procession.concurrent.TimeSource;

/**
 * Threads of a supervisor: a loop that makes decisions and never blocks, a reporter that
 * logs messages in order, and workers for everything that may take long. Loop and
 * reporter exist once {@link #begin()} was called, so that they work even if the machine
 * has no thread left. <i>Thread-safe.</i>
 *
 * <p>
 * A manually controlled clock provides an executor that replaces all of these threads.
 */
final class SupervisorThreads {

	private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

	/** Maximum time that a caller waits until the loop has processed its request. */
	private static final long TAKEN_BOUND = TimeUnit.SECONDS.toNanos(1);

	/**
	 * Maximum time to wait at the end until messages are logged; an appender may block.
	 */
	private static final long REPORTED_BOUND = TimeUnit.SECONDS.toNanos(2);

	private static final Logger logger = LoggerFactory.getLogger(SupervisorThreads.class);

	private final TimeSource time;

	private final ScheduledThreadPoolExecutor ownLoop;

	private final ThreadPoolExecutor ownReporter;

	private final ThreadPoolExecutor ownWorkers;

	private final Executor loop;

	private final Executor reporter;

	private final Executor workers;

	private final ScheduledExecutorService timers;

	private volatile boolean begun;

	SupervisorThreads(TimeSource time) {
		this(time, (task) -> new Thread(null, task, "procession-supervisor", 0, false));
	}

	SupervisorThreads(TimeSource time, ThreadFactory threads) {
		this.time = time;
		this.ownLoop = new ScheduledThreadPoolExecutor(1, named("procession-supervisor", threads));
		this.ownLoop.setRemoveOnCancelPolicy(true);
		this.ownLoop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.ownReporter = new ThreadPoolExecutor(1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
				named("procession-supervisor-log", threads));
		this.ownWorkers = new ThreadPoolExecutor(0, Integer.MAX_VALUE, THREAD_IDLE.toMillis(), TimeUnit.MILLISECONDS,
				new SynchronousQueue<>(), named("procession-supervisor-worker", threads));
		Executor given = time.executor();
		ScheduledExecutorService givenTimers = time.scheduler();
		this.loop = (given != null) ? new SerialExecutor(given) : this.ownLoop;
		this.reporter = (given != null) ? new SerialExecutor(given) : this.ownReporter;
		this.workers = (given != null) ? given : this.ownWorkers;
		this.timers = (givenTimers != null) ? givenTimers : this.ownLoop;
	}

	/**
	 * Create a factory that names its threads and sets their context class loader to that
	 * of the thread that creates the supervisor, since listeners and futures of the
	 * application run on them.
	 */
	private static ThreadFactory named(String name, ThreadFactory threads) {
		ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();
		AtomicInteger number = new AtomicInteger();
		return (task) -> {
			Thread thread = threads.newThread(task);
			thread.setName(name + "-" + number.incrementAndGet());
			thread.setDaemon(true);
			thread.setContextClassLoader(contextClassLoader);
			return thread;
		};
	}

	/** Start the loop and the reporter. */
	void begin() {
		if (!this.begun) {
			this.ownReporter.prestartCoreThread();
			this.ownLoop.prestartCoreThread();
			this.begun = true;
		}
	}

	boolean isBegun() {
		return this.begun;
	}

	/**
	 * Execute a task on the loop. It must not block.
	 * @return whether the task will be executed; {@code false} after {@link #close()}
	 */
	boolean onLoop(Runnable task) {
		try {
			this.loop.execute(() -> run(task));
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	/** Execute a task on the loop after a delay. */
	Future<?> onLoopAfter(Duration delay, Runnable task) {
		return this.timers.schedule(() -> onLoop(task), TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
	}

	/** Wait, for a limited time, until the loop has executed all earlier tasks. */
	void awaitLoop() {
		CompletableFuture<Void> taken = this.time.newFuture();
		try {
			if (onLoop(() -> taken.complete(null))) {
				this.time.await(taken, TAKEN_BOUND);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Execute a task that may take long.
	 * @throws RejectedExecutionException if the threads are closed
	 * @throws OutOfMemoryError if no thread is available
	 */
	void onWorker(Runnable task) {
		this.workers.execute(task);
	}

	/**
	 * Execute a task that notifies the application, on a worker, or on the reporter if no
	 * worker is available.
	 */
	void complete(Runnable task) {
		try {
			this.workers.execute(task);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			report(task);
		}
	}

	/** Execute a task that logs, after all earlier ones. */
	void report(Runnable task) {
		try {
			this.reporter.execute(task);
		}
		catch (RejectedExecutionException ex) {
			task.run();
		}
	}

	private void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			report(() -> logger.error("Supervision of a program failed", ex));
		}
	}

	/** Stop the threads after all earlier tasks, without waiting for that. */
	void close() {
		if (!this.begun || !onLoop(this::shutDown)) {
			shutDown();
		}
	}

	/**
	 * Wait, within a bound, until all earlier messages are logged. Does nothing if the
	 * time source has an executor of its own.
	 */
	void awaitReports() throws InterruptedException {
		if (this.reporter == this.ownReporter) {
			this.ownReporter.awaitTermination(REPORTED_BOUND, TimeUnit.NANOSECONDS);
		}
	}

	private void shutDown() {
		this.ownWorkers.shutdown();
		this.ownReporter.shutdown();
		this.ownLoop.shutdown();
	}

}
