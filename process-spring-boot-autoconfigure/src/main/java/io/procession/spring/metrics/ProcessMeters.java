package io.procession.spring.metrics;

/**
 * Names of the meters. Their tags are {@code name}, the name of the process, and
 * {@code outcome}: {@code SUCCESS}, {@code FAILURE} for an exit code that does not count
 * as success, {@code DENIED} for a start that was denied by a policy or a listener, or
 * the name of another {@link io.procession.process.ExitCause}.
 */
public enum ProcessMeters {

	/**
	 * Timer, in seconds, for processes that have ended, and for processes that could not
	 * be started, with a duration of zero. Tags: {@code name} and {@code outcome}.
	 */
	EXECUTION("procession.execution"),

	/** Gauge of the number of running processes. No tags. */
	EXECUTION_ACTIVE("procession.execution.active");

	private final String meterName;

	ProcessMeters(String meterName) {
		this.meterName = meterName;
	}

	/**
	 * Return the name of the meter in the registry.
	 * @return the name, in Micrometer's notation
	 */
	public String meterName() {
		return this.meterName;
	}

}
