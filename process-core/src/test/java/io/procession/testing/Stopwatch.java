package io.procession.testing;

import java.time.Duration;

/**
 * How long something took, for upper bounds.
 */
public final class Stopwatch {

	private final long start = System.nanoTime();

	private Stopwatch() {
	}

	/**
	 * Starts measuring.
	 * @return a running stopwatch
	 */
	public static Stopwatch started() {
		return new Stopwatch();
	}

	/**
	 * The time since the start.
	 * @return the duration
	 */
	public Duration elapsed() {
		return Duration.ofNanos(System.nanoTime() - this.start);
	}

}
