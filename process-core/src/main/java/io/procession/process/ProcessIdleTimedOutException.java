package io.procession.process;

import java.time.Duration;

/**
 * Thrown when a process was stopped because it wrote nothing for longer than its idle
 * timeout.
 */
public final class ProcessIdleTimedOutException extends ProcessTimedOutException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param timeout the idle timeout
	 * @param remedy description of where the timeout is configured and what to do
	 * @param result the result so far
	 */
	public ProcessIdleTimedOutException(Duration timeout, String remedy, ProcessResult result) {
		super(what(timeout), remedy, timeout, result);
	}

	/**
	 * Create an exception for a process that is still being stopped, and so has no result
	 * yet.
	 * @param timeout how long it was allowed to be silent
	 * @param remedy where that comes from and what to do, in words
	 * @param command what is run
	 */
	public ProcessIdleTimedOutException(Duration timeout, String remedy, Command command) {
		super(what(timeout), remedy, timeout, command);
	}

	private static String what(Duration timeout) {
		return "wrote no output for its idle timeout of " + seconds(timeout);
	}

}
