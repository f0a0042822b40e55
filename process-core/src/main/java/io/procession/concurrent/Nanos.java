package io.procession.concurrent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Conversion of durations to nanoseconds.
 */
public final class Nanos {

	private Nanos() {
	}

	/**
	 * Convert a duration to nanoseconds, limited so that it can be added to the reading
	 * of a clock.
	 * @param duration the duration
	 * @return the nanoseconds, about 73 years at most
	 */
	public static long of(Duration duration) {
		return Math.min(TimeUnit.NANOSECONDS.convert(duration), Long.MAX_VALUE / 4);
	}

}
