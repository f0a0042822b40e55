package io.procession.execution.output;

import io.procession.process.OutputType;

/**
 * Listener for output, line by line.
 *
 * <p>
 * A line is terminated by {@code \n}, {@code \r\n} or a lone {@code \r}, or by the end of
 * the output; the terminator is not part of it. Characters are never split if the charset
 * is a superset of ASCII. Called under the same conditions as an {@link OutputListener}.
 */
@FunctionalInterface
public interface LineListener {

	/**
	 * Handle a line.
	 * @param type the stream of the line
	 * @param line the line without its terminator, may be empty
	 */
	void onLine(OutputType type, String line);

	/**
	 * Handle a part of a line that exceeds the manager's maximum line length. More parts
	 * follow, and the remainder is passed to {@link #onLine}. By default, a part is
	 * handled as a line.
	 * @param type the stream of the line
	 * @param part the part
	 */
	default void onLinePart(OutputType type, String part) {
		onLine(type, part);
	}

}
