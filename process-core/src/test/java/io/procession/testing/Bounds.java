package io.procession.testing;

import java.time.Duration;

/**
 * Upper bounds of waits in tests. None of them is a promise about speed: they are far
 * longer than anything takes on a busy machine. A test in which a second mechanism could
 * end the process uses a bound that this mechanism exceeds.
 */
public final class Bounds {

	/**
	 * Bound for everything else. Shorter than the default timeouts of 30 s and 60 s.
	 */
	public static final Duration SOON = Duration.ofSeconds(20);

	/**
	 * Less than the default stop grace of 10 s: whatever takes less time was not ended by
	 * KILL.
	 */
	public static final Duration BEFORE_KILL = Duration.ofSeconds(8);

	/**
	 * More than the default stop grace of 10 s, less than this and the 5 s after which a
	 * killed process is abandoned.
	 */
	public static final Duration BEFORE_LOST = Duration.ofSeconds(12);

	private Bounds() {
	}

}
