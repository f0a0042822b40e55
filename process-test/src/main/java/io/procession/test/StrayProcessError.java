package io.procession.test;

/**
 * A process was started that no stub is there for; the message names the command and the
 * stub to add. An error, so that code under test which handles exceptions of processes
 * does not take it for one.
 */
public final class StrayProcessError extends AssertionError {

	private static final long serialVersionUID = 1L;

	StrayProcessError(String message) {
		super(message);
	}

}
