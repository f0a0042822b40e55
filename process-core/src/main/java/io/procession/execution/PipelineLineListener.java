package io.procession.execution;

import io.procession.execution.output.LineListener;
import io.procession.process.OutputType;

/**
 * Listener for the output of a pipeline, line by line: the standard error of all stages
 * and the standard output of the last. Called under the same conditions as a
 * {@link LineListener}; the stages of a pipeline call it concurrently.
 */
@FunctionalInterface
public interface PipelineLineListener {

	/**
	 * Handle a line.
	 * @param stage the name of the stage, by default the file name of its program
	 * @param type the stream of the line
	 * @param line the line without its terminator
	 */
	void onLine(String stage, OutputType type, String line);

}
