package io.procession.pool;

import io.procession.process.OutputType;

/**
 * Is given the output of all processes of a pool line by line. Called as
 * {@link io.procession.execution.LineListener} is; the processes of a pool call it at the
 * same time. It may stop the pool but not wait for its end, which waits for it.
 */
@FunctionalInterface
public interface PoolLineListener {

	/**
	 * A line has arrived.
	 * @param key which process
	 * @param type which of its streams
	 * @param line the line without its end
	 */
	void onLine(String key, OutputType type, String line);

}
