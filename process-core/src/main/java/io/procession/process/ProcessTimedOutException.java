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
	 * @param result the result so far
	 */
	public ProcessTimedOutException(Duration timeout, ProcessResult result) {
		this(withErrorTail(
				describe(result.command()) + " exceeded its timeout of " + seconds(timeout) + " and was stopped",
				result), timeout, result);
	}

	ProcessTimedOutException(String message, Duration timeout, ProcessResult result) {
		super(message, result.command(), result, null);
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
