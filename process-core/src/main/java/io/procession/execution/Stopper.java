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

import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.engine.TimeSource;
import io.procession.process.Signal;

/**
 * Ends trees of processes: stop signal, grace, KILL, until they are gone or given up. All
 * stops of a manager go in rounds, so that one look at the system serves them all. Rounds
 * run one at a time on a thread that does nothing else. Nothing here waits, and messages
 * are written elsewhere, after the signal that they tell of.
 */
final class Stopper {

	private static final long FIRST_DELAY = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long LAST_DELAY = TimeUnit.MILLISECONDS.toNanos(50);

	/** Engines bound a look to less: what takes longer was a pause of the JVM. */
	private static final long LONGEST_LOOK = TimeUnit.SECONDS.toNanos(3);

	/** How many PIDs a message shows. */
	private static final int SHOWN = 20;

	private static final Logger logger = LoggerFactory.getLogger(Stopper.class);

	private final ProcessEngine engine;

	private final TimeSource time;

	private final ScheduledExecutorService scheduler;

	private final Executor executor;

	private final BackgroundLog log;

	private final FailureStreak looks;

	private final FailureStreak rounds;

	/** Made once: there may be no memory left when it is needed. */
	private final Runnable round = this::round;

	private final long lostAfter;

	/** Guards everything below. */
	private final Object lock = new Object();

	private final List<Stop> stops = new ArrayList<>();

	private boolean inRound;

	private boolean again;

	private @Nullable Future<?> next;

	/** Whether the last look at the system was one; written by the rounds alone. */
	private volatile boolean looked = true;

	/**
	 * Create a stopper that has nothing to stop.
	 * @param engine looks at the system's processes
	 * @param time the clocks
	 * @param scheduler hands over the next round
	 * @param executor runs the rounds
	 * @param log writes its messages
	 * @param lostAfter how long after KILL a tree is given up
	 */
	Stopper(ProcessEngine engine, TimeSource time, ScheduledExecutorService scheduler, Executor executor,
			BackgroundLog log, Duration lostAfter) {
		this.engine = engine;
		this.time = time;
		this.scheduler = scheduler;
		this.executor = executor;
		this.log = log;
		this.looks = new FailureStreak(log, logger, "The scan of this machine's processes");
		this.rounds = new FailureStreak(log, logger, "The handover of a stop to its thread, which is tried again,");
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
			stop.begun(this.time.nanoTime());
			this.stops.add(stop);
		}
		wake();
	}

	/**
	 * Something has changed: looks again at once instead of at the next round. Never
	 * fails: what cannot be done now is tried again.
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
				// no memory, most likely
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
			over.get(i).tellEnded();
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
			// only what is detached, or lost, outlives its manager
			List<String> left = this.stops.stream().map((stop) -> stop.what).toList();
			this.stops.clear();
			this.log.write(() -> logger.warn("The manager is closed, these are no longer stopped: {}", left));
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
			this.engine.look();
			this.looked = true;
			this.looks.succeeded();
		}
		catch (RuntimeException | Error ex) {
			this.looked = false;
			this.looks.failed(ex);
		}
		long now = this.time.nanoTime();
		for (Stop stop : present) {
			stop.forgivePause(now, now - began);
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

		private volatile long beganAt;

		private volatile long grace;

		/** When the last round saw it. */
		private long seenAt;

		private int forgiven;

		private final Runnable ended;

		private boolean asked;

		private int emptyLooks;

		private long killedAt;

		private boolean killing;

		private boolean toldFailure;

		private volatile boolean begun;

		private volatile boolean over;

		private volatile boolean lost;

		/** What the last look has found. */
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

		// it may have been prepared long before
		private void begun(long now) {
			this.beganAt = now;
			this.seenAt = now;
			this.begun = true;
		}

		/** No more grace than this, counted from now, or from its beginning. */
		void shorten(Duration remaining) {
			if (!this.begun) {
				this.grace = Math.min(this.grace, RunContext.nanos(remaining));
				return;
			}
			long shorter = Stopper.this.time.nanoTime() - this.beganAt + RunContext.nanos(remaining);
			this.grace = Math.min(this.grace, shorter);
			wake();
		}

		/**
		 * Does not count the time of a pause, wherever in a round it fell: rounds come
		 * every few milliseconds, and while everything stood still nothing could end. A
		 * look at the system that is slow within its bound is no pause.
		 */
		private void forgivePause(long now, long look) {
			long gap = now - this.seenAt - ((look <= LONGEST_LOOK) ? look : 0);
			this.seenAt = now;
			if (gap > Lateness.PAUSE && this.forgiven < Lateness.MOST_IN_A_ROW
					&& Stopper.this.time.executor() == null) {
				this.forgiven++;
				this.beganAt += gap;
				this.killedAt += gap;
			}
		}

		// one that fails must not keep the others from ending
		private void tellEnded() {
			try {
				this.ended.run();
			}
			catch (RuntimeException | Error ex) {
				log(() -> logger.error("The end of a stop could not be told: {}", this.what, ex));
			}
		}

		private void log(Runnable message) {
			Stopper.this.log.write(message);
		}

		/**
		 * Describe why it is not over: whether something is known to be left, or the
		 * system could not be looked at.
		 */
		String whyNotOver() {
			if (!Stopper.this.looked) {
				return "the processes of this machine could not be scanned in time, so that it is not known whether"
						+ " anything is left";
			}
			List<Long> found = this.present;
			return found.isEmpty() ? "nothing was found, but the machine was too busy to look again"
					: "still alive: pids=" + shown(found);
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
				log(() -> logger.warn("A process could not be signalled, trying again and again: {}", this.what,
						failure));
			}
			if (now - this.beganAt - this.grace < Stopper.this.lostAfter) {
				return false;
			}
			this.lost = true;
			this.over = true;
			log(() -> logger.warn("A process could not be signalled and is given up: {}", this.what));
			return true;
		}

		private boolean step(long now) {
			List<Long> alive = this.tree.alive();
			this.present = alive;
			if (alive.isEmpty() && this.exited.getAsBoolean()) {
				this.emptyLooks++;
				// one may hide between fork and exec: look twice
				this.over = this.emptyLooks > 1;
				return this.over;
			}
			this.emptyLooks = 0;
			if (!this.asked && this.grace > 0) {
				// the first look may have taken longer than the grace
				this.asked = true;
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
				log(() -> logger.warn("Process is still there after KILL and given up: {} {}", this.what, why));
				return true;
			}
			boolean first = !this.killing;
			if (first) {
				this.killing = true;
				this.killedAt = now;
			}
			this.tree.signal(Signal.KILL);
			if (first && this.grace > 0) {
				log(() -> logger.warn("Process did not end within its grace and is killed: {} pids={}", this.what,
						shown(alive)));
			}
			return false;
		}

	}

}
