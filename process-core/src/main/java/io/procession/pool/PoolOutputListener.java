package io.procession.pool;

import java.nio.ByteBuffer;

import io.procession.process.OutputType;

/**
 * Is given the output of all processes of a pool as it arrives, in chunks of no
 * particular size. Called as {@link io.procession.execution.OutputListener} is; the
 * processes of a pool call it at the same time. It may stop the pool but not wait for its
 * end, which waits for it.
 */
@FunctionalInterface
public interface PoolOutputListener {

	/**
	 * Bytes have arrived.
	 * @param key which process
	 * @param type which of its streams
	 * @param chunk the bytes, read-only and only good during this call
	 */
	void onOutput(String key, OutputType type, ByteBuffer chunk);

}
