package io.procession.engine.local;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Log of an engine, written by a separate thread that exists only while there are
 * messages to write: an appender may block, which must not delay a start, a stop or the
 * close of the engine. Messages that cannot be written are dropped. <i>Thread-safe.</i>
 */
final class EngineLog {

	private static final int CAPACITY = 100;

	private static final long IDLE_SECONDS = 1;

	private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
			new ArrayBlockingQueue<>(CAPACITY), EngineLog::newThread, new ThreadPoolExecutor.DiscardPolicy());

	EngineLog() {
		this.thread.allowCoreThreadTimeOut(true);
	}

	private static Thread newThread(Runnable task) {
		Thread thread = new Thread(null, task, "procession-engine-log", 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(EngineLog.class.getClassLoader());
		return thread;
	}

	/**
	 * Write a message asynchronously. Neither blocks nor fails.
	 * @param message the action that writes the message to its logger
	 */
	void write(Runnable message) {
		try {
			this.thread.execute(message);
		}
		catch (OutOfMemoryError ex) {
			// no thread or memory is available: the message is dropped
			return;
		}
	}

	/**
	 * Reject further messages and wait, at most for the given time, until the pending
	 * ones are written.
	 */
	void close(long bound, TimeUnit unit) {
		this.thread.shutdown();
		try {
			this.thread.awaitTermination(bound, unit);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
