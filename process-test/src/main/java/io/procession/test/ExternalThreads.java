package io.procession.test;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The threads that do not belong to the scheduler. The thread of the test moves the clock
 * while it waits; the other threads wait until the clock is moved. The clock does not
 * move while one of the others is in a call, or continues after a wait. <i>Guarded by the
 * lock of {@link DeterministicScheduler}.</i>
 */
final class ExternalThreads {

	private final ThreadLocal<@Nullable ExternalThread> current = new ThreadLocal<>();

	/**
	 * Threads that use the scheduler, and threads whose failures have not been thrown.
	 */
	private final Set<ExternalThread> known = new LinkedHashSet<>();

	private ExternalThread testThread = current();

	/** Return the current thread. */
	ExternalThread current() {
		ExternalThread present = this.current.get();
		if (present == null) {
			present = new ExternalThread(Thread.currentThread());
			this.current.set(present);
		}
		return present;
	}

	/** Return the current thread, whose state is about to change. */
	ExternalThread enter() {
		ExternalThread self = current();
		this.known.add(self);
		return self;
	}

	// --- the thread of the test

	/** Make the current thread the thread of the test. */
	void becomeTestThread() {
		this.testThread = current();
	}

	/**
	 * Return whether the thread moves the clock. Once the thread of the test has ended,
	 * another one takes its place.
	 */
	boolean isTestThread(ExternalThread external) {
		if (!this.testThread.thread().isAlive()) {
			this.testThread = external;
		}
		return this.testThread == external;
	}

	ExternalThread testThread() {
		return this.testThread;
	}

	// --- other threads

	/**
	 * Return whether a thread may cause a change at the current time of the clock.
	 * @param except a thread to ignore, or {@code null}
	 */
	boolean isAnyAtWork(long now, @Nullable ExternalThread except) {
		this.known.removeIf((external) -> external.isElsewhere() && !external.hasFailures());
		boolean any = false;
		for (ExternalThread external : this.known) {
			any |= external != except && external.isAtWork(now);
		}
		return any;
	}

	List<ExternalThread> waiting() {
		return this.known.stream().filter((external) -> external.waitsFor() != null).toList();
	}

	boolean isAnyWaiting() {
		return !waiting().isEmpty();
	}

	/**
	 * Return the next time at which a wait ends. A thread whose wait is due continues by
	 * itself and is ignored.
	 * @param except a thread to ignore, or {@code null}
	 */
	long nextDeadline(long now, @Nullable ExternalThread except) {
		long next = Long.MAX_VALUE;
		for (ExternalThread external : this.known) {
			ExternalThread.Wait wait = external.waitsFor();
			if (wait != null && external != except && wait.deadline() > now) {
				next = Math.min(next, wait.deadline());
			}
		}
		return next;
	}

	// --- failures

	/**
	 * Record a failure that was caused by a call. It is thrown by the thread of the call
	 * or, if that has returned, by the thread of the test.
	 */
	void fail(ExternalThread origin, Error failure, long now) {
		ExternalThread thrower = isInCall(origin, now) ? origin : this.testThread;
		this.known.add(thrower);
		thrower.fail(failure);
	}

	private static boolean isInCall(ExternalThread external, long now) {
		return external.isInCall() || external.isAtWork(now);
	}

	/** Pass the failures of calls that have returned to the thread of the test. */
	void passFailuresOn(long now) {
		for (ExternalThread external : List.copyOf(this.known)) {
			if (external != this.testThread && external.hasFailures() && !isInCall(external, now)) {
				external.takeFailures().forEach((failure) -> fail(this.testThread, failure, now));
			}
		}
	}

	/** Pass all failures to the current thread. */
	void takeAllFailures() {
		ExternalThread self = enter();
		for (ExternalThread external : List.copyOf(this.known)) {
			if (external != self) {
				external.takeFailures().forEach(self::fail);
			}
		}
	}

	void forgetFailures() {
		this.known.forEach(ExternalThread::takeFailures);
	}

}
