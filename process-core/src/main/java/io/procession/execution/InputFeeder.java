package io.procession.execution;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.FutureTask;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.process.ProcessInput;

/**
 * Writes given input to a process and then closes its standard input. A process that does
 * not read to the end is no error.
 */
final class InputFeeder {

	/**
	 * Every pipe has room for so much ({@code pipe(7)}), so that writing it to a fresh
	 * one never blocks.
	 */
	private static final int FITS_ANY_PIPE = 4096;

	/** With larger chunks writer and reader take turns: half the speed. */
	private static final int CHUNK = 8192;

	private static final Logger logger = LoggerFactory.getLogger(InputFeeder.class);

	private final InputStream input;

	private final OutputStream stdin;

	private final String name;

	private final BackgroundLog log;

	/** Whether somebody copies, and may be interrupted. */
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

	static InputFeeder feed(ProcessInput.Bytes input, OutputStream stdin, RunContext context, String name) {
		byte[] content = input.content();
		InputFeeder feeder = new InputFeeder(new ByteArrayInputStream(content), stdin, name, context.log());
		if (content.length <= FITS_ANY_PIPE) {
			feeder.run();
		}
		else {
			context.streams().execute(feeder.task);
		}
		return feeder;
	}

	static InputFeeder feed(InputStream input, OutputStream stdin, RunContext context, String name) {
		InputFeeder feeder = new InputFeeder(input, stdin, name, context.log());
		context.streams().execute(feeder.task);
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
	 * The process has ended: a stream that still blocks is interrupted, and closed. That
	 * is foreign code, and so left to the thread that reads it.
	 */
	void stop() {
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
				// it would never meet the closed pipe
				return;
			}
			this.stdin.write(chunk, 0, count);
			if (count < CHUNK && !hasMore()) {
				// part of a dialogue: what comes next may be an answer to it
				this.stdin.flush();
			}
		}
	}

	// 1 is what many streams, such as those that inflate, return whatever is ready
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
			this.log.write(() -> logger.warn("Input stream of a process failed, it sees the end of its input: name={}",
					this.name, ex));
			return -1;
		}
	}

}
