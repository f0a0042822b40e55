package io.procession.execution;

import io.procession.process.OutputType;

/**
 * Is given output line by line.
 *
 * <p>
 * A line ends with {@code \n}, {@code \r\n} or a lone {@code \r}, or with the output; its
 * end is not part of it. Characters are never cut where the charset is one that contains
 * ASCII. Called as {@link OutputListener} is.
 */
@FunctionalInterface
public interface LineListener {

	/**
	 * A line has arrived.
	 * @param type which stream it came from
	 * @param line the line without its end, may be empty
	 */
	void onLine(OutputType type, String line);

	/**
	 * A part of a line that is longer than the manager's longest line has arrived; more
	 * parts follow, and what remains at its end comes as {@link #onLine}. By default a
	 * part is treated as a line.
	 * @param type which stream it came from
	 * @param part the part
	 */
	default void onLinePart(OutputType type, String part) {
		onLine(type, part);
	}

}
