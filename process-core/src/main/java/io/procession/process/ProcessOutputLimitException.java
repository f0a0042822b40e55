package io.procession.process;

/**
 * Thrown when a process was stopped because it exceeded its output limit.
 * {@link #result()} contains the output that was captured.
 */
public final class ProcessOutputLimitException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception for a process that exceeded its limit.
	 * @param limit maximum number of bytes
	 * @param remedy description of how to raise the limit
	 * @param result the result so far
	 */
	public ProcessOutputLimitException(long limit, String remedy, ProcessResult result) {
		super(withErrorTail(describe(result.command()) + " exceeded its output limit of " + limit + " bytes and "
				+ stopped(result) + ": " + remedy + ", or keep only the end with keepLast(...)", result),
				result.command(), result, null);
	}

	/**
	 * Create an exception for a process whose output did not fit into the memory of the
	 * JVM.
	 * @param result the result so far, without the output
	 */
	public ProcessOutputLimitException(ProcessResult result) {
		super(withErrorTail(describe(result.command()) + " wrote more output than fits into the memory of the JVM and "
				+ stopped(result) + "; the captured output was discarded:"
				+ " limit it with outputLimit(...) or procession.defaults.output-limit, or keep only the end with"
				+ " keepLast(...)", result), result.command(), result, null);
	}

	private static String stopped(ProcessResult result) {
		return (result.cause() == ExitCause.LOST) ? "could not be stopped" : "was stopped";
	}

}
