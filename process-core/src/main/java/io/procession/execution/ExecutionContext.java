package io.procession.execution;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.procession.concurrent.BackgroundLog;
import io.procession.concurrent.Lateness;
import io.procession.concurrent.ManagerLifecycle;
import io.procession.concurrent.Nanos;
import io.procession.concurrent.TimeSource;

/**
 * The services of a manager that an execution needs.
 *
 * @param settings the defaults and limits
 * @param time the clocks
 * @param scheduler the scheduler; its tasks must not take long
 * @param streams the executor that reads and writes streams, including caller code, which
 * may occupy all its threads
 * @param pool the executor for tasks of the manager that may hang
 * @param work the executor for all other asynchronous tasks, which executes them even if
 * the JVM cannot start a thread
 * @param own the same as {@code work}, for tasks that do not call caller code and must
 * not wait for it
 * @param stopper ends process trees
 * @param log writes log messages, which may block
 * @param events delivers events to the listeners
 * @param observers calls the observers
 * @param outputListeners the listeners for the output of all processes
 * @param authorizer authorizes each start
 * @param lifecycle whether the manager is closing, and whether it is stopped, so that
 * nothing is scheduled any more
 */
record ExecutionContext(ProcessSettings settings, TimeSource time, ScheduledExecutorService scheduler, Executor streams,
		Executor pool, Executor work, Executor own, Stopper stopper, BackgroundLog log, EventDispatcher events,
		ExecutionObservers observers, List<ProcessOutputListener> outputListeners, LaunchAuthorizer authorizer,
		ManagerLifecycle lifecycle) {

	Future<?> schedule(long nanos, Runnable task) {
		return this.scheduler.schedule(task, nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * Return whether the manager is closing or the JVM is exiting.
	 * @param patience the maximum time to wait for that to become visible
	 */
	boolean isShuttingDown(Duration patience) {
		// processes of a time source with its own executor do not share a terminal with
		// the JVM
		long bound = (this.time.executor() != null) ? 0 : patience.toNanos();
		long began = System.nanoTime();
		while (!this.lifecycle.isClosing() && !isJvmExiting()) {
			if (System.nanoTime() - began >= bound) {
				return false;
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
		}
		return true;
	}

	// the JDK does not report it in another way
	private static boolean isJvmExiting() {
		Thread probe = new Thread(() -> {
		});
		try {
			Runtime.getRuntime().addShutdownHook(probe);
			Runtime.getRuntime().removeShutdownHook(probe);
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

	/**
	 * Return whether a check that was due at the given time is late; see
	 * {@link Lateness}.
	 */
	boolean isLate(long due, long now) {
		// a manually advanced clock does not advance by itself
		return this.time.executor() == null && now - due > Lateness.NOTICEABLE;
	}

	/** Execute a task asynchronously. */
	void execute(Runnable task) {
		this.work.execute(task);
	}

	/** Execute a task that does not call caller code asynchronously. */
	void executeOwn(Runnable task) {
		this.own.execute(task);
	}

	/**
	 * Register an action to be executed on the executor at the end of a close.
	 * @return removes the action
	 */
	Runnable onClose(Runnable action) {
		return this.lifecycle.onStopped(() -> execute(action));
	}

	Future<?> schedule(Duration delay, Runnable task) {
		return schedule(Nanos.of(delay), task);
	}

}
