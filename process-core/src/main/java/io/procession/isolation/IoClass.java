package io.procession.isolation;

/**
 * Who is served first by a disk; see {@code ionice(1)}. It depends on the I/O scheduler
 * of the disk whether it listens.
 */
public enum IoClass {

	/** Before all others; needs privilege. */
	REALTIME(1),
	/** As everybody, by level. */
	BEST_EFFORT(2),
	/** Only when nobody else wants anything. */
	IDLE(3);

	private final int number;

	IoClass(int number) {
		this.number = number;
	}

	int number() {
		return this.number;
	}

}
