package io.procession.execution;

import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;
import io.procession.security.Printable;

/**
 * Exception thrown when a Java stage failed and its pipeline was stopped.
 * {@link #getCause()} is the exception of the stage, {@link #result()} the result of the
 * last stage.
 */
public final class StreamStageException extends ProcessException {

	private static final long serialVersionUID = 1L;

	StreamStageException(String stage, ProcessResult result, Throwable cause) {
		super("The stage '" + Printable.of(result.command().redactor().hide(stage))
				+ "' of a pipeline failed and the pipeline was stopped", result.command(), result, cause);
	}

}
