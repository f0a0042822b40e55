package io.procession.test;

import java.util.Objects;

import org.assertj.core.annotation.CanIgnoreReturnValue;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;

/**
 * Assertions about how a process ended.
 *
 * <p>
 * A failure shows the command, its secrets hidden, the exit code, the cause and the ends
 * of both outputs. <i>Not thread-safe.</i>
 */
@CanIgnoreReturnValue
public final class ProcessResultAssert extends AbstractAssert<ProcessResultAssert, ProcessResult> {

	// enough for the end of a stack trace, not so much that the reason scrolls away
	private static final int TAIL_LINES = 20;

	private static final int TAIL_CHARACTERS = 2000;

	ProcessResultAssert(@Nullable ProcessResult actual) {
		super(actual, ProcessResultAssert.class);
	}

	/**
	 * Verifies that it ended by itself with an exit code that counts as success.
	 * @return this
	 * @throws AssertionError if it failed, was stopped or never started
	 */
	public ProcessResultAssert isSuccessful() {
		isNotNull();
		if (this.actual.failed()) {
			throw unmet("to be successful");
		}
		return this;
	}

	/**
	 * Verifies that it was not successful: another exit code, a signal, a stop, or no
	 * start.
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
	 * Verifies the number that the operating system gave.
	 * @param expected 0 to 255; 128 + signal for a process that a signal ended
	 * @return this
	 * @throws AssertionError if it is another
	 */
	public ProcessResultAssert hasExitCode(int expected) {
		isNotNull();
		if (this.actual.exitCode() != expected) {
			throw unmet("to have exit code " + expected, this.actual.exitCode(), expected);
		}
		return this;
	}

	/**
	 * Verifies why it ended.
	 * @param expected the cause
	 * @return this
	 * @throws AssertionError if it is another
	 */
	public ProcessResultAssert hasCause(ExitCause expected) {
		isNotNull();
		if (this.actual.cause() != expected) {
			throw unmet("to have cause " + expected, this.actual.cause(), expected);
		}
		return this;
	}

	/**
	 * Verifies which signal ended it, whoever sent it. As in
	 * {@link ProcessResult#signal()}, {@code exit 143} reads as TERM.
	 * @param expected the signal
	 * @return this
	 * @throws AssertionError if it was another, or none
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
	 * Verifies that it was stopped because its time was over, that of the whole run or
	 * that of silence.
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
	 * Verifies the whole standard output. One line end at its very end does not count, as
	 * in a shell's {@code $(command)}, unless it is expected; the empty text means no
	 * output at all.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if it is another
	 */
	public ProcessResultAssert hasOutput(String expected) {
		isNotNull();
		requireEqual("standard output", this.actual.output(), expected);
		return this;
	}

	/**
	 * Verifies that the standard output holds a text.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if it is not there
	 */
	public ProcessResultAssert hasOutputContaining(String expected) {
		isNotNull();
		if (!this.actual.seeInOutput(expected)) {
			throw unmet("to have standard output containing:\n" + indent(expected));
		}
		return this;
	}

	/**
	 * Verifies the whole standard error, as {@link #hasOutput(String)} does the standard
	 * output.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if it is another
	 */
	public ProcessResultAssert hasErrorOutput(String expected) {
		isNotNull();
		requireEqual("standard error", this.actual.errorOutput(), expected);
		return this;
	}

	/**
	 * Verifies that the standard error holds a text.
	 * @param expected the text
	 * @return this
	 * @throws AssertionError if it is not there
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
