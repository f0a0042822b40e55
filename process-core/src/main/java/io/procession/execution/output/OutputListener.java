package io.procession.execution.output;

import java.nio.ByteBuffer;

import io.procession.process.OutputType;

/**
 * Listener for output as it arrives, in chunks of arbitrary size.
 *
 * <p>
 * Called on a pump thread, in order, by one thread at a time for each process. While the
 * listener is executing, no more is read from that stream: a slow listener slows down its
 * own process only. Exceptions are logged, and the other listeners are still called.
 */
@FunctionalInterface
public interface OutputListener {

	/**
	 * Handle a chunk of output.
	 * @param type the stream of the chunk
	 * @param chunk the bytes, read-only and only valid during this call
	 */
	void onOutput(OutputType type, ByteBuffer chunk);

}
