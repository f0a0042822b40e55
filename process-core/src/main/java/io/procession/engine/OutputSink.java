package io.procession.engine;

import java.nio.ByteBuffer;

/**
 * Where a pump puts the bytes of one stream. Called by one thread, in the order
 * {@code space, received, space, received, ..., ended}.
 */
public interface OutputSink {

	/**
	 * Room for the next bytes.
	 * @return a buffer with an array; bytes go between its position and its limit, which
	 * are never the same
	 */
	ByteBuffer space();

	/**
	 * Bytes have been put into the room given last. May block: then nothing more is read
	 * and the process, its pipe full, waits.
	 * @param count how many, positive
	 * @return whether to go on reading; if not, the stream is closed, so that the process
	 * gets PIPE at its next write
	 */
	boolean received(int count);

	/**
	 * This sink itself has failed, by an exception or for lack of memory. What follows is
	 * read and thrown away, so that the process can go on; only {@link #ended()} comes.
	 * @param failure why
	 */
	void failed(Throwable failure);

	/**
	 * The stream has ended. Called once.
	 */
	void ended();

}
