package io.procession.process;

import org.jspecify.annotations.Nullable;

/**
 * A process was not started because the manager's policy denies it, or a listener does.
 * Nothing was executed.
 */
public final class ProcessDeniedException extends ProcessStartException {

	private static final long serialVersionUID = 1L;

	/** What denied it. */
	private final String rule;

	/**
	 * A new exception.
	 * @param spec what was to be run
	 * @param rule what denied it, in words
	 * @param action what to do
	 * @param cause what a listener threw, if one did
	 */
	public ProcessDeniedException(ProcessSpec spec, String rule, String action, @Nullable Throwable cause) {
		super(spec, Reason.DENIED, "it is denied by " + rule + ": " + action, cause);
		this.rule = shown(spec, rule);
	}

	/**
	 * What denied it.
	 * @return the rule, or that a listener did, in words
	 */
	public String rule() {
		return this.rule;
	}

}
