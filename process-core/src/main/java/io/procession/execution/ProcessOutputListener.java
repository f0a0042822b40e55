package io.procession.execution;

import java.nio.ByteBuffer;

import io.procession.process.OutputType;

/**
 * Listener for the output of all processes of a manager, as it arrives, in chunks of no
 * particular size.
 *
 * <p>
 * Receives what passes through the JVM anyway: not the output that the system takes to a
 * file, a terminal or another program or drops for a quiet process, nor what is pulled or
 * read by a stage in Java. Called as {@link OutputListener} is, for several processes at
 * the same time: a slow listener slows the process whose output it receives. The bytes
 * come as they were written, secrets included.
 */
@FunctionalInterface
public interface ProcessOutputListener {

	/**
	 * Handle bytes that have arrived.
	 * @param process the process that wrote them
	 * @param type the stream that they came from
	 * @param chunk the bytes, read-only and only valid during this call
	 */
	void onOutput(RunningProcess process, OutputType type, ByteBuffer chunk);

}
