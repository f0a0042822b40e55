package io.procession.process;

import java.time.Duration;

/**
 * A process was stopped because it wrote nothing for too long.
 */
public final class ProcessIdleTimedOutException extends ProcessTimedOutException {

	private static final long serialVersionUID = 1L;

	/**
	 * A new exception.
	 * @param timeout how long it was allowed to be silent
	 * @param result the result so far
	 */
	public ProcessIdleTimedOutException(Duration timeout, ProcessResult result) {
		super(withErrorTail(describe(result.command()) + " wrote nothing for " + seconds(timeout)
				+ ", its idle timeout, and was stopped", result), timeout, result);
	}

}
