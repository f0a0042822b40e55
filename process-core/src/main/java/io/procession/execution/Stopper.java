package io.procession.execution;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.BackgroundLog;
import io.procession.concurrent.FailureStreak;
import io.procession.concurrent.Lateness;
import io.procession.concurrent.Nanos;
import io.procession.concurrent.TimeSource;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.process.Signal;

/**
 * Ends process trees: stop signal, grace period, KILL, until they are gone or abandoned.
 * All stops of a manager proceed in common rounds, so that a single scan of the system
 * serves them all. Rounds are executed one at a time on a dedicated thread. They never
 * wait, and log messages are written on another thread, after the signal that they
 * report.
 */
final class Stopper {

	private static final long FIRST_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long LAST_DELAY = TimeUnit.MILLISECONDS.toNanos(50);

	/** Engines limit a scan to less: anything longer was a pause of the JVM. */
	private static final long LONGEST_SCAN = TimeUnit.SECONDS.toNanos(3);

	/** Maximum number of PIDs in a message. */
	private static final int SHOWN = 20;

	private static final Logger logger = LoggerFactory.getLogger(Stopper.class);

	private final ProcessEngine engine;

	private final TimeSource time;

	private final ScheduledExecutorService scheduler;

	private final Executor executor;

	private final BackgroundLog log;

	private final FailureStreak scans;

	private final FailureStreak rounds;

	/** Created in advance: there may be no memory left when it is needed. */
	private final Runnable round = this::round;

	private final long lostAfter;

	/** Guards everything below. */
	private final Object lock = new Object();

	private final List<Stop> stops = new ArrayList<>();

	private boolean inRound;

	private boolean again;

	private @Nullable Future<?> next;

	/** Whether the last scan of the system succeeded; written by the rounds only. */
	private volatile boolean isScanned = true;

	/**
	 * Create a stopper without stops.
	 * @param engine scans the processes of the system
	 * @param time the clocks
	 * @param scheduler schedules the next round
	 * @param executor executes the rounds
	 * @param log writes its messages
	 * @param lostAfter the time after KILL at which a tree is abandoned
	 */
	Stopper(ProcessEngine engine, TimeSource time, ScheduledExecutorService scheduler, Executor executor,
			BackgroundLog log, Duration lostAfter) {
		this.engine = engine;
		this.time = time;
		this.scheduler = scheduler;
		this.executor = executor;
		this.log = log;
		this.scans = new FailureStreak(log, logger, "Scan of this machine's processes");
		this.rounds = new FailureStreak(log, logger, "Handover of a stop to its thread (retried)");
		this.lostAfter = Nanos.of(lostAfter);
	}

	/**
	 * Create a stop, which begins with {@link #begin}.
	 * @param what description of the stopped process for log messages
	 * @param tree the process tree to be ended
	 * @param exited whether the exit of the root is known
	 * @param signal the stop signal
	 * @param grace the grace period
	 * @param ended executed once, on the executor
	 */
	Stop prepare(String what, ProcessTree tree, BooleanSupplier exited, Signal signal, Duration grace, Runnable ended) {
		return new Stop(what, tree, exited, signal, this.time.nanoTime(), Nanos.of(grace), ended);
	}

	void begin(Stop stop) {
		synchronized (this.lock) {
			stop.begun(this.time.nanoTime());
			this.stops.add(stop);
		}
		wake();
	}

	/**
	 * Start a round now, since something has changed. Never fails: what cannot be done
	 * now is retried.
	 */
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
			this.executor.execute(this.round);
		}
		catch (RuntimeException | Error ex) {
			tryAgain();
			this.rounds.failed(ex);
		}
	}

	private void tryAgain() {
		synchronized (this.lock) {
			this.inRound = false;
			scheduleNext(LAST_DELAY);
		}
	}

	private void round() {
		boolean goOn = true;
		while (goOn) {
			try {
				doRound();
				this.rounds.succeeded();
				goOn = endRound();
			}
			catch (RuntimeException | Error ex) {
				// most likely out of memory
				tryAgain();
				this.rounds.failed(ex);
				return;
			}
		}
	}

	private void doRound() {
		List<Stop> present;
		synchronized (this.lock) {
			this.again = false;
			present = List.copyOf(this.stops);
		}
		List<Stop> over = step(present);
		synchronized (this.lock) {
			this.stops.removeAll(over);
		}
		for (int i = 0; i < over.size(); i++) {
			over.get(i).reportEnded();
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

	// the lock is held
	private void scheduleNext(long delay) {
		try {
			this.next = this.scheduler.schedule(this::wake, delay, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// only detached or abandoned processes outlive their manager
			List<String> left = this.stops.stream().map((stop) -> stop.what).toList();
			this.stops.clear();
			this.log.write(() -> logger.warn("Process manager is closed; stops are abandoned: {}", left));
		}
		catch (RuntimeException | Error ex) {
			// the next sweep wakes it
			this.rounds.failed(ex);
		}
	}

	private List<Stop> step(List<Stop> present) {
		List<Stop> over = new ArrayList<>();
		long began = this.time.nanoTime();
		try {
			this.engine.scan();
			this.isScanned = true;
			this.scans.succeeded();
		}
		catch (RuntimeException | Error ex) {
			this.isScanned = false;
			this.scans.failed(ex);
		}
		long now = this.time.nanoTime();
		for (Stop stop : present) {
			stop.extendAfterPause(now, now - began);
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

	/** The stop of one process tree. */
	final class Stop {

		private final String what;

		private final ProcessTree tree;

		private final BooleanSupplier exited;

		private final Signal signal;

		private volatile long beganAt;

		private volatile long grace;

		/** Time of the last round that handled this stop. */
		private long seenAt;

		private int extended;

		private final Runnable ended;

		private boolean isRequested;

		private int emptyScans;

		private long killedAt;

		private boolean killing;

		private boolean isFailureReported;

		private volatile boolean begun;

		private volatile boolean over;

		private volatile boolean lost;

		/** Living processes that the last scan found. */
		private volatile List<Long> present = List.of();

		private Stop(String what, ProcessTree tree, BooleanSupplier exited, Signal signal, long beganAt, long grace,
				Runnable ended) {
			this.what = what;
			this.tree = tree;
			this.exited = exited;
			this.signal = signal;
			this.beganAt = beganAt;
			this.seenAt = beganAt;
			this.grace = grace;
			this.ended = ended;
		}

		// it may have been created long before
		private void begun(long now) {
			this.beganAt = now;
			this.seenAt = now;
			this.begun = true;
		}

		/**
		 * Limit the remaining grace period, counted from now or, if the stop has not
		 * begun, from its beginning.
		 */
		void shorten(Duration remaining) {
			if (!this.begun) {
				this.grace = Math.min(this.grace, Nanos.of(remaining));
				return;
			}
			long shorter = Stopper.this.time.nanoTime() - this.beganAt + Nanos.of(remaining);
			this.grace = Math.min(this.grace, shorter);
			wake();
		}

		/**
		 * Exclude the time of a pause, wherever in a round it occurred: rounds are
		 * executed every few milliseconds, and processes cannot end during a pause. A
		 * slow scan of the system within its limit is not a pause.
		 */
		private void extendAfterPause(long now, long scan) {
			long gap = now - this.seenAt - ((scan <= LONGEST_SCAN) ? scan : 0);
			this.seenAt = now;
			if (gap > Lateness.PAUSE && this.extended < Lateness.MOST_IN_A_ROW
					&& Stopper.this.time.executor() == null) {
				this.extended++;
				this.beganAt += gap;
				this.killedAt += gap;
			}
		}

		// one that fails must not prevent the end of the others
		private void reportEnded() {
			try {
				this.ended.run();
			}
			catch (RuntimeException | Error ex) {
				log(() -> logger.error("Failed to notify of the end of a stop: {}", this.what, ex));
			}
		}

		private void log(Runnable message) {
			Stopper.this.log.write(message);
		}

		/**
		 * Describe why the stop has not ended: either processes are known to remain, or
		 * the system could not be scanned.
		 */
		String whyNotOver() {
			if (!Stopper.this.isScanned) {
				return "the processes of this machine could not be scanned in time, so it is unknown whether any"
						+ " are left";
			}
			List<Long> found = this.present;
			return found.isEmpty() ? "no process was found, but the machine was too busy for a second scan"
					: "still alive: pids=" + shown(found);
		}

		/**
		 * Return whether a process was still alive, or could not be signaled, long after
		 * KILL.
		 */
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

		// retried, but not indefinitely
		private boolean failed(long now, Throwable failure) {
			if (!this.isFailureReported) {
				this.isFailureReported = true;
				log(() -> logger.warn("Process could not be signaled; retrying: {}", this.what, failure));
			}
			if (now - this.beganAt - this.grace < Stopper.this.lostAfter) {
				return false;
			}
			this.lost = true;
			this.over = true;
			log(() -> logger.warn("Process could not be signaled; giving up: {}", this.what));
			return true;
		}

		private boolean step(long now) {
			List<Long> alive = this.tree.alive();
			this.present = alive;
			if (alive.isEmpty() && this.exited.getAsBoolean()) {
				this.emptyScans++;
				// a process may be missed between fork and exec: scan twice
				this.over = this.emptyScans > 1;
				return this.over;
			}
			this.emptyScans = 0;
			if (!this.isRequested && this.grace > 0) {
				// the first scan may have taken longer than the grace period
				this.isRequested = true;
				this.beganAt = now;
			}
			if (now - this.beganAt < this.grace) {
				this.tree.signal(this.signal);
				return false;
			}
			if (this.killing && now - this.killedAt >= Stopper.this.lostAfter) {
				this.lost = true;
				this.over = true;
				String why = whyNotOver();
				log(() -> logger.warn("Process is still alive after SIGKILL; giving up: {} {}", this.what, why));
				return true;
			}
			boolean first = !this.killing;
			if (first) {
				this.killing = true;
				this.killedAt = now;
			}
			this.tree.signal(Signal.KILL);
			if (first && this.grace > 0) {
				log(() -> logger.warn("Process did not end within its grace period and is killed: {} pids={}",
						this.what, shown(alive)));
			}
			return false;
		}

	}

}
