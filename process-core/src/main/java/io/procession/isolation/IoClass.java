package io.procession.isolation;

/**
 * I/O scheduling class; see {@code ionice(1)}. It depends on the I/O scheduler of the
 * disk whether the class has an effect.
 */
public enum IoClass {

	/** Served before all others; requires privileges. */
	REALTIME(1),
	/** Served by level; the class of ordinary processes. */
	BEST_EFFORT(2),
	/** Served only if no other process needs the disk. */
	IDLE(3);

	private final int number;

	IoClass(int number) {
		this.number = number;
	}

	int number() {
		return this.number;
	}

}
