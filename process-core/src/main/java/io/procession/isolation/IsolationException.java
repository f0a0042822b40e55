package io.procession.isolation;

/**
 * Thrown when an isolation is not supported by this machine. The message names the
 * setting, the reason and the remedy. Users see it as {@code ProcessStartException}.
 */
public final class IsolationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Whether a user or group does not exist. */
	private final boolean unknownAccount;

	IsolationException(String message) {
		this(message, false);
	}

	private IsolationException(String message, boolean unknownAccount) {
		super(message);
		this.unknownAccount = unknownAccount;
	}

	static IsolationException unknownAccount(String message) {
		return new IsolationException(message, true);
	}

	/**
	 * Return whether the cause is a user or group that does not exist.
	 * @return whether the name is the cause, rather than the machine
	 */
	public boolean isUnknownAccount() {
		return this.unknownAccount;
	}

}
