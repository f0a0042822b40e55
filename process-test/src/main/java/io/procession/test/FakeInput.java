package io.procession.test;

import java.io.ByteArrayOutputStream;
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

	/** Guards itself and everything below. */
	private final ByteArrayOutputStream unread = new ByteArrayOutputStream();

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
		synchronized (this.unread) {
			if (this.broken) {
				throw new IOException("Broken pipe: the fake process has ended");
			}
			if (this.ended) {
				throw new IOException("Stream closed");
			}
			this.unread.write(bytes, offset, length);
		}
		this.call.received(bytes, offset, length);
		this.changed.run();
	}

	@Override
	public void close() {
		synchronized (this.unread) {
			if (this.ended) {
				return;
			}
			this.ended = true;
		}
		this.changed.run();
	}

	/** The process has ended: nobody reads any more. */
	void breakPipe() {
		synchronized (this.unread) {
			this.broken = true;
		}
	}

	boolean isEnded() {
		synchronized (this.unread) {
			return this.ended;
		}
	}

	/**
	 * Takes the next line.
	 * @return it without its line end, or {@code null} if none is complete
	 */
	@Nullable String takeLine() {
		synchronized (this.unread) {
			byte[] bytes = this.unread.toByteArray();
			int end = 0;
			while (end < bytes.length && bytes[end] != '\n') {
				end++;
			}
			boolean complete = end < bytes.length || (this.ended && bytes.length > 0);
			if (!complete) {
				return null;
			}
			this.unread.reset();
			int next = Math.min(end + 1, bytes.length);
			this.unread.write(bytes, next, bytes.length - next);
			int length = (end > 0 && bytes[end - 1] == '\r') ? end - 1 : end;
			return new String(bytes, 0, length, StandardCharsets.UTF_8);
		}
	}

}
