package io.procession.process;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a thread was interrupted while it waited for a process. {@code run()} has
 * stopped its process; waiting on a handle leaves it running. The interrupt flag of the
 * thread is set again.
 */
public final class ProcessInterruptedException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param command the command that was waited for
	 * @param outcome description of what happened to the process
	 * @param result the result so far, if the process was stopped
	 * @param cause the interrupt
	 */
	public ProcessInterruptedException(Command command, String outcome, @Nullable ProcessResult result,
			@Nullable Throwable cause) {
		super("Interrupted while waiting for command '" + command.summary() + "': " + outcome, command, result, cause);
	}

}
