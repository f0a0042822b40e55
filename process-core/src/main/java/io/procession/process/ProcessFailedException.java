package io.procession.process;

/**
 * Thrown when a process did not end successfully. {@link #result()} is always present,
 * unless this exception was deserialized.
 */
public final class ProcessFailedException extends ProcessException {

	private static final long serialVersionUID = 1L;

	/** The exit code of the operating system. */
	private final int exitCode;

	/**
	 * Create an exception.
	 * @param result the result of a failed execution
	 * @throws IllegalArgumentException if the result is successful
	 */
	public ProcessFailedException(ProcessResult result) {
		super(message(result), result.command(), result, null);
		this.exitCode = result.exitCode();
		if (result.successful()) {
			throw new IllegalArgumentException("The process was successful: " + result);
		}
	}

	/**
	 * Return the exit code.
	 * @return the exit code of the operating system
	 */
	public int exitCode() {
		return this.exitCode;
	}

	/**
	 * Return the result that failed: what {@link #result()} wraps.
	 * @return the result
	 * @throws IllegalStateException if this was deserialized, which loses the result
	 */
	public ProcessResult failed() {
		return result()
			.orElseThrow(() -> new IllegalStateException("This exception was deserialized and no longer has a result"));
	}

	private static String message(ProcessResult result) {
		String how = switch (result.cause()) {
			case EXITED -> "exited with " + result.exitCode();
			case SIGNALED -> "exited with " + result.exitCode()
					+ result.signal().map((signal) -> " (signal " + signal + ")").orElse("");
			case TIMED_OUT -> "timed out and was stopped, exit code " + result.exitCode();
			case IDLE_TIMED_OUT -> "exceeded its idle timeout and was stopped, exit code " + result.exitCode();
			case STOPPED -> "was stopped, exit code " + result.exitCode();
			case KILLED -> "was killed, exit code " + result.exitCode();
			case OUTPUT_LIMIT -> "exceeded its output limit and was stopped, exit code " + result.exitCode();
			case SHUTDOWN -> "was stopped by the shutdown of its manager, exit code " + result.exitCode();
			case START_FAILED -> "could not be started";
			case LOST -> "could not be killed";
		};
		StringBuilder codes = new StringBuilder();
		result.successExitCodes().forEach((code) -> codes.append(codes.isEmpty() ? "" : ", ").append(code));
		String lost = (result.lostOutput() != null) ? ", but " + result.lostOutput() : "";
		return withErrorTail(describe(result.command()) + " " + how + " after " + seconds(result.duration())
				+ " (success is " + codes + ")" + lost, result);
	}

}
