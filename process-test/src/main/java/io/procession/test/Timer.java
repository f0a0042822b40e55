package io.procession.test;

/**
 * Something that is due later.
 *
 * @param task what
 * @param due when
 * @param number of two that are due at the same time, the lower comes first
 */
record Timer(Runnable task, long due, long number) implements Comparable<Timer> {

	@Override
	public int compareTo(Timer other) {
		int byTime = Long.compare(this.due, other.due);
		return (byTime != 0) ? byTime : Long.compare(this.number, other.number);
	}

}
