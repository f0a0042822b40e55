package io.procession.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A stage of a pipeline that is Java: reads what the stage before it writes, writes what
 * the stage after it reads. Runs on a thread of the manager; may block, which slows its
 * neighbours and loses nothing. When it returns the next stage sees the end of its input.
 * If it goes on though the programs before and after it have ended, it is interrupted
 * after the drain, or when the manager closes, and its input ends. It may stop its
 * pipeline but not wait for its end.
 */
@FunctionalInterface
public interface StreamStage {

	/**
	 * Turns input into output.
	 * @param input what the stage before writes; need not be read to its end
	 * @param output what the stage after reads; buffered, flushed and closed afterwards
	 * @throws IOException if a stream fails; a next stage that reads no more is no
	 * failure, anything else fails the pipeline
	 */
	void process(InputStream input, OutputStream output) throws IOException;

}
