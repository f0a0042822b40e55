package io.procession.benchmarks.scenario;

/**
 * Measured quantity. Less is always better.
 */
public enum Measure {

	/** Of one run, or of the whole work. */
	TIME("time", "ms"),
	/** The most memory that the JVM had in RAM. */
	PEAK_RESIDENT("peak RSS", "MiB"),
	/** Memory in use after a collection, while the result is held. */
	HEAP_HELD("heap held", "MiB"),
	/** Until all children are there. */
	START("start all", "ms"),
	/** Until all children are gone. */
	STOP("stop all", "ms"),
	/** Java threads of the whole JVM. */
	THREADS("Java threads", ""),
	/** By how much one child makes the JVM larger. */
	RESIDENT_PER_CHILD("RSS a child", "KiB"),
	/** CPU time of the JVM while it is idle. */
	IDLE_CPU("idle CPU", "% of a core"),
	/** Processes that should be gone and are not. */
	SURVIVORS("survivors", "");

	private final String label;

	private final String unit;

	Measure(String label, String unit) {
		this.label = label;
		this.unit = unit;
	}

	/**
	 * Its name in tables.
	 * @return a word or two
	 */
	public String label() {
		return this.label;
	}

	/**
	 * Its unit.
	 * @return the unit, empty for counts
	 */
	public String unit() {
		return this.unit;
	}

}
