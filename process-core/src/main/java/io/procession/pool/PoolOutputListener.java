package io.procession.pool;

import java.nio.ByteBuffer;

import io.procession.process.OutputType;

/**
 * Listener for the output of all processes of a pool, in chunks of arbitrary size as it
 * arrives. It is called like an {@link io.procession.execution.output.OutputListener},
 * and concurrently for the processes of a pool. It may stop the pool but must not wait
 * for its end because the pool waits for the listener.
 */
@FunctionalInterface
public interface PoolOutputListener {

	/**
	 * Handle a chunk of output.
	 * @param key key of the process
	 * @param type the stream
	 * @param chunk the bytes, read-only and only valid during this call
	 */
	void onOutput(String key, OutputType type, ByteBuffer chunk);

}
