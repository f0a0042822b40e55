package io.procession.concurrent;

import java.time.Duration;

/**
 * Constants to distinguish a timer that fires in time from one that fires late, for
 * example after a pause of the JVM (SIGSTOP, a frozen container, a long garbage
 * collection). Events of the time before and during the pause are noticed shortly after
 * it, so that a decision based on elapsed time is checked again.
 */
public final class Lateness {

	/** Minimum delay of a check, in nanoseconds, after which it is repeated. */
	public static final long NOTICEABLE = Duration.ofMillis(100).toNanos();

	/** Time in nanoseconds for earlier exits and output to be noticed. */
	public static final long RECHECK = Duration.ofMillis(100).toNanos();

	/**
	 * Minimum delay of a check, in nanoseconds, that is considered a pause of the
	 * processes as well.
	 */
	public static final long PAUSE = Duration.ofSeconds(1).toNanos();

	/**
	 * Maximum number of consecutive late checks that are repeated: the limits must also
	 * apply on a machine that is always late.
	 */
	public static final int MOST_IN_A_ROW = 3;

	private Lateness() {
	}

}
