package io.procession.engine;

import java.nio.ByteBuffer;

/**
 * Receiver of the bytes of one output stream. Called by a single thread, in the order
 * {@code space, received, space, received, ..., ended}.
 */
public interface OutputSink {

	/**
	 * Return a buffer for the next bytes.
	 * @return a buffer backed by an array; bytes are stored between its position and its
	 * limit, which are never equal
	 */
	ByteBuffer space();

	/**
	 * Receive bytes that have been stored in the buffer returned last. If this method
	 * blocks, no more output is read and the process blocks once its pipe is full.
	 * @param count the number of bytes, positive
	 * @return whether to continue reading; if {@code false}, the stream is closed and the
	 * process receives PIPE at its next write
	 */
	boolean received(int count);

	/**
	 * Handle a failure of this sink, caused by an exception or by lack of memory. The
	 * remaining output is read and discarded so that the process can continue. After this
	 * call, only {@link #ended()} is called.
	 * @param failure the cause
	 */
	void failed(Throwable failure);

	/**
	 * Handle the end of the stream. Called once.
	 */
	void ended();

}
