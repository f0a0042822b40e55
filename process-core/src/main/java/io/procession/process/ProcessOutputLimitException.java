package io.procession.process;

/**
 * A process was stopped because it wrote more than it was allowed to. {@link #result()}
 * holds what was kept.
 */
public final class ProcessOutputLimitException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/**
	 * A new exception.
	 * @param limit how many bytes it was allowed to write
	 * @param result the result so far
	 */
	public ProcessOutputLimitException(long limit, ProcessResult result) {
		super(withErrorTail(describe(result.command()) + " wrote more than its output limit of " + limit + " bytes and "
				+ ((result.cause() == ExitCause.LOST) ? "could not be" : "was")
				+ " stopped: raise it with outputLimit(...), or keep only the end with keepLast(...)", result),
				result.command(), result, null);
	}

}
