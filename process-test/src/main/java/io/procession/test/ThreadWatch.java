package io.procession.test;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Observes a thread that does not use the scheduler: the time since the observation
 * began, and the time for which the thread has been waiting. <i>Guarded by the lock of
 * {@link DeterministicScheduler}.</i>
 */
final class ThreadWatch {

	/**
	 * Time for which each poll must find a thread waiting until it is considered to wait
	 * for something other than a lock or a memory page.
	 */
	static final Duration PARKED = Duration.ofMillis(100);

	private final BooleanSupplier isParked;

	private final Patience sinceBegin = new Patience();

	private final Patience sinceParked = new Patience();

	ThreadWatch(BooleanSupplier isParked) {
		this.isParked = isParked;
	}

	void count() {
		this.sinceBegin.count();
		if (this.isParked.getAsBoolean()) {
			this.sinceParked.count();
		}
		else {
			this.sinceParked.restart();
		}
	}

	/** Return whether the thread is considered to wait for something else. */
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
