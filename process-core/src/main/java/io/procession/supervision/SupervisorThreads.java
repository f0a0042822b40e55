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

import io.procession.engine.TimeSource;

/**
 * The threads of a supervisor: a loop that decides and never blocks, a reporter that logs
 * in order, and workers for everything that may take long. Loop and reporter exist from
 * {@link #begin()} on, so that a machine that has no thread left holds up neither.
 * <i>Thread-safe.</i>
 *
 * <p>
 * A clock that is moved by hand brings its own executor, which replaces them all.
 */
final class SupervisorThreads {

	private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

	/** How long a caller waits at most until the loop has taken what it was given. */
	private static final long TAKEN_BOUND = TimeUnit.SECONDS.toNanos(1);

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
		this.loop = (given != null) ? serial(given) : this.ownLoop;
		this.reporter = (given != null) ? serial(given) : this.ownReporter;
		this.workers = (given != null) ? given : this.ownWorkers;
		this.timers = (givenTimers != null) ? givenTimers : this.ownLoop;
	}

	/**
	 * Name threads, and give them the context class loader of the thread that creates the
	 * supervisor: listeners and futures of the application run on them.
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

	private static Executor serial(Executor executor) {
		SerialLoop serial = new SerialLoop();
		return (task) -> executor.execute(() -> serial.execute(task));
	}

	/** Start the threads that must exist before anything depends on them. */
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
	 * Run a task on the loop. It must not block.
	 * @return whether it will run; not after {@link #close()}
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

	/** Run a task on the loop, later. */
	Future<?> onLoopAfter(Duration delay, Runnable task) {
		return this.timers.schedule(() -> onLoop(task), TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
	}

	/** Wait, briefly, until the loop has run what it was given before. */
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
	 * Run a task that may take long.
	 * @throws RejectedExecutionException if this is closed
	 * @throws OutOfMemoryError if there is no thread to run it on
	 */
	void onWorker(Runnable task) {
		this.workers.execute(task);
	}

	/** Run a task that others hang on, at the latest when the reporter gets to it. */
	void tell(Runnable task) {
		try {
			this.workers.execute(task);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			report(task);
		}
	}

	/** Run a task that logs, after those that were given before. */
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

	/** End the threads after what they were given before; nothing waits for that. */
	void close() {
		if (!this.begun || !onLoop(this::shutDown)) {
			shutDown();
		}
	}

	private void shutDown() {
		this.ownWorkers.shutdown();
		this.ownReporter.shutdown();
		this.ownLoop.shutdown();
	}

}
