package io.procession.testing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An environment variable by which a test finds all descendants of its processes,
 * independently of the library.
 *
 * @param value unique value
 */
public record Plant(String value) {

	/** Name of the variable. */
	public static final String NAME = "TEST_PLANT";

	private static final AtomicInteger COUNTER = new AtomicInteger();

	/**
	 * Create a unique plant.
	 * @return the plant
	 */
	public static Plant fresh() {
		return new Plant(prefix() + COUNTER.incrementAndGet());
	}

	static String prefix() {
		return ProcessHandle.current().pid() + "-";
	}

	/**
	 * Return the living processes that carry the variable.
	 * @return a snapshot
	 */
	public List<ProcessTable.Entry> alive() {
		String entry = NAME + "=" + this.value;
		return ProcessTable.withEnvironment(entry::equals);
	}

}
