package io.procession.concurrent;

import java.time.Duration;

/**
 * A bounded wait that is not ended by an interrupt; the interrupt flag is restored
 * afterwards.
 */
@FunctionalInterface
public interface UninterruptibleWait {

	/**
	 * Wait once.
	 * @param nanos the maximum time in nanoseconds
	 * @return whether the condition is fulfilled
	 * @throws InterruptedException if the thread was interrupted
	 */
	boolean await(long nanos) throws InterruptedException;

	/**
	 * Wait for a condition.
	 * @param bound the maximum time
	 * @param waiting performs the wait
	 * @return whether the condition is fulfilled
	 */
	static boolean of(Duration bound, UninterruptibleWait waiting) {
		long until = System.nanoTime() + Nanos.of(bound);
		boolean interrupted = Thread.interrupted();
		try {
			while (true) {
				try {
					return waiting.await(Math.max(0, until - System.nanoTime()));
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
