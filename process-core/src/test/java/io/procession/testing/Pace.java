package io.procession.testing;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Slowness and random pace as the subject of a test, such as that of a slow listener or
 * of a stop at any moment. Not for waiting: no state is expected to be reached when a
 * method returns, hence no condition exists that a test could wait for. Tests that wait
 * for something use Awaitility or a latch.
 */
public final class Pace {

	private Pace() {
	}

	/**
	 * Delay the calling thread. Returns at once while the thread is interrupted, and
	 * leaves the flag set.
	 * @param delay the delay
	 */
	public static void slowly(Duration delay) {
		LockSupport.parkNanos(delay.toNanos());
	}

	/**
	 * Delay the calling thread by a random time.
	 * @param random the source of the delay
	 * @param most the upper bound of the delay, exclusive; at most two seconds
	 */
	public static void random(Random random, Duration most) {
		slowly(Duration.ofNanos(random.nextInt(Math.toIntExact(most.toNanos()))));
	}

}
