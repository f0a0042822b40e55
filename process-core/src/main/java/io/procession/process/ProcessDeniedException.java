package io.procession.process;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a process is not started because a policy of the manager or a listener
 * denies it. Nothing was executed.
 */
public final class ProcessDeniedException extends ProcessStartException {

	private static final long serialVersionUID = 1L;

	/** The rule that denied the start. */
	private final String rule;

	/**
	 * Create an exception.
	 * @param spec the process to be started
	 * @param rule description of the rule that denied it
	 * @param action description of how to resolve this
	 * @param cause the exception of a listener, if one was thrown
	 */
	public ProcessDeniedException(ProcessSpec spec, String rule, String action, @Nullable Throwable cause) {
		super(spec, Reason.DENIED, "it is denied by " + rule + ": " + action, cause);
		this.rule = shown(spec, rule);
	}

	/**
	 * Return the rule that denied the start.
	 * @return description of the rule or of the denial by a listener
	 */
	public String rule() {
		return this.rule;
	}

}
