package io.procession.test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the strands while no thread of the test waits by their clock: runs what is
 * due now and belongs to no call that runs it itself, and moves the clock once it was let
 * go, or when everything stands still because the test waits for something that does not
 * move it. Its thread ends when there is nothing to look after. <i>Guarded by the lock of
 * {@link Strands}.</i>
 */
final class Caretaker {

	/** As many times longer a test may be at work while another thread waits. */
	private static final int WORK_FACTOR = 6;

	/** How long a test that does not wait is looked at. */
	private static final Duration AT_WORK = Duration.ofSeconds(10);

	private static final Duration IDLE = Duration.ofSeconds(1);

	/** How much faster than the machine's a clock is that was let go. */
	private static final int FREE_PACE = 1000;

	private static final long FREE_TICK = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(20);

	/** So many steps without an end are a wait that never ends. */
	private static final int MOST_STEPS = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(Caretaker.class);

	private final Strands strands;

	private final Outsiders outsiders;

	private @Nullable Thread thread;

	private boolean free;

	/** When the clock was let go, by the machine's clock. */
	private long freeSince;

	private long nowWhenFree;

	private @Nullable Tester tester;

	private BooleanSupplier lives = () -> false;

	Caretaker(Strands strands, Outsiders outsiders) {
		this.strands = strands;
		this.outsiders = outsiders;
	}

	void testedBy(@Nullable Tester test, BooleanSupplier somethingLives) {
		this.tester = test;
		this.lives = somethingLives;
		ensureAwake();
	}

	void letGo() {
		if (!this.free) {
			this.free = true;
			this.freeSince = System.nanoTime();
			this.nowWhenFree = this.strands.now();
		}
		ensureAwake();
	}

	void hold() {
		this.free = false;
	}

	boolean isThread(Thread other) {
		return other == this.thread;
	}

	/** To be called whenever it may have got something to do. */
	void ensureAwake() {
		if (this.thread == null && !this.strands.isDriven() && (canDoSomething() || mayStandStill())) {
			this.thread = this.strands.newThread(this::lookAfter);
			this.thread.start();
		}
	}

	private boolean canDoSomething() {
		return this.strands.canGoOn() || (this.free && isAnythingDue());
	}

	private boolean mayStandStill() {
		return !this.free && (this.outsiders.isAnyWaiting()
				|| (this.tester != null && (isAnythingDue() || this.lives.getAsBoolean())));
	}

	private boolean isAnythingDue() {
		return this.strands.nextDue() < Long.MAX_VALUE;
	}

	private void lookAfter() {
		this.strands.enter();
		try {
			Standstill standstill = new Standstill();
			while (isNeeded(standstill)) {
				long began = System.nanoTime();
				this.strands.pause(this.free ? FREE_TICK : TICK);
				if (this.strands.isDriven() || this.strands.changes() != standstill.changes) {
					standstill = new Standstill();
				}
				else {
					standstill.look();
				}
				if (!this.strands.isDriven()) {
					act(standstill, System.nanoTime() - began);
				}
			}
		}
		finally {
			this.thread = null;
			this.strands.leave();
		}
	}

	private boolean isNeeded(Standstill standstill) {
		return this.free || this.strands.canGoOn() || this.outsiders.isAnyWaiting()
				|| !standstill.atWork.exceeds(mayStandStill() ? AT_WORK : IDLE);
	}

	private void act(Standstill standstill, long elapsed) {
		if (this.free && canDoSomething()) {
			drive(this.nowWhenFree + (System.nanoTime() - this.freeSince) * FREE_PACE, false);
		}
		else if (this.strands.canGoOn()) {
			// a call that goes on runs what it has set off itself
			if (!this.outsiders.isAnyAtWork(this.strands.now(), null)) {
				drive(this.strands.now(), true);
			}
		}
		else if (this.strands.hasRealProcesses()) {
			if (this.outsiders.isAnyWaiting()) {
				drive(this.strands.now() + elapsed, false);
			}
		}
		else if (!this.free && standstill.isOver() && !standstill.told) {
			standstill.told = true;
			warnOfStandstill();
			stepOn();
		}
	}

	private Thread testThread() {
		return (this.tester != null) ? this.tester.thread() : this.outsiders.tester().thread();
	}

	private boolean isTesterParked() {
		Thread present = testThread();
		if (!present.isAlive()) {
			return true;
		}
		return ThreadWatch.isParked(present)
				&& (this.outsiders.isAnyWaiting() || (this.tester != null && this.tester.isPresent()));
	}

	/** Whether it waits, if with short breaks, as those do that look again and again. */
	private boolean isTesterParkedWithBreaks() {
		Patience patience = new Patience();
		while (!this.strands.isDriven() && !patience.exceeds(ThreadWatch.PARKED)) {
			if (isTesterParked()) {
				return true;
			}
			this.strands.pause(FREE_TICK);
			patience.look();
		}
		return false;
	}

	private void warnOfStandstill() {
		Thread waiting = testThread();
		String next = isAnythingDue()
				? "It is moved now to what is due next, at +" + Duration.ofNanos(this.strands.nextDue())
						+ ", until the test goes on"
				: "Nothing is due: end the process from the test, or let its stub end (exitCode, after)";
		logger
			.warn("The fakes' clock has stood at +{} for {} s, while the thread of the test, '{}', waits for something"
					+ " that does not move it, such as Awaitility, Thread.sleep or a CompletableFuture.allOf{}. {}."
					+ " Call FakeProcesses.advance(...) before, or ManualTime.letGo() while another thread waits, to"
					+ " save the time. The test waits here:{}", Duration.ofNanos(this.strands.now()),
					Strands.seconds(this.strands.longestAbsence()), waiting.getName(), others(), next,
					Strands.stack(waiting));
	}

	private String others() {
		String others = this.outsiders.waiting()
			.stream()
			.map((outsider) -> "'" + outsider.thread().getName() + "'")
			.collect(Collectors.joining(", "));
		return others.isEmpty() ? ""
				: ", or for another thread (these wait by the clock, and do not move it: " + others + ")";
	}

	/** Better than a test that hangs. */
	private void stepOn() {
		int steps = 0;
		int idleSteps = 0;
		while (isWaitedFor() && isAnythingDue() && steps < MOST_STEPS && idleSteps < this.strands.mostIdleMoves()) {
			long next = this.strands.nextDue();
			long nextTask = this.strands.nextTaskDue();
			drive(next, true);
			idleSteps = (nextTask == Long.MAX_VALUE) ? idleSteps + 1 : 0;
			if (nextTask <= next) {
				steps++;
				letTesterNotice();
			}
		}
		if (isWaitedFor()) {
			String due = (steps < MOST_STEPS) ? Strands.NOTHING_DUE : Strands.DUE_AGAIN;
			this.outsiders.waiting().forEach((outsider) -> outsider.giveUp(due));
		}
	}

	private void letTesterNotice() {
		Patience patience = new Patience();
		while (!patience.exceeds(ThreadWatch.PARKED)) {
			this.strands.pause(FREE_TICK);
			patience.look();
		}
	}

	private boolean isWaitedFor() {
		return !this.strands.isDriven() && !this.free && (this.outsiders.isAnyWaiting() || isTesterParkedWithBreaks());
	}

	private void drive(long target, boolean waitForOutsiders) {
		try {
			this.strands.driveTo(target, waitForOutsiders);
		}
		catch (IllegalStateException ex) {
			logger.warn("What is due cannot be run", ex);
		}
	}

	/**
	 * How long nothing has happened.
	 */
	private final class Standstill {

		private final long changes = Caretaker.this.strands.changes();

		private final Patience waiting = new Patience();

		private final Patience atWork = new Patience();

		private boolean told;

		void look() {
			boolean parked = mayStandStill() && isTesterParked();
			this.waiting.look(parked);
			this.atWork.look(!parked);
		}

		boolean isOver() {
			Duration bound = Caretaker.this.strands.longestAbsence();
			return mayStandStill() && (this.waiting.exceeds(bound) || (Caretaker.this.outsiders.isAnyWaiting()
					&& this.atWork.exceeds(bound.multipliedBy(WORK_FACTOR))));
		}

	}

}
