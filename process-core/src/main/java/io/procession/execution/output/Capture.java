package io.procession.execution.output;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The captured bytes of one stream, in the chunks into which they were read. The chunk
 * size increases from {@value #FIRST_CHUNK} bytes, so that a process with little output
 * needs little memory and one with much output needs few objects. One thread writes, any
 * thread reads.
 */
final class Capture {

	private static final int FIRST_CHUNK = 512;

	private static final byte[] NOTHING = new byte[0];

	/**
	 * Chosen so that, with the array header, as many chunks as possible fit into a region
	 * of the garbage collector. Measured: less memory than larger chunks at the same
	 * speed.
	 */
	private static final int LARGEST_CHUNK = 64 * 1024 - 16;

	private final int largestRead;

	private final long keep;

	/** Guards everything below; the free part of the last chunk belongs to the writer. */
	private final Object lock = new Object();

	private final Deque<byte[]> full = new ArrayDeque<>();

	private long fullLength;

	private long dropped;

	private byte[] current = new byte[FIRST_CHUNK];

	private int filled;

	private boolean frozen;

	/**
	 * Create an empty capture.
	 * @param largestRead the size of the largest read in bytes
	 * @param keep the minimum number of bytes to keep; older ones are dropped
	 */
	Capture(int largestRead, long keep) {
		this.largestRead = largestRead;
		this.keep = keep;
	}

	/** Return the space for the next read, in the last chunk. */
	ByteBuffer space() {
		synchronized (this.lock) {
			if (this.filled == this.current.length) {
				this.full.add(this.current);
				this.fullLength += this.filled;
				this.current = new byte[nextChunk()];
				this.filled = 0;
			}
			int room = Math.min(this.current.length - this.filled, this.largestRead);
			return ByteBuffer.wrap(this.current, this.filled, room);
		}
	}

	// many small chunks cost the garbage collector more than a few large ones
	private int nextChunk() {
		long largest = Math.max(this.largestRead, Math.min(LARGEST_CHUNK, this.fullLength / 16));
		return (int) Math.min(this.current.length * 2L, largest);
	}

	/** Add the bytes that were read into the space returned last. */
	void filled(int count) {
		synchronized (this.lock) {
			if (this.frozen) {
				return;
			}
			this.filled += count;
			while (!this.full.isEmpty() && length() - this.full.getFirst().length >= this.keep) {
				int first = this.full.removeFirst().length;
				this.fullLength -= first;
				this.dropped += first;
			}
		}
	}

	private long length() {
		return this.fullLength + this.filled;
	}

	/** Stop the capture: subsequent bytes are ignored. */
	void freeze() {
		synchronized (this.lock) {
			this.frozen = true;
		}
	}

	/** Drop everything to free memory, and stop the capture. */
	void drop() {
		synchronized (this.lock) {
			this.frozen = true;
			this.dropped += length();
			this.full.clear();
			this.fullLength = 0;
			this.filled = 0;
			this.current = NOTHING;
		}
	}

	/**
	 * Return the position of the next byte, counted from the first byte of the stream.
	 */
	long end() {
		synchronized (this.lock) {
			return this.dropped + length();
		}
	}

	/** Return the number of bytes that are no longer kept. */
	long dropped() {
		synchronized (this.lock) {
			return this.dropped + Math.max(0, length() - this.keep);
		}
	}

	/** Return the kept bytes in order. */
	List<byte[]> chunks() {
		synchronized (this.lock) {
			List<byte[]> chunks = new ArrayList<>(this.full);
			if (this.filled > 0) {
				chunks.add(Arrays.copyOf(this.current, this.filled));
			}
			long excess = length() - this.keep;
			for (int i = 0; excess > 0; i++) {
				// only the first chunk can contain more than is to be kept, unless the
				// last one is the only one
				byte[] first = chunks.get(i);
				int cut = (int) Math.min(excess, first.length);
				chunks.set(i, Arrays.copyOfRange(first, cut, first.length));
				excess -= cut;
			}
			return chunks;
		}
	}

	/**
	 * Return a copy of the bytes from a position on.
	 * @param position the position, counted from the first byte of the stream; dropped
	 * bytes are skipped
	 * @param most the maximum number of bytes
	 */
	Part from(long position, int most) {
		synchronized (this.lock) {
			long start = Math.max(position, this.dropped);
			long skip = start - this.dropped;
			long wanted = Math.min(length() - skip, most);
			byte[] bytes = new byte[(int) Math.max(0, wanted)];
			int copied = 0;
			for (byte[] chunk : this.full) {
				if (copied == bytes.length) {
					break;
				}
				if (skip >= chunk.length) {
					skip -= chunk.length;
					continue;
				}
				int part = (int) Math.min(chunk.length - skip, bytes.length - copied);
				System.arraycopy(chunk, (int) skip, bytes, copied, part);
				copied += part;
				skip = 0;
			}
			if (copied < bytes.length) {
				System.arraycopy(this.current, (int) skip, bytes, copied, bytes.length - copied);
			}
			return new Part(start, bytes);
		}
	}

	/**
	 * A range of bytes of a stream.
	 *
	 * @param start the position of the first byte, counted from the first byte of the
	 * stream
	 * @param bytes the bytes, empty if there are none yet
	 */
	record Part(long start, byte[] bytes) {

		long end() {
			return this.start + this.bytes.length;
		}

	}

}
