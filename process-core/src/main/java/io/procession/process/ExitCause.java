package io.procession.process;

/**
 * Reason why an execution ended.
 *
 * <p>
 * A JVM cannot distinguish a program that was ended by signal 9 from one that called
 * {@code exit 137}: {@link #SIGNALED} means that the exit code has the form 128 + signal
 * and that this library sent no signal.
 */
public enum ExitCause {

	/** The process ended by itself with an ordinary exit code. */
	EXITED,
	/** The process was ended by a signal that this library did not send. */
	SIGNALED,
	/** The process exceeded its timeout and was stopped. */
	TIMED_OUT,
	/** The process wrote nothing for longer than its idle timeout and was stopped. */
	IDLE_TIMED_OUT,
	/**
	 * The process was stopped on request, or because the waiting thread was interrupted.
	 */
	STOPPED,
	/** The process was killed on request. */
	KILLED,
	/** The process exceeded its output limit and was stopped. */
	OUTPUT_LIMIT,
	/** The process was stopped because its manager was closed. */
	SHUTDOWN,
	/** The process could not be started. */
	START_FAILED,
	/** The process was still alive some time after KILL and is no longer awaited. */
	LOST

}
