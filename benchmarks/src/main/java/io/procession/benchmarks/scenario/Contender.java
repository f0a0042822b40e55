package io.procession.benchmarks.scenario;

/**
 * Somebody who does the work of a row.
 *
 * @param name who it is
 * @param work does it once and measures
 */
public record Contender(String name, Work work) {

	/** The name of this library in all rows. */
	static final String PROCESSION = "procession";

	/** The name of the JDK alone in all rows. */
	static final String RAW = "ProcessBuilder";

	/**
	 * Does the work of a row once.
	 */
	@FunctionalInterface
	public interface Work {

		/**
		 * Does the work, checks that it was done and measures.
		 * @return what was measured
		 * @throws Exception if the work failed
		 */
		Sample sample() throws Exception;

	}

}
