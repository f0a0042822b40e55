package io.procession.process;

/**
 * Thrown when a process is not started because its manager is full or closed, as
 * indicated by {@link #reason()}.
 */
public final class ProcessRejectedException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/** The reason for the rejection. */
	private final Reason reason;

	/**
	 * Create an exception.
	 * @param command the command to be executed
	 * @param reason the reason
	 * @param detail description of the reason and of what to do
	 */
	public ProcessRejectedException(Command command, Reason reason, String detail) {
		super(describe(command) + " was not started: " + detail, command, null, null);
		this.reason = reason;
	}

	/**
	 * Return the reason why the process was not started.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Reasons why a manager does not start a process.
	 */
	public enum Reason {

		/**
		 * The limit on concurrent processes is reached: a later attempt may succeed,
		 * unless more processes are needed at once than the manager allows.
		 */
		FULL,
		/** The manager is closed or being closed, and starts no more processes. */
		CLOSED

	}

}
