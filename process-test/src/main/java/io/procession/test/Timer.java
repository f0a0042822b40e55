package io.procession.test;

/**
 * A task that is due later.
 *
 * @param task the task
 * @param due time at which it is due
 * @param number determines the order of tasks that are due at the same time
 * @param origin the thread whose call has caused the task
 */
record Timer(Runnable task, long due, long number, ExternalThread origin) implements Comparable<Timer> {

	@Override
	public int compareTo(Timer other) {
		int byTime = Long.compare(this.due, other.due);
		return (byTime != 0) ? byTime : Long.compare(this.number, other.number);
	}

}
