package io.procession.execution;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;

/**
 * The standard input of a live process. What is written is flushed at once; closing it is
 * the end-of-file that the process sees. A write blocks while the process does not read
 * and its pipe is full; it fails once the process has closed its end. <i>Thread-safe.</i>
 */
public final class StandardInput extends OutputStream {

	private final OutputStream stream;

	private final Charset charset;

	/** How many bytes of byte order mark come before each text that is encoded alone. */
	private final int markLength;

	private boolean textWritten;

	StandardInput(OutputStream stream, Charset charset) {
		this.stream = stream;
		this.charset = charset;
		this.markLength = charset.canEncode() ? 2 * "a".getBytes(charset).length - "aa".getBytes(charset).length : 0;
	}

	@Override
	public void write(int oneByte) throws IOException {
		synchronized (this.stream) {
			this.stream.write(oneByte);
			this.stream.flush();
		}
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		synchronized (this.stream) {
			this.stream.write(bytes, offset, length);
			this.stream.flush();
		}
	}

	/**
	 * Writes text in the charset of the process. A charset with a byte order mark, such
	 * as UTF-16, has one before the first text only.
	 * @param text the text
	 * @throws IOException if the process has closed its end
	 */
	public void write(String text) throws IOException {
		byte[] bytes = text.getBytes(this.charset);
		synchronized (this.stream) {
			int skipped = this.textWritten ? Math.min(this.markLength, bytes.length) : 0;
			this.textWritten |= bytes.length > 0;
			write(bytes, skipped, bytes.length - skipped);
		}
	}

	/**
	 * Writes text and a line feed.
	 * @param line the text
	 * @throws IOException if the process has closed its end
	 */
	public void writeLine(String line) throws IOException {
		write(line + "\n");
	}

	@Override
	public void flush() throws IOException {
		this.stream.flush();
	}

	/**
	 * Ends the input. The second call does nothing.
	 * @throws IOException if something buffered cannot be written
	 */
	@Override
	public void close() throws IOException {
		this.stream.close();
	}

}
