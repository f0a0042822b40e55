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
	 * @param remedy where that comes from and what to do, in words
	 * @param result the result so far
	 */
	public ProcessIdleTimedOutException(Duration timeout, String remedy, ProcessResult result) {
		super("wrote nothing for " + seconds(timeout) + ", its idle timeout,", remedy, timeout, result);
	}

}
