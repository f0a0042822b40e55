package io.procession.testing;

import java.time.Duration;

/**
 * Measures elapsed time, for upper bounds.
 */
public final class Stopwatch {

	private final long start = System.nanoTime();

	private Stopwatch() {
	}

	/**
	 * Start measuring.
	 * @return a running stopwatch
	 */
	public static Stopwatch started() {
		return new Stopwatch();
	}

	/**
	 * Return the time since the start.
	 * @return the duration
	 */
	public Duration elapsed() {
		return Duration.ofNanos(System.nanoTime() - this.start);
	}

}
