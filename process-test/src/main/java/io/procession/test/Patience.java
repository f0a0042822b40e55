package io.procession.test;

import java.time.Duration;

/**
 * Measures by the machine's clock how long something has lasted, as seen by a thread that
 * looks at it every few milliseconds. A single look counts only a little, so that a
 * machine that is too busy to run its threads, a halted JVM or a debugger use up none of
 * the time that others have. <i>Guarded by the lock of
 * {@link DeterministicScheduler}.</i>
 */
final class Patience {

	private static final long LONGEST_LOOK = Duration.ofMillis(20).toNanos();

	private long lastLook = System.nanoTime();

	private long counted;

	/** Adds the time since the last look. */
	void look() {
		look(true);
	}

	/**
	 * Adds the time since the last look.
	 * @param counts whether to add it; otherwise it is skipped
	 */
	void look(boolean counts) {
		long time = System.nanoTime();
		if (counts) {
			this.counted += Math.min(time - this.lastLook, LONGEST_LOOK);
		}
		this.lastLook = time;
	}

	boolean exceeds(Duration bound) {
		return this.counted > bound.toNanos();
	}

	void restart() {
		this.counted = 0;
		this.lastLook = System.nanoTime();
	}

}
