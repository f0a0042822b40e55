package io.procession.supervision;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

import io.procession.testing.Threads;

/**
 * Threads of a machine that may have none left.
 */
final class ScarceThreads implements ThreadFactory {

	private final CountDownLatch released = new CountDownLatch(1);

	private volatile boolean exhausted;

	@Override
	public Thread newThread(Runnable task) {
		return new Thread(task) {

			@Override
			public void start() {
				if (ScarceThreads.this.exhausted) {
					throw new OutOfMemoryError("unable to create native thread: planned");
				}
				super.start();
			}

		};
	}

	/** Let no thread be started from now on, and keep those busy that idle. */
	void exhaust(SupervisorThreads threads) {
		this.exhausted = true;
		try {
			while (true) {
				threads.onWorker(() -> Threads.hold(this.released));
			}
		}
		catch (OutOfMemoryError ex) {
			// not one is left
		}
	}

	/** Let threads be started again. */
	void release() {
		this.exhausted = false;
		this.released.countDown();
	}

}
