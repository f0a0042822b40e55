package io.procession.pool;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listeners how far a pool has come. <i>Used by one thread at a time.</i>
 */
final class PoolProgress {

	private static final Logger logger = LoggerFactory.getLogger(PoolProgress.class);

	private final List<PoolProgressListener> listeners;

	private final int total;

	private int told;

	PoolProgress(List<PoolProgressListener> listeners, int total) {
		this.listeners = listeners;
		this.total = total;
	}

	/** Tells how many are done, unless that was told before. */
	void tell(int done) {
		if (done > this.told) {
			this.listeners.forEach((listener) -> tell(listener, done));
			this.told = done;
		}
	}

	private void tell(PoolProgressListener listener, int done) {
		try {
			listener.onProgress(done, this.total);
		}
		catch (Throwable ex) {
			logger.warn("Progress listener of a pool failed", ex);
		}
	}

	/** Whether it was told that all are done. */
	boolean isComplete() {
		return this.told == this.total;
	}

}
