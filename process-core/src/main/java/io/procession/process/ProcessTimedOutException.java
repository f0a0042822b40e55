package io.procession.process;

import java.time.Duration;

/**
 * A process was stopped because its time was over. {@link #result()} holds what it wrote
 * until then.
 */
public class ProcessTimedOutException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/** The time it had. */
	private final Duration exceededTimeout;

	/**
	 * A new exception.
	 * @param timeout the time it had
	 * @param remedy where that comes from and what to do, in words
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
	 * The time it had.
	 * @return the timeout
	 */
	public Duration exceededTimeout() {
		return this.exceededTimeout;
	}

}
