package io.procession.execution;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.procession.engine.TimeSource;

/**
 * What a run needs from its manager.
 *
 * @param settings defaults and bounds
 * @param time the clocks
 * @param scheduler hands over what is due; nothing may take long on it
 * @param streams runs what reads and writes streams, foreign code with it, which may take
 * all its threads
 * @param pool runs what of the manager's own may hang
 * @param work runs all else that goes on beside the callers, even if the JVM can start no
 * thread
 * @param own as {@code work}, for what calls no foreign code and must not wait for it
 * @param stopper ends trees
 * @param log writes log messages, which may block
 * @param events tells the listeners
 * @param outputListeners receive the output of all processes
 * @param gate what everything that is started passes
 * @param closing whether the manager closes or is closed
 * @param closed whether the manager is closed, so that nothing is scheduled any more
 */
record RunContext(ProcessSettings settings, TimeSource time, ScheduledExecutorService scheduler, Executor streams,
		Executor pool, Executor work, Executor own, Stopper stopper, BackgroundLog log, EventDispatcher events,
		List<ProcessOutputListener> outputListeners, StartGate gate, AtomicBoolean closing, Closed closed) {

	/**
	 * A duration for reckoning: as long as one can count on adding a clock's reading.
	 */
	static long nanos(Duration duration) {
		return Math.min(TimeUnit.NANOSECONDS.convert(duration), Long.MAX_VALUE / 4);
	}

	Future<?> schedule(long nanos, Runnable task) {
		return this.scheduler.schedule(task, nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * Whether the manager closes or the JVM exits.
	 * @param patience how long to wait for that to show
	 */
	boolean isShuttingDown(Duration patience) {
		// what lives by a clock of its own shares no terminal with the JVM
		long bound = (this.time.executor() != null) ? 0 : patience.toNanos();
		long began = System.nanoTime();
		while (!this.closing.get() && !isJvmExiting()) {
			if (System.nanoTime() - began >= bound) {
				return false;
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
		}
		return true;
	}

	// the JDK tells it in no other way
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

	/** Whether a check that was due at some time comes late; see {@link Lateness}. */
	boolean isLate(long due, long now) {
		// a clock that is moved by hand does not run while nobody looks
		return this.time.executor() == null && now - due > Lateness.NOTICEABLE;
	}

	/** Runs it beside the caller. */
	void execute(Runnable task) {
		this.work.execute(task);
	}

	/** Runs beside the caller what calls no foreign code. */
	void executeOwn(Runnable task) {
		this.own.execute(task);
	}

	/**
	 * Has something run on the executor at the end of a close.
	 * @return forgets the action
	 */
	Runnable onClose(Runnable action) {
		return this.closed.add(() -> execute(action));
	}

	Future<?> schedule(Duration delay, Runnable task) {
		return schedule(nanos(delay), task);
	}

}
