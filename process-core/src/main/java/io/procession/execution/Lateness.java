package io.procession.execution;

import java.time.Duration;

/**
 * Tells a timer that fires in time from one that fires late, as after a pause of the JVM
 * (SIGSTOP, a frozen container, a long collection). What happened during a pause is
 * noticed a moment after it: whoever decides by the time looks again before it does.
 */
final class Lateness {

	/** How late a check is at least that has to look again. */
	static final long NOTICEABLE = Duration.ofMillis(100).toNanos();

	/** How long exits and output of the time before are given to be noticed. */
	static final long LOOK_AGAIN = Duration.ofMillis(100).toNanos();

	/** How late a check is at least before which everything stood still. */
	static final long PAUSE = Duration.ofSeconds(1).toNanos();

	/**
	 * How often in a row a late check is forgiven: a machine that is always late must not
	 * lose its bounds.
	 */
	static final int MOST_IN_A_ROW = 3;

	private Lateness() {
	}

}
