package io.procession.test;

import java.time.Duration;

/**
 * Measures a duration by the machine's clock, as observed by a thread that polls every
 * few milliseconds. The time between two polls counts only up to a maximum, so that an
 * overloaded machine, a halted JVM or a debugger does not use up the time of other
 * threads. <i>Guarded by the lock of {@link DeterministicScheduler}.</i>
 */
final class Patience {

	private static final long LONGEST_SCAN = Duration.ofMillis(20).toNanos();

	private long lastCount = System.nanoTime();

	private long counted;

	/** Add the time since the last poll. */
	void count() {
		count(true);
	}

	/**
	 * Record a poll.
	 * @param counts whether to add the time since the last poll
	 */
	void count(boolean counts) {
		long time = System.nanoTime();
		if (counts) {
			this.counted += Math.min(time - this.lastCount, LONGEST_SCAN);
		}
		this.lastCount = time;
	}

	boolean exceeds(Duration bound) {
		return this.counted > bound.toNanos();
	}

	void restart() {
		this.counted = 0;
		this.lastCount = System.nanoTime();
	}

}
