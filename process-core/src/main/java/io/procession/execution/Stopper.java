package io.procession.execution;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.engine.TimeSource;
import io.procession.process.Signal;

/**
 * Ends trees of processes: stop signal, grace, KILL, until they are gone or given up. All
 * stops of a manager go in rounds, so that one look at the system serves them all. A
 * round runs on the executor, one at a time; nothing here waits.
 */
final class Stopper {

	private static final long FIRST_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long LAST_DELAY = TimeUnit.MILLISECONDS.toNanos(50);

	/** How many PIDs a message shows. */
	private static final int SHOWN = 20;

	private static final Logger logger = LoggerFactory.getLogger(Stopper.class);

	private final ProcessEngine engine;

	private final TimeSource time;

	private final Timer scheduler;

	private final Executor executor;

	private final long lostAfter;

	/** Guards everything below. */
	private final Object lock = new Object();

	private final List<Stop> stops = new ArrayList<>();

	private boolean inRound;

	private boolean again;

	private @Nullable Future<?> next;

	/** Whether it was told that there is no thread: it may be tried for long. */
	private volatile boolean withoutThread;

	Stopper(ProcessEngine engine, TimeSource time, Timer scheduler, Executor executor, Duration lostAfter) {
		this.engine = engine;
		this.time = time;
		this.scheduler = scheduler;
		this.executor = executor;
		this.lostAfter = RunContext.nanos(lostAfter);
	}

	/**
	 * Prepares a stop; it begins with {@link #begin}.
	 * @param what what is stopped, for the log
	 * @param tree what is to be gone
	 * @param exited whether the root's exit is known
	 * @param signal what asks it to end
	 * @param grace how long it has after that
	 * @param ended is told once, on the executor
	 */
	Stop prepare(String what, ProcessTree tree, BooleanSupplier exited, Signal signal, Duration grace, Runnable ended) {
		return new Stop(what, tree, exited, signal, this.time.nanoTime(), RunContext.nanos(grace), ended);
	}

	void begin(Stop stop) {
		synchronized (this.lock) {
			this.stops.add(stop);
		}
		wake();
	}

	/** Something has changed: looks again at once instead of at the next round. */
	void wake() {
		synchronized (this.lock) {
			if (this.stops.isEmpty()) {
				return;
			}
			if (this.inRound) {
				this.again = true;
				return;
			}
			if (this.next != null) {
				this.next.cancel(false);
				this.next = null;
			}
			this.inRound = true;
		}
		try {
			this.executor.execute(this::round);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			if (!this.withoutThread) {
				this.withoutThread = true;
				logger.warn("No thread to stop processes on, trying again and again: {}", ex.toString());
			}
			tryAgain();
		}
	}

	private void tryAgain() {
		synchronized (this.lock) {
			this.inRound = false;
			this.next = this.scheduler.schedule(this::wake, LAST_DELAY, TimeUnit.NANOSECONDS);
		}
	}

	private void round() {
		this.withoutThread = false;
		boolean goOn = true;
		while (goOn) {
			List<Stop> present;
			synchronized (this.lock) {
				this.again = false;
				present = List.copyOf(this.stops);
			}
			List<Stop> over = step(present);
			synchronized (this.lock) {
				this.stops.removeAll(over);
			}
			over.forEach(Stop::tellEnded);
			goOn = endRound();
		}
	}

	private boolean endRound() {
		synchronized (this.lock) {
			if (this.again && !this.stops.isEmpty()) {
				return true;
			}
			this.inRound = false;
			if (!this.stops.isEmpty()) {
				long now = this.time.nanoTime();
				long delay = this.stops.stream().mapToLong((stop) -> stop.delay(now)).min().orElse(LAST_DELAY);
				scheduleNext(delay);
			}
			return false;
		}
	}

	private void scheduleNext(long delay) {
		try {
			this.next = this.scheduler.schedule(this::wake, delay, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// only what is detached, or lost, outlives its manager
			logger.warn("The manager is closed, these are no longer stopped: {}",
					this.stops.stream().map((stop) -> stop.what).toList());
			this.stops.clear();
		}
	}

	private List<Stop> step(List<Stop> present) {
		List<Stop> over = new ArrayList<>();
		try {
			this.engine.look();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("The processes of this machine could not be looked at", ex);
		}
		long now = this.time.nanoTime();
		for (Stop stop : present) {
			try {
				if (stop.step(now)) {
					over.add(stop);
				}
			}
			catch (RuntimeException | Error ex) {
				if (stop.failed(now, ex)) {
					over.add(stop);
				}
			}
		}
		return over;
	}

	/**
	 * One tree that is being ended.
	 */
	final class Stop {

		private final String what;

		private final ProcessTree tree;

		private final BooleanSupplier exited;

		private final Signal signal;

		private final long beganAt;

		private volatile long grace;

		private final Runnable ended;

		private int emptyLooks;

		private long killedAt;

		private boolean killing;

		private boolean toldFailure;

		private volatile boolean over;

		private volatile boolean lost;

		private Stop(String what, ProcessTree tree, BooleanSupplier exited, Signal signal, long beganAt, long grace,
				Runnable ended) {
			this.what = what;
			this.tree = tree;
			this.exited = exited;
			this.signal = signal;
			this.beganAt = beganAt;
			this.grace = grace;
			this.ended = ended;
		}

		/** No more grace than this, counted from now. */
		void shorten(Duration remaining) {
			long shorter = Stopper.this.time.nanoTime() - this.beganAt + RunContext.nanos(remaining);
			this.grace = Math.min(this.grace, shorter);
			wake();
		}

		// one that fails must not keep the others from ending
		private void tellEnded() {
			try {
				this.ended.run();
			}
			catch (RuntimeException | Error ex) {
				logger.error("The end of a stop could not be told: {}", this.what, ex);
			}
		}

		/** Whether something was still there long after KILL. */
		boolean isLost() {
			return this.lost;
		}

		private long delay(long now) {
			long age = now - this.beganAt;
			long delay = Math.max(FIRST_DELAY, Math.min(LAST_DELAY, age / 2));
			return this.killing ? Math.min(delay, LAST_DELAY / 5)
					: Math.min(delay, Math.max(0, this.beganAt + this.grace - now));
		}

		private static String shown(List<Long> pids) {
			return (pids.size() <= SHOWN) ? pids.toString()
					: pids.subList(0, SHOWN) + " and " + (pids.size() - SHOWN) + " more";
		}

		// it is tried again and again, but not for ever
		private boolean failed(long now, Throwable failure) {
			if (!this.toldFailure) {
				this.toldFailure = true;
				logger.warn("A process could not be signalled, trying again and again: {}", this.what, failure);
			}
			if (now - this.beganAt - this.grace < Stopper.this.lostAfter) {
				return false;
			}
			logger.warn("A process could not be signalled and is given up: {}", this.what);
			this.lost = true;
			this.over = true;
			return true;
		}

		private boolean step(long now) {
			List<Long> alive = this.tree.alive();
			if (alive.isEmpty() && this.exited.getAsBoolean()) {
				this.emptyLooks++;
				// one may hide between fork and exec: look twice
				this.over = this.emptyLooks > 1;
				return this.over;
			}
			this.emptyLooks = 0;
			if (now - this.beganAt < this.grace) {
				this.tree.signal(this.signal);
				return false;
			}
			if (!this.killing) {
				this.killing = true;
				this.killedAt = now;
				if (this.grace > 0) {
					logger.warn("Process did not end within its grace and is killed: {} pids={}", this.what,
							shown(alive));
				}
			}
			if (now - this.killedAt >= Stopper.this.lostAfter) {
				logger.warn("Process is still there after KILL and given up: {} pids={}", this.what, shown(alive));
				this.lost = true;
				this.over = true;
				return true;
			}
			this.tree.signal(Signal.KILL);
			return false;
		}

	}

}
