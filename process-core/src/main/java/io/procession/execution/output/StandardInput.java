package io.procession.execution.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;

/**
 * The standard input of a running process. Each write is flushed immediately, and closing
 * it sends end-of-file to the process. A write blocks while the pipe is full because the
 * process does not read, and fails once the process has closed its end.
 * <i>Thread-safe.</i>
 */
public final class StandardInput extends OutputStream {

	private final OutputStream stream;

	private final Charset charset;

	/**
	 * Number of bytes of the byte order mark that precedes each separately encoded text.
	 */
	private final int markLength;

	private boolean textWritten;

	/**
	 * Create the standard input of a process.
	 * @param stream writes to the process
	 * @param charset the charset of text
	 */
	public StandardInput(OutputStream stream, Charset charset) {
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
	 * Write text in the charset of the process. In a charset with a byte order mark, such
	 * as UTF-16, only the first text is preceded by it.
	 * @param text the text
	 * @throws IOException if the process has closed its standard input
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
	 * Write text followed by a line feed.
	 * @param line the text
	 * @throws IOException if the process has closed its standard input
	 */
	public void writeLine(String line) throws IOException {
		write(line + "\n");
	}

	@Override
	public void flush() throws IOException {
		this.stream.flush();
	}

	/**
	 * Close the input, which sends end-of-file. Further calls do nothing.
	 * @throws IOException if buffered data cannot be written
	 */
	@Override
	public void close() throws IOException {
		this.stream.close();
	}

}
