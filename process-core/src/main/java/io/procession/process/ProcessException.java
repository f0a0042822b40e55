package io.procession.process;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Something about a process went wrong. Carries the command, its secrets hidden, and the
 * result as far as there is one. Neither message nor cause ever holds a secret or the
 * environment.
 *
 * <p>
 * One that was serialized and deserialized has its message and its command as it was
 * shown, and no result.
 */
public class ProcessException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** What was, or was to be, run. */
	private final ShownCommand command;

	private final transient @Nullable ProcessResult result;

	/**
	 * A new exception.
	 * @param message what went wrong, with the command and what to do
	 * @param command what was, or was to be, run
	 * @param result how it ended, if it ran
	 * @param cause the JDK's reason, if there is one
	 */
	protected ProcessException(String message, Command command, @Nullable ProcessResult result,
			@Nullable Throwable cause) {
		super(message, cause);
		this.command = new ShownCommand(command);
		this.result = result;
	}

	/**
	 * What was, or was to be, run.
	 * @return the command, its secrets hidden
	 */
	public Command command() {
		return this.command.get();
	}

	/**
	 * The result so far: the output up to the moment it was stopped, its exit code.
	 * @return the result, or empty if nothing ran or this was deserialized
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
