package io.procession.process;

import java.time.Duration;

/**
 * Thrown when a process was stopped because it exceeded its timeout. {@link #result()}
 * contains the output up to that moment.
 */
public class ProcessTimedOutException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/** The timeout that was exceeded. */
	private final Duration exceededTimeout;

	/**
	 * Create an exception.
	 * @param timeout the timeout that was exceeded
	 * @param remedy description of where the timeout is configured and what to do
	 * @param result the result so far
	 */
	public ProcessTimedOutException(Duration timeout, String remedy, ProcessResult result) {
		this("exceeded its timeout of " + seconds(timeout), remedy, timeout, result);
	}

	/**
	 * Create an exception for a process that is still being stopped, and so has no result
	 * yet.
	 * @param timeout the time it had
	 * @param remedy where that comes from and what to do, in words
	 * @param command what is run
	 */
	public ProcessTimedOutException(Duration timeout, String remedy, Command command) {
		this("exceeded its timeout of " + seconds(timeout), remedy, timeout, command);
	}

	ProcessTimedOutException(String what, String remedy, Duration timeout, Command command) {
		super(describe(command) + " " + what + " and is being stopped: " + remedy, command, null, null);
		this.exceededTimeout = timeout;
	}

	ProcessTimedOutException(String what, String remedy, Duration timeout, ProcessResult result) {
		super(withErrorTail(describe(result.command()) + " " + what
				+ ((result.cause() == ExitCause.LOST) ? " and could not be stopped: " : " and was stopped: ") + remedy,
				result), result.command(), result, null);
		this.exceededTimeout = timeout;
	}

	/**
	 * Return the timeout that was exceeded.
	 * @return the timeout
	 */
	public Duration exceededTimeout() {
		return this.exceededTimeout;
	}

}
