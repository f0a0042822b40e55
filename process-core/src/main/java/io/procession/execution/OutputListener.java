package io.procession.execution;

import java.nio.ByteBuffer;

import io.procession.process.OutputType;

/**
 * Is given output as it arrives, in chunks of no particular size.
 *
 * <p>
 * Called on a pump of the process, in order, one call at a time for one process. While it
 * works nothing more is read from that stream: a slow listener slows its own process and
 * nothing else. One that throws is logged, and the others are still called.
 */
@FunctionalInterface
public interface OutputListener {

	/**
	 * Bytes have arrived.
	 * @param type which stream they came from
	 * @param chunk the bytes, read-only and only good during this call
	 */
	void onOutput(OutputType type, ByteBuffer chunk);

}
