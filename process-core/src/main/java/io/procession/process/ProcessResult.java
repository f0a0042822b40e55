package io.procession.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Result of an execution: exit code, cause, output, times.
 *
 * <p>
 * A non-zero exit code is a regular outcome; only {@link #throwIfFailed()} turns it into
 * an exception. <i>Immutable, thread-safe.</i>
 */
public final class ProcessResult {

	private final Command command;

	private final Environment environment;

	private final @Nullable String givenName;

	private final Set<Integer> successExitCodes;

	/** Computed on first access, since it is seldom needed. */
	private volatile @Nullable String name;

	private final long pid;

	private final ExitStatus exitStatus;

	private final ExitCause cause;

	private final CapturedOutput output;

	private final CapturedOutput errorOutput;

	private final boolean outputComplete;

	/** Computed once, when the first message about this result is created. */
	private volatile @Nullable String errorTail;

	private final Supplier<String> errorTailSource;

	/** As {@link #errorTail}. */
	private volatile @Nullable String outputTail;

	private final Supplier<String> outputTailSource;

	private final Instant startedAt;

	private final Duration duration;

	private final @Nullable ProcessStartException startError;

	private final @Nullable String lostOutput;

	private ProcessResult(Builder builder, @Nullable ProcessStartException startError) {
		this.command = builder.spec.command();
		this.environment = builder.spec.environment();
		this.givenName = builder.spec.name();
		this.successExitCodes = builder.spec.successExitCodes();
		this.pid = builder.pid;
		this.exitStatus = builder.exitStatus;
		this.cause = builder.cause;
		this.output = builder.output;
		this.errorOutput = builder.errorOutput;
		this.outputComplete = builder.outputComplete;
		this.errorTailSource = builder.errorTail;
		this.outputTailSource = builder.outputTail;
		this.startedAt = builder.startedAt;
		this.duration = builder.duration;
		this.startError = startError;
		this.lostOutput = builder.lostOutput;
	}

	/**
	 * Create a builder for a result, for use by engines and tests.
	 * @param spec the process that was executed
	 * @return a builder
	 */
	public static Builder builder(ProcessSpec spec) {
		return new Builder(spec);
	}

	/**
	 * Return the command that was executed.
	 * @return the command
	 */
	public Command command() {
		return this.command;
	}

	/**
	 * Return the name of the process.
	 * @return the name, by default the file name of the program
	 */
	public String name() {
		String known = this.name;
		if (known == null) {
			known = ProcessSpec.displayName(this.command, this.environment, this.givenName);
			this.name = known;
		}
		return known;
	}

	/**
	 * Return the process ID.
	 * @return the PID, or 0 if the process was not started
	 */
	public long pid() {
		return this.pid;
	}

	/**
	 * Return the exit code of the operating system: 0 to 255, 128 + signal for a process
	 * that was ended by a signal, 127 or 126 for one that could not be started.
	 * @return the exit code
	 */
	public int exitCode() {
		return this.exitStatus.code();
	}

	/**
	 * Return the reason why the process ended.
	 * @return the cause
	 */
	public ExitCause cause() {
		return this.cause;
	}

	/**
	 * Return the signal that ended the process. The JDK only provides the exit code, from
	 * which the signal is derived as by a shell: a program that calls {@code exit 137}
	 * cannot be distinguished from one that was killed.
	 * @return the signal, if any
	 */
	public Optional<Signal> signal() {
		return (this.startError != null) ? Optional.empty() : this.exitStatus.signal();
	}

	/**
	 * Return standard output as text, exactly as it was written; malformed bytes are
	 * replaced.
	 * @return the text, empty if nothing was captured
	 */
	public String output() {
		return this.output.toString();
	}

	/**
	 * Return standard error as text.
	 * @return the text, empty if nothing was captured or standard error was merged
	 */
	public String errorOutput() {
		return this.errorOutput.toString();
	}

	/**
	 * Return standard output as bytes.
	 * @return a new array
	 */
	public byte[] outputBytes() {
		return this.output.toBytes();
	}

	/**
	 * Return standard error as bytes.
	 * @return a new array
	 */
	public byte[] errorOutputBytes() {
		return this.errorOutput.toBytes();
	}

	/**
	 * Return the lines of standard output without their line ends ({@code \n},
	 * {@code \r\n} or a single {@code \r}), including blank lines and a last line without
	 * an end.
	 * @return a new list of lines
	 */
	public List<String> outputLines() {
		return lines(output());
	}

	private static List<String> lines(String text) {
		List<String> lines = new ArrayList<>();
		int start = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\n' || c == '\r') {
				lines.add(text.substring(start, i));
				if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
					i++;
				}
				start = i + 1;
			}
		}
		if (start < text.length()) {
			lines.add(text.substring(start));
		}
		return lines;
	}

	/**
	 * Return when the process was started.
	 * @return the instant
	 */
	public Instant startedAt() {
		return this.startedAt;
	}

	/**
	 * Return the time from the start of the process until this result was complete.
	 * @return the duration, measured by a monotonic clock
	 */
	public Duration duration() {
		return this.duration;
	}

	/**
	 * Return whether the process ended by itself with an exit code that counts as
	 * success, and its output was written completely to the configured file, if any.
	 * @return whether the execution was successful
	 */
	public boolean successful() {
		return (this.cause == ExitCause.EXITED || this.cause == ExitCause.SIGNALED)
				&& successExitCodes().contains(exitCode()) && this.lostOutput == null;
	}

	/**
	 * Return the opposite of {@link #successful()}.
	 * @return whether the process failed, was stopped, or could not be started
	 */
	public boolean failed() {
		return !successful();
	}

	/**
	 * Return whether standard output contains a text.
	 * @param text the text to search for
	 * @return whether it is found
	 */
	public boolean seeInOutput(String text) {
		return output().contains(text);
	}

	/**
	 * Return whether standard error contains a text.
	 * @param text the text to search for
	 * @return whether it is found
	 */
	public boolean seeInErrorOutput(String text) {
		return errorOutput().contains(text);
	}

	/**
	 * Return whether both streams were read to their end. The output that the program
	 * itself wrote before its exit is always present. {@code false} means that a process
	 * it left behind still holds a stream open and may write further output, which is not
	 * read, or that a file could not be written completely, which makes the result a
	 * failure. Whether such a process is detected depends partly on the timing of the
	 * JDK.
	 * @return whether the output is complete
	 */
	public boolean outputComplete() {
		return this.outputComplete;
	}

	/**
	 * Return why the process could not be started.
	 * @return the exception, or empty if it was started
	 */
	public Optional<ProcessStartException> startError() {
		return Optional.ofNullable(this.startError);
	}

	/**
	 * Throw an exception if this result is a failure.
	 * @return this result if it was successful
	 * @throws ProcessFailedException if the process failed
	 * @throws ProcessStartException if the process could not be started
	 */
	public ProcessResult throwIfFailed() {
		return throwIf(failed());
	}

	/**
	 * Throw an exception if this result is a failure, after invoking a callback.
	 * @param callback invoked with this result if it is a failure; an exception that it
	 * throws is thrown instead
	 * @return this result if it was successful
	 * @throws ProcessFailedException if the process failed
	 * @throws ProcessStartException if the process could not be started
	 */
	public ProcessResult throwIfFailed(Consumer<ProcessResult> callback) {
		if (failed()) {
			callback.accept(this);
		}
		return throwIfFailed();
	}

	/**
	 * Throw an exception if this result is a failure and a condition is met.
	 * @param condition whether to throw an exception for a failure
	 * @return this result
	 * @throws ProcessFailedException if the condition is met and the process failed
	 * @throws ProcessStartException if the condition is met and the process could not be
	 * started
	 */
	public ProcessResult throwIf(boolean condition) {
		if (condition && failed()) {
			if (this.startError != null) {
				throw this.startError;
			}
			throw new ProcessFailedException(this);
		}
		return this;
	}

	/**
	 * Return a description of the process and how it ended, without its output.
	 */
	@Override
	public String toString() {
		return "ProcessResult[" + name() + " pid=" + this.pid + " exitCode=" + exitCode() + " cause=" + this.cause
				+ " duration=" + this.duration + "]";
	}

	Set<Integer> successExitCodes() {
		return this.successExitCodes;
	}

	@Nullable String lostOutput() {
		return this.lostOutput;
	}

	String errorTail() {
		String known = this.errorTail;
		if (known == null) {
			known = this.errorTailSource.get();
			this.errorTail = known;
		}
		return known;
	}

	String outputTail() {
		String known = this.outputTail;
		if (known == null) {
			known = this.outputTailSource.get();
			this.outputTail = known;
		}
		return known;
	}

	/**
	 * Builder for a {@link ProcessResult}. <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private final ProcessSpec spec;

		private long pid;

		private ExitStatus exitStatus = ExitStatus.exited(0);

		private ExitCause cause = ExitCause.EXITED;

		private CapturedOutput output = CapturedOutput.empty();

		private CapturedOutput errorOutput = CapturedOutput.empty();

		private boolean outputComplete = true;

		private @Nullable String lostOutput;

		private Supplier<String> errorTail = () -> "";

		private Supplier<String> outputTail = () -> "";

		private Instant startedAt = Instant.EPOCH;

		private Duration duration = Duration.ZERO;

		private Builder(ProcessSpec spec) {
			this.spec = spec;
		}

		/**
		 * Set the process ID.
		 * @param value the PID
		 * @return this builder
		 */
		public Builder pid(long value) {
			this.pid = value;
			return this;
		}

		/**
		 * Set how the process ended, given an exit code from which a signal is derived as
		 * by {@link ExitStatus#ofShellCode}.
		 * @param code the exit code
		 * @param value the cause
		 * @return this builder
		 */
		public Builder exit(int code, ExitCause value) {
			return exit(ExitStatus.ofShellCode(code), value);
		}

		/**
		 * Set how the process ended.
		 * @param status the exit status
		 * @param value the cause
		 * @return this builder
		 */
		public Builder exit(ExitStatus status, ExitCause value) {
			this.exitStatus = status;
			this.cause = value;
			return this;
		}

		/**
		 * Set the captured output.
		 * @param standard standard output
		 * @param error standard error
		 * @param complete whether both were read to their end
		 * @return this builder
		 */
		public Builder output(CapturedOutput standard, CapturedOutput error, boolean complete) {
			this.output = standard;
			this.errorOutput = error;
			this.outputComplete = complete;
			return this;
		}

		/**
		 * Set which output could not be written to its file. Makes the result a failure,
		 * regardless of the exit code.
		 * @param value description of the output and the reason, for messages, or
		 * {@code null} if no output was lost
		 * @return this builder
		 */
		public Builder lostOutput(@Nullable String value) {
			this.lostOutput = value;
			return this;
		}

		/**
		 * Set the last lines of standard error, to be shown in messages.
		 * @param value supplies the text without secrets; called when a message is
		 * created
		 * @return this builder
		 */
		public Builder errorTail(Supplier<String> value) {
			this.errorTail = value;
			return this;
		}

		/**
		 * Set the last lines of standard output, shown in messages if standard error is
		 * empty.
		 * @param value supplies the text, free of secrets, when a message is created
		 * @return this builder
		 */
		public Builder outputTail(Supplier<String> value) {
			this.outputTail = value;
			return this;
		}

		/**
		 * Set the times of the execution.
		 * @param started when the process was started
		 * @param took the duration
		 * @return this builder
		 */
		public Builder times(Instant started, Duration took) {
			this.startedAt = started;
			this.duration = took;
			return this;
		}

		/**
		 * Create the result.
		 * @return a new result
		 */
		public ProcessResult build() {
			return new ProcessResult(this, null);
		}

		ProcessResult build(ProcessStartException startError) {
			return new ProcessResult(this, startError);
		}

	}

}
