package io.procession.testing;

import java.util.concurrent.CountDownLatch;

/**
 * Threads for tests.
 */
public final class Threads {

	private Threads() {
	}

	/**
	 * Start a daemon thread.
	 * @param action the action of the thread
	 * @return the thread
	 */
	public static Thread start(Runnable action) {
		Thread thread = new Thread(action);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	/**
	 * Block the calling thread, such as that of a listener, until a test releases it.
	 * @param latch opened by the test
	 * @throws IllegalStateException if the thread is interrupted
	 */
	public static void hold(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted", ex);
		}
	}

	/**
	 * Block the calling thread until a test releases it, as code does that ignores
	 * interrupts.
	 * @param latch opened by the test
	 */
	public static void holdThroughInterrupts(CountDownLatch latch) {
		boolean interrupted = false;
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
