package io.procession.testing;

import java.util.concurrent.CountDownLatch;

/**
 * What tests do with threads.
 */
public final class Threads {

	private Threads() {
	}

	/**
	 * Starts a thread that keeps no JVM alive.
	 * @param action what it does
	 * @return the thread
	 */
	public static Thread start(Runnable action) {
		Thread thread = new Thread(action);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	/**
	 * Holds the calling thread, perhaps that of a listener, until a test lets it go.
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
