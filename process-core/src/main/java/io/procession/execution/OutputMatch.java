package io.procession.execution;

/**
 * How a wait for a line of output ended; see {@link RunningProcess#waitUntilNext}.
 */
public enum OutputMatch {

	/** A line matched. */
	MATCHED,

	/** The process has ended, and no line of the rest of its output matched. */
	ENDED,

	/** The time to wait elapsed before a line matched. */
	TIMED_OUT

}
