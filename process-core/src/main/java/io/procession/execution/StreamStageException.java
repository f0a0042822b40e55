package io.procession.execution;

import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;
import io.procession.security.Printable;

/**
 * A stage in Java failed, and its pipeline was stopped. {@link #getCause()} is what it
 * threw, {@link #result()} that of the last stage.
 */
public final class StreamStageException extends ProcessException {

	private static final long serialVersionUID = 1L;

	StreamStageException(String stage, ProcessResult result, Throwable cause) {
		super("The stage '" + Printable.of(result.command().redactor().hide(stage))
				+ "' of a pipeline failed and the pipeline was stopped", result.command(), result, cause);
	}

}
