package io.procession.test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the scheduler while no thread of the test waits by the clock. It executes the
 * tasks that are due and do not belong to a call that executes them itself. It moves the
 * clock if that has been let go, or if there is no activity because the test waits for
 * something that does not move the clock. Its thread ends when it is no longer needed.
 * <i>Guarded by the lock of {@link DeterministicScheduler}.</i>
 */
final class BackgroundDriver {

	/** Factor by which a test may be busy longer than idle while another thread waits. */
	private static final int WORK_FACTOR = 6;

	/** Time for which a test that does not wait is observed. */
	private static final Duration AT_WORK = Duration.ofSeconds(10);

	private static final Duration IDLE = Duration.ofSeconds(1);

	/** Ratio of the speed of a clock that was let go to that of the machine's clock. */
	private static final int FREE_PACE = 1000;

	private static final long FREE_TICK = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(20);

	/** Number of steps that indicates an endless wait. */
	private static final int MOST_STEPS = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(BackgroundDriver.class);

	private final DeterministicScheduler scheduler;

	private final ExternalThreads externalThreads;

	private @Nullable Thread thread;

	private boolean free;

	/** Time at which the clock was released, by the system clock. */
	private long freeSince;

	private long nowWhenFree;

	private @Nullable TestThread testThread;

	private BooleanSupplier lives = () -> false;

	BackgroundDriver(DeterministicScheduler scheduler, ExternalThreads externalThreads) {
		this.scheduler = scheduler;
		this.externalThreads = externalThreads;
	}

	void testedBy(@Nullable TestThread test, BooleanSupplier somethingLives) {
		this.testThread = test;
		this.lives = somethingLives;
		ensureAwake();
	}

	void letGo() {
		if (!this.free) {
			this.free = true;
			this.freeSince = System.nanoTime();
			this.nowWhenFree = this.scheduler.now();
		}
		ensureAwake();
	}

	void hold() {
		this.free = false;
	}

	boolean isThread(Thread other) {
		return other == this.thread;
	}

	/** Start the thread if it is needed. Must be called after each change. */
	void ensureAwake() {
		if (this.thread == null && !this.scheduler.isDriven() && (canDoSomething() || mayStandStill())) {
			this.thread = this.scheduler.newThread(this::watch);
			this.thread.start();
		}
	}

	private boolean canDoSomething() {
		return this.scheduler.canGoOn() || (this.free && isAnythingDue());
	}

	private boolean mayStandStill() {
		return !this.free && (this.externalThreads.isAnyWaiting()
				|| (this.testThread != null && (isAnythingDue() || this.lives.getAsBoolean())));
	}

	private boolean isAnythingDue() {
		return this.scheduler.nextDue() < Long.MAX_VALUE;
	}

	private void watch() {
		this.scheduler.enter();
		try {
			Standstill standstill = new Standstill();
			while (isNeeded(standstill)) {
				long began = System.nanoTime();
				this.scheduler.pause(this.free ? FREE_TICK : TICK);
				if (this.scheduler.isDriven() || this.scheduler.changes() != standstill.changes) {
					standstill = new Standstill();
				}
				else {
					standstill.count();
				}
				if (!this.scheduler.isDriven()) {
					act(standstill, System.nanoTime() - began);
				}
			}
		}
		finally {
			this.thread = null;
			this.scheduler.leave();
		}
	}

	private boolean isNeeded(Standstill standstill) {
		return this.free || this.scheduler.canGoOn() || this.externalThreads.isAnyWaiting()
				|| !standstill.atWork.exceeds(mayStandStill() ? AT_WORK : IDLE);
	}

	private void act(Standstill standstill, long elapsed) {
		if (this.free && canDoSomething()) {
			drive(this.nowWhenFree + (System.nanoTime() - this.freeSince) * FREE_PACE, false);
		}
		else if (this.scheduler.canGoOn()) {
			// a call that continues executes the tasks that it has caused itself
			if (!this.externalThreads.isAnyAtWork(this.scheduler.now(), null)) {
				drive(this.scheduler.now(), true);
			}
		}
		else if (this.scheduler.hasRealProcesses()) {
			if (this.externalThreads.isAnyWaiting()) {
				drive(this.scheduler.now() + elapsed, false);
			}
		}
		else if (!this.free && standstill.isOver() && !standstill.isReported) {
			standstill.isReported = true;
			warnOfStandstill();
			stepOn();
		}
	}

	private Thread testThread() {
		return (this.testThread != null) ? this.testThread.thread() : this.externalThreads.testThread().thread();
	}

	private boolean isTestThreadParked() {
		Thread present = testThread();
		if (!present.isAlive()) {
			return true;
		}
		return ThreadWatch.isParked(present)
				&& (this.externalThreads.isAnyWaiting() || (this.testThread != null && this.testThread.isPresent()));
	}

	/**
	 * Return whether the thread of the test waits, allowing for the short breaks of
	 * polling.
	 */
	private boolean isTestThreadParkedWithBreaks() {
		Patience patience = new Patience();
		while (!this.scheduler.isDriven() && !patience.exceeds(ThreadWatch.PARKED)) {
			if (isTestThreadParked()) {
				return true;
			}
			this.scheduler.pause(FREE_TICK);
			patience.count();
		}
		return false;
	}

	private void warnOfStandstill() {
		Thread waiting = testThread();
		String next = isAnythingDue()
				? "It is now advanced to the next scheduled task, at +" + Duration.ofNanos(this.scheduler.nextDue())
						+ ", until the test continues"
				: "Nothing is scheduled: end the process from the test, or let its stub end (exitCode, after)";
		logger.warn("The fakes' clock has been at +{} for {} s while the test thread '{}' waits for something"
				+ " that does not advance it, such as Awaitility, Thread.sleep or CompletableFuture.allOf{}. {}."
				+ " To avoid this delay, call FakeProcesses.advance(...) first, or ManualTime.letGo() while another"
				+ " thread waits. The test waits here:{}", Duration.ofNanos(this.scheduler.now()),
				DeterministicScheduler.seconds(this.scheduler.longestAbsence()), waiting.getName(), others(), next,
				DeterministicScheduler.stack(waiting));
	}

	private String others() {
		String others = this.externalThreads.waiting()
			.stream()
			.map((external) -> "'" + external.thread().getName() + "'")
			.collect(Collectors.joining(", "));
		return others.isEmpty() ? ""
				: ", or for another thread (these wait by the clock without advancing it: " + others + ")";
	}

	/**
	 * Move the clock step by step while the test waits, so that the test does not hang.
	 */
	private void stepOn() {
		int steps = 0;
		int idleSteps = 0;
		while (isWaitedFor() && isAnythingDue() && steps < MOST_STEPS && idleSteps < this.scheduler.mostIdleMoves()) {
			long next = this.scheduler.nextDue();
			long nextTask = this.scheduler.nextTaskDue();
			drive(next, true);
			idleSteps = (nextTask == Long.MAX_VALUE) ? idleSteps + 1 : 0;
			if (nextTask <= next) {
				steps++;
				letTestThreadNotice();
			}
		}
		if (isWaitedFor()) {
			String due = (steps < MOST_STEPS) ? DeterministicScheduler.NOTHING_DUE : DeterministicScheduler.DUE_AGAIN;
			this.externalThreads.waiting().forEach((external) -> external.abandon(due));
		}
	}

	private void letTestThreadNotice() {
		Patience patience = new Patience();
		while (!patience.exceeds(ThreadWatch.PARKED)) {
			this.scheduler.pause(FREE_TICK);
			patience.count();
		}
	}

	private boolean isWaitedFor() {
		return !this.scheduler.isDriven() && !this.free
				&& (this.externalThreads.isAnyWaiting() || isTestThreadParkedWithBreaks());
	}

	private void drive(long target, boolean waitForExternalThreads) {
		try {
			this.scheduler.driveTo(target, waitForExternalThreads);
		}
		catch (IllegalStateException ex) {
			logger.warn("Failed to run the scheduled tasks", ex);
		}
	}

	/**
	 * Measures the time without any activity.
	 */
	private final class Standstill {

		private final long changes = BackgroundDriver.this.scheduler.changes();

		private final Patience waiting = new Patience();

		private final Patience atWork = new Patience();

		private boolean isReported;

		void count() {
			boolean parked = mayStandStill() && isTestThreadParked();
			this.waiting.count(parked);
			this.atWork.count(!parked);
		}

		boolean isOver() {
			Duration bound = BackgroundDriver.this.scheduler.longestAbsence();
			return mayStandStill()
					&& (this.waiting.exceeds(bound) || (BackgroundDriver.this.externalThreads.isAnyWaiting()
							&& this.atWork.exceeds(bound.multipliedBy(WORK_FACTOR))));
		}

	}

}
