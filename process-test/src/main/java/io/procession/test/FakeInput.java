package io.procession.test;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Standard input of a fake process. Writing never blocks. <i>Thread-safe.</i>
 */
final class FakeInput extends OutputStream {

	private final ProcessCall call;

	private final Runnable changed;

	/** Guards all fields below. */
	private final Object lock = new Object();

	private byte[] bytes = new byte[256];

	/** Start of the bytes that have not been read. */
	private int from;

	private int to;

	/** Position up to which line terminators have been searched. */
	private int searched;

	private boolean ended;

	private boolean broken;

	FakeInput(ProcessCall call, Runnable changed) {
		this.call = call;
		this.changed = changed;
	}

	@Override
	public void write(int oneByte) throws IOException {
		write(new byte[] { (byte) oneByte }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		synchronized (this.lock) {
			if (this.broken) {
				throw new IOException("Broken pipe: the fake process has ended");
			}
			if (this.ended) {
				throw new IOException("Stream closed");
			}
			ensureSpace(length);
			System.arraycopy(bytes, offset, this.bytes, this.to, length);
			this.to += length;
		}
		this.call.received(bytes, offset, length);
		this.changed.run();
	}

	private void ensureSpace(int length) {
		if (length <= this.bytes.length - this.to) {
			return;
		}
		int left = this.to - this.from;
		byte[] next = new byte[Math.max(this.bytes.length, 2 * (left + length))];
		System.arraycopy(this.bytes, this.from, next, 0, left);
		this.bytes = next;
		this.searched -= this.from;
		this.from = 0;
		this.to = left;
	}

	@Override
	public void close() {
		synchronized (this.lock) {
			if (this.ended) {
				return;
			}
			this.ended = true;
		}
		this.changed.run();
	}

	/** Let further writes fail because the process has ended. */
	void breakPipe() {
		synchronized (this.lock) {
			this.broken = true;
		}
	}

	boolean isEnded() {
		synchronized (this.lock) {
			return this.ended;
		}
	}

	/**
	 * Remove the next line.
	 * @return the line without its terminator, or {@code null} if no line is complete
	 */
	@Nullable String takeLine() {
		synchronized (this.lock) {
			while (this.searched < this.to && this.bytes[this.searched] != '\n') {
				this.searched++;
			}
			boolean complete = this.searched < this.to || (this.ended && this.from < this.to);
			if (!complete) {
				return null;
			}
			int end = this.searched;
			int length = (end > this.from && this.bytes[end - 1] == '\r') ? end - 1 - this.from : end - this.from;
			String line = new String(this.bytes, this.from, length, StandardCharsets.UTF_8);
			this.from = Math.min(end + 1, this.to);
			this.searched = this.from;
			return line;
		}
	}

}
