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
 * A process that was started or whose start failed: its specification, and what has
 * happened to it so far. <i>Thread-safe.</i>
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
	 * Return the specification of the process.
	 * @return the spec, with secrets hidden
	 */
	public ProcessSpec spec() {
		return this.spec;
	}

	/**
	 * Return the command of the process.
	 * @return the command, with secrets as {@code ***}
	 */
	public Command command() {
		return this.spec.command();
	}

	/**
	 * Return all arguments, including the program.
	 * @return the program, followed by its arguments, with secrets as {@code ***}
	 */
	public List<String> arguments() {
		return command().arguments();
	}

	/**
	 * Return the standard input of the process so far, as UTF-8.
	 * @return the text, empty if there was no input
	 */
	public String input() {
		return new String(inputBytes(), StandardCharsets.UTF_8);
	}

	/**
	 * Return the standard input of the process so far.
	 * @return the bytes
	 */
	public byte[] inputBytes() {
		synchronized (this.input) {
			return this.input.toByteArray();
		}
	}

	/**
	 * Return the standard output of the process so far, as UTF-8.
	 * @return the text; empty for a real process
	 */
	public String output() {
		return text(this.output);
	}

	/**
	 * Return the standard error of the process so far, as UTF-8.
	 * @return the text; empty for a real process
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
	 * Return the signals that were sent to the process, including ignored ones.
	 * @return the signals, in order
	 */
	public List<Signal> signals() {
		return List.copyOf(this.signals);
	}

	/**
	 * Return the exit code of the process.
	 * @return the exit code, or empty if the process is running, was never started, or is
	 * a real process
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
