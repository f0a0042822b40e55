package io.procession.process;

/**
 * Why a run ended.
 *
 * <p>
 * A JVM cannot tell a program that died of signal 9 from one that said {@code exit 137}:
 * {@link #SIGNALED} means that the code has the form 128 + signal and that this library
 * sent nothing.
 */
public enum ExitCause {

	/** It ended by itself with an ordinary exit code. */
	EXITED,
	/** It was ended by a signal that somebody else sent. */
	SIGNALED,
	/** Its time was over. */
	TIMED_OUT,
	/** It wrote nothing for too long. */
	IDLE_TIMED_OUT,
	/** It was stopped on request, or because the thread that waited was interrupted. */
	STOPPED,
	/** It was killed on request. */
	KILLED,
	/** It wrote more than it was allowed to. */
	OUTPUT_LIMIT,
	/** It was stopped because its manager was closed. */
	SHUTDOWN,
	/** It never started. */
	START_FAILED,
	/** It was still there a while after KILL: nobody waits for it any more. */
	LOST

}
