package io.procession.test;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the strands while no thread of the test waits by their clock: runs what is
 * due now, and moves the clock once it was let go, or when everything stands still
 * because the test waits for something that does not move it. Its thread ends when there
 * is nothing to look after. <i>Guarded by the lock of {@link Strands}.</i>
 */
final class Caretaker {

	/** How long a test may wait for something else while the clock stands. */
	static final Duration STANDSTILL = Duration.ofSeconds(5);

	/** How long a test that does not wait is looked at. */
	private static final Duration AT_WORK = Duration.ofSeconds(10);

	private static final Duration IDLE = Duration.ofSeconds(1);

	/** How much faster than the machine's a clock is that was let go. */
	private static final int FREE_PACE = 1000;

	/** How long a test has to notice that what it waits for has come. */
	private static final long STEP = TimeUnit.MILLISECONDS.toNanos(50);

	/** What a look counts at most: while a debugger halts the JVM, nobody waits. */
	private static final long LONGEST_LOOK = TimeUnit.MILLISECONDS.toNanos(200);

	private static final int BREAK_TICKS = 10;

	private static final long FREE_TICK = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(20);

	private static final Logger logger = LoggerFactory.getLogger(Caretaker.class);

	private final Strands strands;

	private @Nullable Thread thread;

	private boolean free;

	/** When the clock was let go, by the machine's clock. */
	private long freeSince;

	private long nowWhenFree;

	private @Nullable Tester tester;

	private BooleanSupplier lives = () -> false;

	Caretaker(Strands strands) {
		this.strands = strands;
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
		return this.tester != null && !this.free && (isAnythingDue() || this.lives.getAsBoolean());
	}

	private boolean isAnythingDue() {
		return this.strands.nextDue() < Long.MAX_VALUE;
	}

	private void lookAfter() {
		this.strands.enter();
		try {
			long seen = this.strands.changes();
			long idleSince = System.nanoTime();
			long waited = 0;
			boolean told = false;
			while (isNeeded(System.nanoTime() - idleSince)) {
				long began = System.nanoTime();
				this.strands.pause(this.free ? FREE_TICK : TICK);
				if (isTesterWaiting()) {
					idleSince = System.nanoTime();
					waited += Math.min(idleSince - began, LONGEST_LOOK);
				}
				if (waited > STANDSTILL.toNanos() && !told) {
					told = true;
					warnOfStandstill();
					stepOn();
				}
				if (!this.strands.isDriven() && canDoSomething()) {
					drive(this.free ? this.nowWhenFree + (System.nanoTime() - this.freeSince) * FREE_PACE
							: this.strands.now());
				}
				if (this.strands.isDriven() || this.strands.changes() != seen) {
					seen = this.strands.changes();
					idleSince = System.nanoTime();
					waited = 0;
					told = false;
				}
			}
		}
		finally {
			this.thread = null;
			this.strands.leave();
		}
	}

	private boolean isNeeded(long idle) {
		return this.free || idle < IDLE.toNanos() || (idle < AT_WORK.toNanos() && mayStandStill());
	}

	private boolean isTesterWaiting() {
		return mayStandStill() && !this.strands.isDriven() && this.tester != null && this.tester.isParked();
	}

	/** Whether it waits, if with short breaks, as those do that look again and again. */
	private boolean isTesterParked() {
		for (int i = 0; i < BREAK_TICKS && !this.strands.isDriven() && this.tester != null; i++) {
			if (this.tester.isParked()) {
				return true;
			}
			this.strands.pause(FREE_TICK);
		}
		return false;
	}

	private void warnOfStandstill() {
		Thread waiting = Objects.requireNonNull(this.tester).thread();
		String next = isAnythingDue()
				? "It is moved now to what is due next, at +" + Duration.ofNanos(this.strands.nextDue())
						+ ", until the test goes on"
				: "Nothing is due: end the process from the test, or let its stub end (exitCode, after)";
		logger
			.warn("The fakes' clock has stood at +{} for {} s, while the thread of the test, '{}', waits for something"
					+ " that does not move it, such as Awaitility, Thread.sleep or a CompletableFuture.allOf. {}. Call"
					+ " FakeProcesses.advance(...) before, to save the time. The test waits here:{}",
					Duration.ofNanos(this.strands.now()), STANDSTILL.toSeconds(), waiting.getName(), next,
					Strands.stack(waiting));
	}

	/** Better than a test that hangs. */
	private void stepOn() {
		while (isTesterParked() && !this.strands.isDriven() && isAnythingDue()) {
			drive(this.strands.nextDue());
			this.strands.pause(STEP);
		}
	}

	private void drive(long target) {
		try {
			this.strands.driveTo(target);
		}
		catch (IllegalStateException ex) {
			logger.warn("What is due cannot be run", ex);
		}
	}

}
