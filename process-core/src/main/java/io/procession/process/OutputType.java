package io.procession.process;

/**
 * Output stream of a program.
 */
public enum OutputType {

	/** Standard output, including standard error if they are merged. */
	OUTPUT,

	/** Standard error. */
	ERROR

}
