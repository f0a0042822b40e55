package io.procession.test;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * The standard input of a fake process: takes everything at once. <i>Thread-safe.</i>
 */
final class FakeInput extends OutputStream {

	private final ProcessCall call;

	private final Runnable changed;

	/** Guards everything below. */
	private final Object lock = new Object();

	private byte[] bytes = new byte[256];

	/** What has not been read. */
	private int from;

	private int to;

	/** Where to look on for a line end. */
	private int looked;

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
		this.looked -= this.from;
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

	/** The process has ended: nobody reads any more. */
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
	 * Takes the next line.
	 * @return it without its line end, or {@code null} if none is complete
	 */
	@Nullable String takeLine() {
		synchronized (this.lock) {
			while (this.looked < this.to && this.bytes[this.looked] != '\n') {
				this.looked++;
			}
			boolean complete = this.looked < this.to || (this.ended && this.from < this.to);
			if (!complete) {
				return null;
			}
			int end = this.looked;
			int length = (end > this.from && this.bytes[end - 1] == '\r') ? end - 1 - this.from : end - this.from;
			String line = new String(this.bytes, this.from, length, StandardCharsets.UTF_8);
			this.from = Math.min(end + 1, this.to);
			this.looked = this.from;
			return line;
		}
	}

}
