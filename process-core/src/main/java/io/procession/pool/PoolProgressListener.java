package io.procession.pool;

/**
 * Listener for the progress of a pool. It is called on a thread of the manager, one call
 * at a time and with increasing numbers. Processes that end during a call are reported by
 * a single further call.
 *
 * <p>
 * During a call, the pool starts no process and does not end. However, a stop and a
 * timeout of the pool wait no longer than the {@code drain} for the listener, and a close
 * of the manager does not wait for it. The listener may stop the pool but must not wait
 * for its end. Exceptions are logged.
 */
@FunctionalInterface
public interface PoolProgressListener {

	/**
	 * Handle progress: a process has ended, or will not be started.
	 * @param done number of processes that have ended or will not be started
	 * @param total total number of processes
	 */
	void onProgress(int done, int total);

}
