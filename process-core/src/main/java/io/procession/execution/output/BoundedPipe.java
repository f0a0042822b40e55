package io.procession.execution.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.TimeSource;

/**
 * A pipe from a pump to a Java stage or to the caller. It buffers at most
 * {@value #CAPACITY} bytes, and the pump blocks while it is full. One thread writes, one
 * thread reads. The reader may close it, after which everything written is discarded.
 */
public final class BoundedPipe extends InputStream {

	private static final int CAPACITY = 64 * 1024;

	private final byte[] ring = new byte[CAPACITY];

	private final TimeSource time;

	/** Guards everything below. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private int start;

	private int count;

	private boolean ended;

	private boolean abandoned;

	/** Reason why the rest is missing. */
	private @Nullable String cut;

	/**
	 * Create an empty pipe.
	 * @param time the clock by which reader and writer wait
	 */
	public BoundedPipe(TimeSource time) {
		this.time = time;
	}

	/**
	 * Write all bytes, blocking while the pipe is full.
	 * @param bytes the bytes
	 * @return whether the reader has not closed the pipe
	 */
	public boolean write(ByteBuffer bytes) {
		boolean interrupted = false;
		this.lock.lock();
		try {
			while (bytes.hasRemaining() && !this.abandoned && !this.ended) {
				if (this.count == CAPACITY) {
					interrupted |= !awaitChange();
					continue;
				}
				int position = (this.start + this.count) % CAPACITY;
				int part = Math.min(bytes.remaining(), Math.min(CAPACITY - this.count, CAPACITY - position));
				bytes.get(this.ring, position, part);
				this.count += part;
				this.time.signalAll(this.changed);
			}
			return !this.abandoned;
		}
		finally {
			this.lock.unlock();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean awaitChange() {
		try {
			this.time.await(this.lock, this.changed, Long.MAX_VALUE);
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
	}

	/**
	 * End the stream. Bytes that are being written are discarded.
	 */
	public void end() {
		this.lock.lock();
		try {
			this.ended = true;
			this.time.signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the stream before its end and no longer wait for the reader.
	 * @param reason the reason, which is reported to the reader after the bytes that have
	 * been written
	 */
	public void cut(String reason) {
		this.lock.lock();
		try {
			if (!this.ended) {
				this.ended = true;
				this.cut = reason;
				this.time.signalAll(this.changed);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		this.lock.lock();
		try {
			while (this.count == 0) {
				if (this.cut != null && !this.abandoned) {
					throw new IOException(this.cut);
				}
				if (this.ended || this.abandoned) {
					return -1;
				}
				this.time.await(this.lock, this.changed, Long.MAX_VALUE);
			}
			int part = Math.min(length, Math.min(this.count, CAPACITY - this.start));
			System.arraycopy(this.ring, this.start, bytes, offset, part);
			this.start = (this.start + part) % CAPACITY;
			this.count -= part;
			this.time.signalAll(this.changed);
			return part;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while waiting for the output of a process");
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int available() {
		this.lock.lock();
		try {
			return this.count;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Close the reading side. */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.abandoned = true;
			this.count = 0;
			this.time.signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
	}

}
