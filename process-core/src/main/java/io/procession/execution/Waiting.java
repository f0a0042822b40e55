package io.procession.execution;

import java.time.Duration;

/**
 * A bounded wait that an interrupt does not cut short; the flag is set again afterwards.
 */
@FunctionalInterface
interface Waiting {

	/**
	 * Waits once.
	 * @param nanos at most so long
	 * @return whether what is waited for has come
	 */
	boolean await(long nanos) throws InterruptedException;

	/**
	 * Waits for something.
	 * @param bound at most so long
	 * @param waiting how
	 * @return whether it has come
	 */
	static boolean of(Duration bound, Waiting waiting) {
		long until = System.nanoTime() + RunContext.nanos(bound);
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
