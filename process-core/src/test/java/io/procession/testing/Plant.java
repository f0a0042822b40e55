package io.procession.testing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An environment variable by which a test finds again whatever its processes started,
 * independently of how the library does.
 *
 * @param value unique
 */
public record Plant(String value) {

	/** The name of the variable. */
	public static final String NAME = "TEST_PLANT";

	private static final AtomicInteger COUNTER = new AtomicInteger();

	/**
	 * A plant nobody else has.
	 * @return the plant
	 */
	public static Plant fresh() {
		return new Plant(prefix() + COUNTER.incrementAndGet());
	}

	static String prefix() {
		return ProcessHandle.current().pid() + "-";
	}

	/**
	 * Whoever carries it and is alive.
	 * @return a snapshot
	 */
	public List<ProcessTable.Entry> alive() {
		String entry = NAME + "=" + this.value;
		return ProcessTable.withEnvironment(entry::equals);
	}

}
