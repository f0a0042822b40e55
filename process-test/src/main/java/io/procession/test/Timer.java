package io.procession.test;

/**
 * Something that is due later.
 *
 * @param task what to run
 * @param due when it is due
 * @param number of two that are due at the same time, the lower comes first
 * @param origin the thread whose call has led to it
 */
record Timer(Runnable task, long due, long number, ExternalThread origin) implements Comparable<Timer> {

	@Override
	public int compareTo(Timer other) {
		int byTime = Long.compare(this.due, other.due);
		return (byTime != 0) ? byTime : Long.compare(this.number, other.number);
	}

}
