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

}
