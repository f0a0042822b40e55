package io.procession.engine.zt;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes the log messages of an engine on a thread of its own, which exists while there
 * is something to write: an appender may block, and must hold up no start, stop or close.
 * Messages that cannot be written are dropped. <i>Thread-safe.</i>
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
	 * Write a message later. Neither blocks nor fails.
	 * @param message writes it to its logger
	 */
	void write(Runnable message) {
		try {
			this.thread.execute(message);
		}
		catch (OutOfMemoryError ex) {
			// no thread or memory is left for it
			return;
		}
	}

	/** Take no more messages and wait until those before are written, within a bound. */
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
