package io.procession.test;

/**
 * Error thrown if a process is started for which there is no stub. The message contains
 * the command and the stub to add. This is an error so that code under test that handles
 * exceptions of processes does not handle it.
 */
public final class StrayProcessError extends AssertionError {

	private static final long serialVersionUID = 1L;

	StrayProcessError(String message) {
		super(message);
	}

}
