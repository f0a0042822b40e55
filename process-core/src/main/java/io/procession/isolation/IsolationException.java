package io.procession.isolation;

/**
 * An isolation cannot be had here; the message says which part of it, why, and what to
 * do. {@code ProcessStartException} is what users see of it.
 */
public final class IsolationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Whether a user or a group is not there. */
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
	 * Whether a user or a group is not there.
	 * @return whether the name is at fault, not the machine
	 */
	public boolean isUnknownAccount() {
		return this.unknownAccount;
	}

}
