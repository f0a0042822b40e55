package io.procession.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A stage of a pipeline that is implemented in Java: it reads the output of the previous
 * stage and writes the input of the next stage. It is executed on a thread of the
 * manager. It may block, which slows down its neighbors and loses no data. When it
 * returns, the next stage receives end-of-file. If it is still executing after the
 * programs before and after it have ended, it is interrupted after the drain, or when the
 * manager closes, and its input ends. It may stop its pipeline but must not wait for its
 * end.
 */
@FunctionalInterface
public interface StreamStage {

	/**
	 * Convert input to output.
	 * @param input the output of the previous stage; need not be read to its end
	 * @param output the input of the next stage; buffered, flushed and closed afterwards
	 * @throws IOException if a stream fails; this makes the pipeline fail, unless the
	 * reason is that the next stage stopped reading
	 */
	void process(InputStream input, OutputStream output) throws IOException;

}
