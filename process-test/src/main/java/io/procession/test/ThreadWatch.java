package io.procession.test;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Watches a thread that is busy outside the scheduler: how long it has been, and how long
 * it has done nothing but wait. <i>Guarded by the lock of
 * {@link DeterministicScheduler}.</i>
 */
final class ThreadWatch {

	/**
	 * How long a thread has to be seen waiting at each look before it is taken to wait
	 * for something else than a lock or a page of memory.
	 */
	static final Duration PARKED = Duration.ofMillis(100);

	private final BooleanSupplier isParked;

	private final Patience sinceBegin = new Patience();

	private final Patience sinceParked = new Patience();

	ThreadWatch(BooleanSupplier isParked) {
		this.isParked = isParked;
	}

	void look() {
		this.sinceBegin.look();
		if (this.isParked.getAsBoolean()) {
			this.sinceParked.look();
		}
		else {
			this.sinceParked.restart();
		}
	}

	/** Whether it waits for something else. */
	boolean isParked() {
		return hasParkedFor(PARKED);
	}

	boolean hasParkedFor(Duration bound) {
		return this.sinceParked.exceeds(bound);
	}

	boolean hasLastedFor(Duration bound) {
		return this.sinceBegin.exceeds(bound);
	}

	static boolean isParked(Thread thread) {
		Thread.State state = thread.getState();
		return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING || state == Thread.State.BLOCKED;
	}

}
