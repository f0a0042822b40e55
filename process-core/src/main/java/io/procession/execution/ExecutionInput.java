package io.procession.execution;

import java.io.InputStream;

import io.procession.process.ProcessInput;

/**
 * Source of the standard input of an execution.
 */
sealed interface ExecutionInput {

	/** Leave it open for the caller. */
	record Open() implements ExecutionInput {

	}

	/**
	 * Close it at once. The process then reads end-of-file, or what it does not get from
	 * the JVM.
	 */
	record Closed() implements ExecutionInput {

	}

	/**
	 * Write bytes to it and close it.
	 *
	 * @param content the bytes
	 */
	record Bytes(ProcessInput.Bytes content) implements ExecutionInput {

	}

	/**
	 * Copy a stream to it and close both.
	 *
	 * @param source the stream
	 */
	record Copied(InputStream source) implements ExecutionInput {

	}

}
