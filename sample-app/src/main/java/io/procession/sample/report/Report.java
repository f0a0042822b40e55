package io.procession.sample.report;

import java.util.List;

/**
 * Result of the analysis of an access log.
 *
 * @param lines how many lines it has
 * @param ignored how many of them are not in the common or combined log format
 * @param requesters who asked most often
 * @param paths what was asked for most often, without query strings
 * @param statusCodes what was answered most often
 */
record Report(long lines, long ignored, List<Count> requesters, List<Count> paths, List<Count> statusCodes) {

	/**
	 * Number of occurrences of a value.
	 *
	 * @param value what it is
	 * @param count how many lines have it
	 */
	record Count(String value, long count) {

		/**
		 * Reads a line of {@code uniq -c}.
		 * @param line such as {@code "    812 /health"}
		 * @return the count
		 */
		static Count parse(String line) {
			String[] fields = line.strip().split(" ", 2);
			return new Count((fields.length == 2) ? fields[1] : "", Long.parseLong(fields[0]));
		}

	}

}
