package io.procession.execution.output;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.BackgroundLog;
import io.procession.process.ProcessInput;

/**
 * Writes the configured input to a process and then closes its standard input. It is not
 * an error if the process does not read all of it.
 */
public final class InputFeeder {

	/**
	 * Number of bytes that fit into any empty pipe ({@code pipe(7)}), so that writing
	 * them to a new pipe never blocks.
	 */
	private static final int FITS_ANY_PIPE = 4096;

	/** With larger chunks, writer and reader alternate, which halves the throughput. */
	private static final int CHUNK = 8192;

	private static final Logger logger = LoggerFactory.getLogger(InputFeeder.class);

	private final InputStream input;

	private final OutputStream stdin;

	private final String name;

	private final BackgroundLog log;

	/** Whether a thread is copying and can be interrupted. */
	private volatile boolean taken;

	/** Whether the process has ended. */
	private volatile boolean over;

	private final FutureTask<?> task = new FutureTask<>(this::run, null);

	private InputFeeder(InputStream input, OutputStream stdin, String name, BackgroundLog log) {
		this.log = log;
		this.input = input;
		this.stdin = stdin;
		this.name = name;
	}

	/**
	 * Write bytes, at once if they fit into an empty pipe.
	 * @param input the bytes
	 * @param stdin the standard input of the process
	 * @param streams writes all others
	 * @param log writes messages
	 * @param name the name of the process
	 * @return the feeder
	 */
	public static InputFeeder feed(ProcessInput.Bytes input, OutputStream stdin, Executor streams, BackgroundLog log,
			String name) {
		byte[] content = input.content();
		InputFeeder feeder = new InputFeeder(new ByteArrayInputStream(content), stdin, name, log);
		if (content.length <= FITS_ANY_PIPE) {
			feeder.run();
		}
		else {
			streams.execute(feeder.task);
		}
		return feeder;
	}

	/**
	 * Copy a stream.
	 * @param input the stream, which is closed at the end
	 * @param stdin the standard input of the process
	 * @param streams copies the stream
	 * @param log writes messages
	 * @param name the name of the process
	 * @return the feeder
	 */
	public static InputFeeder feed(InputStream input, OutputStream stdin, Executor streams, BackgroundLog log,
			String name) {
		InputFeeder feeder = new InputFeeder(input, stdin, name, log);
		streams.execute(feeder.task);
		return feeder;
	}

	private void run() {
		this.taken = true;
		try (this.input; this.stdin) {
			if (!this.over) {
				copy();
			}
		}
		catch (IOException ex) {
			this.log.write(() -> logger.debug("Process did not read all of its input: name={}", this.name));
		}
	}

	/**
	 * Stop, since the process has ended. A stream that still blocks is interrupted. It is
	 * closed by the thread that reads it, since closing it executes caller code.
	 */
	public void stop() {
		this.over = true;
		if (this.taken) {
			this.task.cancel(true);
		}
	}

	private void copy() throws IOException {
		byte[] chunk = new byte[CHUNK];
		int count;
		while ((count = read(chunk)) >= 0) {
			if (count == 0 && Thread.currentThread().isInterrupted()) {
				// it would never notice that the pipe is closed
				return;
			}
			this.stdin.write(chunk, 0, count);
			if (count < CHUNK && !hasMore()) {
				// may be a dialogue: the next input may depend on the answer
				this.stdin.flush();
			}
		}
	}

	// many streams, such as inflating ones, return 1 regardless of what is available
	private boolean hasMore() {
		try {
			return this.input.available() > 1;
		}
		catch (IOException | RuntimeException ex) {
			// the next read fails, too, and reports it
			return false;
		}
	}

	private int read(byte[] chunk) {
		try {
			return this.input.read(chunk);
		}
		catch (InterruptedIOException ex) {
			return -1;
		}
		catch (IOException | RuntimeException | Error ex) {
			this.log.write(() -> logger.warn("Input stream of a process failed; its standard input is closed: name={}",
					this.name, ex));
			return -1;
		}
	}

}
