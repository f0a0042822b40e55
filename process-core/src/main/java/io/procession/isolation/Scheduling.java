package io.procession.isolation;

/**
 * How the kernel shares out the CPU; see {@code sched(7)}.
 */
public enum Scheduling {

	/** As everybody: {@code SCHED_OTHER}. */
	NORMAL("--other", 0),
	/** Is taken to use much CPU and never to be in a hurry: {@code SCHED_BATCH}. */
	BATCH("--batch", 3),
	/** Only when nobody else wants the CPU: {@code SCHED_IDLE}. */
	IDLE("--idle", 5);

	private final String option;

	private final int policy;

	Scheduling(String option, int policy) {
		this.option = option;
		this.policy = policy;
	}

	String option() {
		return this.option;
	}

	int policy() {
		return this.policy;
	}

}
