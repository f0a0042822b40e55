package io.procession.test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.procession.process.Command;
import io.procession.process.OutputType;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;

/**
 * One process that was started, or would have been: what was asked for, and what has
 * become of it so far. <i>Thread-safe.</i>
 */
public final class ProcessCall {

	private final ProcessSpec spec;

	private final List<Signal> signals = new CopyOnWriteArrayList<>();

	/** Guards itself. */
	private final ByteArrayOutputStream input = new ByteArrayOutputStream();

	/** Guards itself. */
	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	/** Guards itself. */
	private final ByteArrayOutputStream errorOutput = new ByteArrayOutputStream();

	private volatile @Nullable Integer exitCode;

	ProcessCall(ProcessSpec spec) {
		this.spec = spec;
	}

	/**
	 * What was asked for.
	 * @return the spec, secrets hidden
	 */
	public ProcessSpec spec() {
		return this.spec;
	}

	/**
	 * What it runs.
	 * @return the command, secrets as {@code ***}
	 */
	public Command command() {
		return this.spec.command();
	}

	/**
	 * The whole argument vector.
	 * @return the program, then its arguments, secrets as {@code ***}
	 */
	public List<String> arguments() {
		return command().arguments();
	}

	/**
	 * What it has been given on standard input so far, as UTF-8.
	 * @return the text, empty if there was none
	 */
	public String input() {
		return new String(inputBytes(), StandardCharsets.UTF_8);
	}

	/**
	 * What it has been given on standard input so far.
	 * @return the bytes
	 */
	public byte[] inputBytes() {
		synchronized (this.input) {
			return this.input.toByteArray();
		}
	}

	/**
	 * Return what it has written to standard output so far, as UTF-8.
	 * @return the text; a real process does not tell it here
	 */
	public String output() {
		return text(this.output);
	}

	/**
	 * Return what it has written to standard error so far, as UTF-8.
	 * @return the text; a real process does not tell it here
	 */
	public String errorOutput() {
		return text(this.errorOutput);
	}

	private static String text(ByteArrayOutputStream bytes) {
		synchronized (bytes) {
			return bytes.toString(StandardCharsets.UTF_8);
		}
	}

	/**
	 * The signals it has been sent, ignored ones too.
	 * @return the signals, in order
	 */
	public List<Signal> signals() {
		return List.copyOf(this.signals);
	}

	/**
	 * How it ended.
	 * @return the exit code, or empty while it runs and if it never started; a real
	 * process does not tell it here
	 */
	public OptionalInt exitCode() {
		Integer code = this.exitCode;
		return (code != null) ? OptionalInt.of(code) : OptionalInt.empty();
	}

	void received(byte[] bytes, int offset, int length) {
		synchronized (this.input) {
			this.input.write(bytes, offset, length);
		}
	}

	void wrote(OutputType type, byte[] bytes) {
		ByteArrayOutputStream to = (type == OutputType.OUTPUT) ? this.output : this.errorOutput;
		synchronized (to) {
			to.writeBytes(bytes);
		}
	}

	void signalled(Signal signal) {
		this.signals.add(signal);
	}

	void ended(int code) {
		this.exitCode = code;
	}

	@Override
	public String toString() {
		return command().toString();
	}

}
