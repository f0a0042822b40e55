package io.procession.process;

import org.jspecify.annotations.Nullable;

/**
 * The thread that waited for a process was interrupted. A {@code run()} has stopped its
 * process; a wait on a handle leaves it running. The thread's interrupt flag is set
 * again.
 */
public final class ProcessInterruptedException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/**
	 * A new exception.
	 * @param command what was waited for
	 * @param outcome what became of it, in words
	 * @param result the result so far, if the process was stopped
	 * @param cause the interrupt
	 */
	public ProcessInterruptedException(Command command, String outcome, @Nullable ProcessResult result,
			@Nullable Throwable cause) {
		super(describe(command) + " was waited for by a thread that was interrupted: " + outcome, command, result,
				cause);
	}

}
