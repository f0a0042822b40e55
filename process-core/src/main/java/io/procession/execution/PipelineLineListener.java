package io.procession.execution;

import io.procession.process.OutputType;

/**
 * Is given the output of a pipeline line by line: the standard error of every stage and
 * the standard output of the last. Called as {@link LineListener} is; the stages of a
 * pipeline call it at the same time.
 */
@FunctionalInterface
public interface PipelineLineListener {

	/**
	 * A line has arrived.
	 * @param stage the stage's name, by default its program's file name
	 * @param type which stream of the stage it came from
	 * @param line the line without its end
	 */
	void onLine(String stage, OutputType type, String line);

}
