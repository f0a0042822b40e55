package io.procession.pool;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies listeners of the progress of a pool. <i>Used by one thread at a time.</i>
 */
final class PoolProgress {

	private static final Logger logger = LoggerFactory.getLogger(PoolProgress.class);

	private final List<PoolProgressListener> listeners;

	private final int total;

	private int reported;

	PoolProgress(List<PoolProgressListener> listeners, int total) {
		this.listeners = listeners;
		this.total = total;
	}

	/**
	 * Notify the listeners of the number of completed processes, unless already done.
	 */
	void report(int done) {
		if (done > this.reported) {
			this.listeners.forEach((listener) -> report(listener, done));
			this.reported = done;
		}
	}

	private void report(PoolProgressListener listener, int done) {
		try {
			listener.onProgress(done, this.total);
		}
		catch (Throwable ex) {
			logger.warn("Pool progress listener failed", ex);
		}
	}

	/**
	 * Return whether the listeners have been notified of the completion of all processes.
	 */
	boolean isComplete() {
		return this.reported == this.total;
	}

}
