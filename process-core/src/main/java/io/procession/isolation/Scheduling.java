package io.procession.isolation;

/**
 * CPU scheduling policy; see {@code sched(7)}.
 */
public enum Scheduling {

	/** Default policy: {@code SCHED_OTHER}. */
	NORMAL("--other", 0),
	/** Policy for CPU-intensive processes that are not urgent: {@code SCHED_BATCH}. */
	BATCH("--batch", 3),
	/**
	 * Policy for processes that run only if no other needs the CPU: {@code SCHED_IDLE}.
	 */
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
