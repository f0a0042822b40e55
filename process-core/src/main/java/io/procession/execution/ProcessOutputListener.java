package io.procession.execution;

import java.nio.ByteBuffer;

import io.procession.execution.output.OutputListener;
import io.procession.process.OutputType;

/**
 * Listener for the output of all processes of a manager as it arrives, in chunks of
 * arbitrary size.
 *
 * <p>
 * Receives only output that passes through the JVM: not output that is redirected to a
 * file, a terminal or another program, or discarded for a quiet process, and not output
 * that is pulled or read by a Java stage. Called under the same conditions as an
 * {@link OutputListener}, for several processes concurrently: a slow listener slows down
 * the process whose output it receives. Bytes are passed as they were written, including
 * secrets.
 */
@FunctionalInterface
public interface ProcessOutputListener {

	/**
	 * Handle a chunk of output.
	 * @param process the process that wrote them
	 * @param type the stream of the chunk
	 * @param chunk the bytes, read-only and only valid during this call
	 */
	void onOutput(RunningProcess process, OutputType type, ByteBuffer chunk);

}
