package io.procession.process;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Base class of all exceptions about processes. It provides the command, with its secrets
 * hidden, and the result, if there is one. Neither message nor cause contains a secret or
 * the environment.
 *
 * <p>
 * A deserialized exception has its message and the command as it was shown, but no
 * result.
 */
public class ProcessException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** The command that was or was to be executed. */
	private final ShownCommand command;

	private final transient @Nullable ProcessResult result;

	/**
	 * Create an exception.
	 * @param message what failed, including the command and how to resolve this
	 * @param command the command that was or was to be executed
	 * @param result the result, if the command was executed
	 * @param cause the exception of the JDK, if there is one
	 */
	protected ProcessException(String message, Command command, @Nullable ProcessResult result,
			@Nullable Throwable cause) {
		super(message, cause);
		this.command = new ShownCommand(command);
		this.result = result;
	}

	/**
	 * Return the command that was or was to be executed.
	 * @return the command, with its secrets hidden
	 */
	public Command command() {
		return this.command.get();
	}

	/**
	 * Return the result so far, including the exit code and the output up to the moment
	 * when the process was stopped.
	 * @return the result, or empty if nothing was executed or this exception was
	 * deserialized
	 */
	public Optional<ProcessResult> result() {
		return Optional.ofNullable(this.result);
	}

	static String describe(Command command) {
		return "Command '" + command.summary() + "'";
	}

	static String withErrorTail(String message, ProcessResult result) {
		if (!result.errorTail().isEmpty()) {
			return message + "; stderr ends: \"" + result.errorTail() + "\"";
		}
		// compilers and build tools write their errors there
		return result.outputTail().isEmpty() ? message : message + "; stdout ends: \"" + result.outputTail() + "\"";
	}

	static String seconds(Duration duration) {
		long millis = duration.toMillis();
		if (millis < 1000) {
			return millis + "ms";
		}
		long tenths = (millis % 1000) / 100;
		return (millis / 1000) + ((tenths != 0) ? "." + tenths : "") + "s";
	}

}
