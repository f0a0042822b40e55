package io.procession.pool;

import io.procession.process.OutputType;

/**
 * Listener for the output of all processes of a pool, line by line. It is called like a
 * {@link io.procession.execution.output.LineListener}, and concurrently for the processes
 * of a pool. It may stop the pool but must not wait for its end because the pool waits
 * for the listener.
 */
@FunctionalInterface
public interface PoolLineListener {

	/**
	 * Handle a line of output.
	 * @param key key of the process
	 * @param type the stream
	 * @param line the line without its terminator
	 */
	void onLine(String key, OutputType type, String line);

}
