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
 * How a run ended: exit code, cause, output, times.
 *
 * <p>
 * A non-zero exit code is an outcome, not an error, until {@link #throwIfFailed()} is
 * asked. <i>Immutable, thread-safe.</i>
 */
public final class ProcessResult {

	private final Command command;

	private final Environment environment;

	private final @Nullable String givenName;

	private final Set<Integer> successExitCodes;

	/** Made when it is first asked for: seldom. */
	private volatile @Nullable String name;

	private final long pid;

	private final int exitCode;

	private final ExitCause cause;

	private final CapturedOutput output;

	private final CapturedOutput errorOutput;

	private final boolean outputComplete;

	/** Asked once, by whoever first makes a message of this. */
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
		this.exitCode = builder.exitCode;
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
	 * Starts a result; for engines and for tests.
	 * @param spec what ran
	 * @return a builder
	 */
	public static Builder builder(ProcessSpec spec) {
		return new Builder(spec);
	}

	/**
	 * What ran.
	 * @return the command
	 */
	public Command command() {
		return this.command;
	}

	/**
	 * What it was called.
	 * @return the name, by default the program's file name
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
	 * The process ID it had.
	 * @return the PID, or 0 if it never started
	 */
	public long pid() {
		return this.pid;
	}

	/**
	 * The number the operating system gave: 0 to 255, 128 + signal for one that a signal
	 * ended, 127 or 126 for one that never started.
	 * @return the exit code
	 */
	public int exitCode() {
		return this.exitCode;
	}

	/**
	 * Why it ended.
	 * @return the cause
	 */
	public ExitCause cause() {
		return this.cause;
	}

	/**
	 * The signal that ended it, read from the exit code as a shell does. A program that
	 * itself says {@code exit 137} cannot be told from one that was killed.
	 * @return the signal, if any
	 */
	public Optional<Signal> signal() {
		return (this.startError != null) ? Optional.empty() : Signal.fromExitCode(this.exitCode);
	}

	/**
	 * Standard output as text, exactly as it was written; malformed bytes are replaced.
	 * @return the text, empty if nothing was kept
	 */
	public String output() {
		return this.output.toString();
	}

	/**
	 * Standard error as text.
	 * @return the text, empty if nothing was kept or if it was merged
	 */
	public String errorOutput() {
		return this.errorOutput.toString();
	}

	/**
	 * Standard output byte for byte.
	 * @return a new array
	 */
	public byte[] outputBytes() {
		return this.output.toBytes();
	}

	/**
	 * Standard error byte for byte.
	 * @return a new array
	 */
	public byte[] errorOutputBytes() {
		return this.errorOutput.toBytes();
	}

	/**
	 * The lines of standard output, without their ends: {@code \n}, {@code \r\n} or a
	 * lone {@code \r}; blank lines and a last line without an end included.
	 * @return the lines, a new list
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
	 * When it was started.
	 * @return the instant
	 */
	public Instant startedAt() {
		return this.startedAt;
	}

	/**
	 * How long it took, from its start to the moment this result was complete.
	 * @return the duration, from a monotonic clock
	 */
	public Duration duration() {
		return this.duration;
	}

	/**
	 * Whether it ended by itself with an exit code that counts as success, and its output
	 * could be written to the file that it was to go to.
	 * @return whether it did
	 */
	public boolean successful() {
		return (this.cause == ExitCause.EXITED || this.cause == ExitCause.SIGNALED)
				&& successExitCodes().contains(this.exitCode) && this.lostOutput == null;
	}

	/**
	 * The opposite of {@link #successful()}.
	 * @return whether it failed, was stopped, or never started
	 */
	public boolean failed() {
		return !successful();
	}

	/**
	 * Whether the standard output holds a text.
	 * @param text what to look for
	 * @return whether it is there
	 */
	public boolean seeInOutput(String text) {
		return output().contains(text);
	}

	/**
	 * Whether the standard error holds a text.
	 * @param text what to look for
	 * @return whether it is there
	 */
	public boolean seeInErrorOutput(String text) {
		return errorOutput().contains(text);
	}

	/**
	 * Whether both streams were read to their end. What the program itself wrote before
	 * its exit is here in any case; {@code false} says that something it left behind
	 * still holds a stream open and may go on writing, unread, or that a file could not
	 * be written to its end, which makes the result a failure. Whether such a survivor
	 * shows is partly the JDK's chance.
	 * @return whether the output is complete
	 */
	public boolean outputComplete() {
		return this.outputComplete;
	}

	/**
	 * Why it never started.
	 * @return the error, or empty if it started
	 */
	public Optional<ProcessStartException> startError() {
		return Optional.ofNullable(this.startError);
	}

	/**
	 * Turns a failure into an exception.
	 * @return this result if it was successful
	 * @throws ProcessFailedException if it was not
	 * @throws ProcessStartException if it never started
	 */
	public ProcessResult throwIfFailed() {
		return throwIf(failed());
	}

	/**
	 * Turn a failure into an exception, and call a callback before it is thrown.
	 * @param callback is called with this result if it was not successful; what it throws
	 * is thrown instead
	 * @return this result if it was successful
	 * @throws ProcessFailedException if it was not
	 * @throws ProcessStartException if it never started
	 */
	public ProcessResult throwIfFailed(Consumer<ProcessResult> callback) {
		if (failed()) {
			callback.accept(this);
		}
		return throwIfFailed();
	}

	/**
	 * Turns a failure into an exception if asked to.
	 * @param condition whether a failure shall throw
	 * @return this result
	 * @throws ProcessFailedException if the condition holds and this failed
	 * @throws ProcessStartException if the condition holds and it never started
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
	 * What it was and how it ended, without its output.
	 */
	@Override
	public String toString() {
		return "ProcessResult[" + name() + " pid=" + this.pid + " exitCode=" + this.exitCode + " cause=" + this.cause
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
	 * Collects a result. <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private final ProcessSpec spec;

		private long pid;

		private int exitCode;

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
		 * The process ID.
		 * @param value the PID
		 * @return this builder
		 */
		public Builder pid(long value) {
			this.pid = value;
			return this;
		}

		/**
		 * How it ended.
		 * @param code the exit code
		 * @param value the cause
		 * @return this builder
		 */
		public Builder exit(int code, ExitCause value) {
			this.exitCode = code;
			this.cause = value;
			return this;
		}

		/**
		 * What it wrote.
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
		 * Set the output that could not be written to its file. Makes the result a
		 * failure, whatever the exit code.
		 * @param value which output, and why, for messages, or {@code null} if none was
		 * lost
		 * @return this builder
		 */
		public Builder lostOutput(@Nullable String value) {
			this.lostOutput = value;
			return this;
		}

		/**
		 * The last lines of standard error as messages may show them.
		 * @param value gives the text, free of secrets; asked when a message is made
		 * @return this builder
		 */
		public Builder errorTail(Supplier<String> value) {
			this.errorTail = value;
			return this;
		}

		/**
		 * Set the last lines of standard output as messages may show them where standard
		 * error is empty.
		 * @param value gives the text, free of secrets; asked when a message is made
		 * @return this builder
		 */
		public Builder outputTail(Supplier<String> value) {
			this.outputTail = value;
			return this;
		}

		/**
		 * When it ran.
		 * @param started when it was started
		 * @param took how long it took
		 * @return this builder
		 */
		public Builder times(Instant started, Duration took) {
			this.startedAt = started;
			this.duration = took;
			return this;
		}

		/**
		 * The result.
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
