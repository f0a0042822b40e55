package io.procession.process;

/**
 * A process was not started because its manager is full or closed.
 */
public final class ProcessRejectedException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/**
	 * A new exception.
	 * @param command what was to be run
	 * @param reason why not, and what to do
	 */
	public ProcessRejectedException(Command command, String reason) {
		super(describe(command) + " was not started: " + reason, command, null, null);
	}

}
