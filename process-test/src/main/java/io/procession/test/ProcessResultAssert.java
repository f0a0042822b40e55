package io.procession.test;

import java.util.Objects;

import org.assertj.core.annotation.CanIgnoreReturnValue;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;

/**
 * Assertions for the result of a process.
 *
 * <p>
 * The message of a failure shows the command with its secrets hidden, the exit code, the
 * cause and the end of both outputs. <i>Not thread-safe.</i>
 */
@CanIgnoreReturnValue
public final class ProcessResultAssert extends AbstractAssert<ProcessResultAssert, ProcessResult> {

	// enough for the end of a stack trace, while the reason of the failure remains
	// visible
	private static final int TAIL_LINES = 20;

	private static final int TAIL_CHARACTERS = 2000;

	ProcessResultAssert(@Nullable ProcessResult actual) {
		super(actual, ProcessResultAssert.class);
	}

	/**
	 * Verify that the process ended by itself with an exit code that counts as success.
	 * @return this
	 * @throws AssertionError if it failed, was stopped or was never started
	 */
	public ProcessResultAssert isSuccessful() {
		isNotNull();
		if (this.actual.failed()) {
			throw unmet("to be successful");
		}
		return this;
	}

	/**
	 * Verify that the process was not successful: it exited with another code, was ended
	 * by a signal, was stopped, or was never started.
	 * @return this
	 * @throws AssertionError if it was successful
	 */
	public ProcessResultAssert hasFailed() {
		isNotNull();
		if (this.actual.successful()) {
			throw unmet("to have failed");
		}
		return this;
	}

	/**
	 * Verify the exit code reported by the operating system.
	 * @param expected 0 to 255; 128 + signal for a process that was ended by a signal
	 * @return this
	 * @throws AssertionError if the exit code is another one
	 */
	public ProcessResultAssert hasExitCode(int expected) {
		isNotNull();
		if (this.actual.exitCode() != expected) {
			throw unmet("to have exit code " + expected, this.actual.exitCode(), expected);
		}
		return this;
	}

	/**
	 * Verify the cause of the end.
	 * @param expected the cause
	 * @return this
	 * @throws AssertionError if the cause is another one
	 */
	public ProcessResultAssert hasCause(ExitCause expected) {
		isNotNull();
		if (this.actual.cause() != expected) {
			throw unmet("to have cause " + expected, this.actual.cause(), expected);
		}
		return this;
	}

	/**
	 * Verify the signal that ended the process, regardless of its sender. As in
	 * {@link ProcessResult#signal()}, exit code 143 is considered to be TERM.
	 * @param expected the signal
	 * @return this
	 * @throws AssertionError if the process was ended by another signal, or by none
	 */
	public ProcessResultAssert wasSignaledBy(Signal expected) {
		isNotNull();
		Signal signal = this.actual.signal().orElse(null);
		if (signal != expected) {
			throw unmet("to have been ended by signal " + expected);
		}
		return this;
	}

	/**
	 * Verify that the process was stopped because it exceeded its timeout or its idle
	 * timeout.
	 * @return this
	 * @throws AssertionError if it ended otherwise
	 */
	public ProcessResultAssert timedOut() {
		isNotNull();
		if (this.actual.cause() != ExitCause.TIMED_OUT && this.actual.cause() != ExitCause.IDLE_TIMED_OUT) {
			throw unmet("to have timed out");
		}
		return this;
	}

	/**
	 * Verify the whole standard output. A single line terminator at its end is ignored,
	 * as in a shell's {@code $(command)}, unless it is expected. An empty text means that
	 * there is no output at all.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if the output is another one
	 */
	public ProcessResultAssert hasOutput(String expected) {
		isNotNull();
		requireEqual("standard output", this.actual.output(), expected);
		return this;
	}

	/**
	 * Verify that the standard output contains a text.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if the output does not contain it
	 */
	public ProcessResultAssert hasOutputContaining(String expected) {
		isNotNull();
		if (!this.actual.seeInOutput(expected)) {
			throw unmet("to have standard output containing:\n" + indent(expected));
		}
		return this;
	}

	/**
	 * Verify the whole standard error, in the same way as {@link #hasOutput(String)}.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if the output is another one
	 */
	public ProcessResultAssert hasErrorOutput(String expected) {
		isNotNull();
		requireEqual("standard error", this.actual.errorOutput(), expected);
		return this;
	}

	/**
	 * Verify that the standard error contains a text.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if the output does not contain it
	 */
	public ProcessResultAssert hasErrorOutputContaining(String expected) {
		isNotNull();
		if (!this.actual.seeInErrorOutput(expected)) {
			throw unmet("to have standard error containing:\n" + indent(expected));
		}
		return this;
	}

	private void requireEqual(String stream, String text, String expected) {
		Objects.requireNonNull(expected, "expected");
		boolean equal = text.equals(expected) || (!expected.isEmpty() && withoutLineEnd(text).equals(expected));
		if (!equal) {
			throw unmet("to have " + stream + ":\n" + indent(expected), text, expected);
		}
	}

	private static String withoutLineEnd(String text) {
		if (text.endsWith("\r\n")) {
			return text.substring(0, text.length() - 2);
		}
		return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
	}

	private AssertionError unmet(String expectation) {
		return failure("%s", describe(expectation));
	}

	// with both values, IDEs show a difference
	private AssertionError unmet(String expectation, Object value, Object expected) {
		return failureWithActualExpected(value, expected, "%s", describe(expectation));
	}

	private String describe(String expectation) {
		StringBuilder message = new StringBuilder();
		message.append("\nExpecting command:\n").append(indent(this.actual.command().toString()));
		message.append(expectation);
		message.append("\nIt ended with exit code ").append(this.actual.exitCode());
		this.actual.signal().ifPresent((signal) -> message.append(" (signal ").append(signal).append(')'));
		message.append(", cause ").append(this.actual.cause());
		message.append(", after ").append(this.actual.duration().toMillis()).append(" ms\n");
		this.actual.startError().ifPresent((error) -> message.append(indent(String.valueOf(error.getMessage()))));
		appendTail(message, "Standard output", this.actual.output());
		appendTail(message, "Standard error", this.actual.errorOutput());
		return message.toString();
	}

	private static void appendTail(StringBuilder message, String stream, String text) {
		if (text.isEmpty()) {
			message.append(stream).append(" is empty\n");
			return;
		}
		String tail = tail(text);
		message.append(stream).append((tail.length() < text.length()) ? " ends:\n" : ":\n").append(indent(tail));
	}

	private static String tail(String text) {
		int start = text.length();
		int lowest = Math.max(0, start - TAIL_CHARACTERS);
		int lines = text.endsWith("\n") ? -1 : 0;
		while (start > lowest) {
			if (text.charAt(start - 1) == '\n' && ++lines == TAIL_LINES) {
				break;
			}
			start--;
		}
		return text.substring(start);
	}

	private static String indent(String text) {
		return text.indent(2);
	}

}
