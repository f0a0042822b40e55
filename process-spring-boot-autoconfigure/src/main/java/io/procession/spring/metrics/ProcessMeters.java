package io.procession.spring.metrics;

/**
 * The meters, by name. Their tags are {@code name}, what the process is called, and
 * {@code outcome}: {@code SUCCESS}, {@code FAILURE} for an exit code that does not count
 * as success, {@code DENIED} for a start that policy or listener forbade, or the name of
 * another {@link io.procession.process.ExitCause}.
 */
public enum ProcessMeters {

	/**
	 * Timer, in seconds, of the processes that ended, and of those that could not be
	 * started, with a time of zero; tags {@code name} and {@code outcome}.
	 */
	EXECUTION("procession.execution"),

	/** Gauge of the processes that run; no tags. */
	EXECUTION_ACTIVE("procession.execution.active");

	private final String meterName;

	ProcessMeters(String meterName) {
		this.meterName = meterName;
	}

	/**
	 * What the registry knows it by.
	 * @return the name, in Micrometer's notation
	 */
	public String meterName() {
		return this.meterName;
	}

}
