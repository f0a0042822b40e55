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

	StandardInput(OutputStream stream, Charset charset) {
		this.stream = stream;
		this.charset = charset;
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
	 * Writes text in the charset of the process.
	 * @param text the text
	 * @throws IOException if the process has closed its end
	 */
	public void write(String text) throws IOException {
		write(text.getBytes(this.charset));
	}

	/**
	 * Writes text and a line feed.
	 * @param line the text
	 * @throws IOException if the process has closed its end
	 */
	public void writeLine(String line) throws IOException {
		write((line + "\n").getBytes(this.charset));
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
