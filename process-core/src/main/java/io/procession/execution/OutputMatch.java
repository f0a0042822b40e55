package io.procession.execution;

/** Outcome of a wait for a line of output; see {@link RunningProcess#waitUntilNext}. */
public enum OutputMatch {

	/** A line matched. */
	MATCHED,

	/** The process ended, and no line of its remaining output matched. */
	ENDED,

	/** The timeout elapsed before a line matched. */
	TIMED_OUT

}
