package io.procession.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.procession.engine.TimeSource;

/**
 * Bytes from a pump to a stage in Java or to the caller, at most {@value #CAPACITY} of
 * them under way: the pump waits while it is full. One thread writes, one reads. The
 * reader may give up, after which everything written is thrown away.
 */
final class BoundedPipe extends InputStream {

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

	/** Why the rest is missing. */
	private @Nullable String cut;

	BoundedPipe(TimeSource time) {
		this.time = time;
	}

	/**
	 * Writes all of it, waiting for room.
	 * @return whether somebody still reads
	 */
	boolean write(ByteBuffer bytes) {
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

	/** Nothing will be written any more; what is being written is thrown away. */
	void end() {
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
	 * The rest will not come, and nobody waits for the reader any more.
	 * @param reason why, which the reader is told after the bytes that have come
	 */
	void cut(String reason) {
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

	/** The reader reads no more. */
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
