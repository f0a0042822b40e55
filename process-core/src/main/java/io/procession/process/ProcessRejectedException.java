package io.procession.process;

/**
 * A process was not started because its manager is full or closed: {@link #reason()} says
 * which of them.
 */
public final class ProcessRejectedException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/** Which of them. */
	private final Reason reason;

	/**
	 * A new exception.
	 * @param command what was to be run
	 * @param reason why not
	 * @param detail why not in words, and what to do
	 */
	public ProcessRejectedException(Command command, Reason reason, String detail) {
		super(describe(command) + " was not started: " + detail, command, null, null);
		this.reason = reason;
	}

	/**
	 * Why it was not started.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Why a manager starts nothing.
	 */
	public enum Reason {

		/** So many processes run as it allows: later there may be room. */
		FULL,
		/** It is closed, or closes: nothing is ever started again. */
		CLOSED

	}

}
