package io.procession.process;

/**
 * Which of its two output streams a program wrote to.
 */
public enum OutputType {

	/** Standard output, and standard error too where they are merged. */
	OUTPUT,

	/** Standard error. */
	ERROR

}
