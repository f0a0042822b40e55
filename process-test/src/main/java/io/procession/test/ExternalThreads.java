package io.procession.test;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The threads that are none of the scheduler's own. One of them, the thread of the test,
 * moves the clock while it waits; the others wait until it does. The clock does not move
 * while one of the others is in a call, or goes on because its wait is over. <i>Guarded
 * by the lock of {@link DeterministicScheduler}.</i>
 */
final class ExternalThreads {

	private final ThreadLocal<@Nullable ExternalThread> current = new ThreadLocal<>();

	/** Those that are not elsewhere, and those whose failures nobody has thrown. */
	private final Set<ExternalThread> known = new LinkedHashSet<>();

	private ExternalThread testThread = current();

	/** The current thread. */
	ExternalThread current() {
		ExternalThread present = this.current.get();
		if (present == null) {
			present = new ExternalThread(Thread.currentThread());
			this.current.set(present);
		}
		return present;
	}

	/** The current thread, about to change its state. */
	ExternalThread enter() {
		ExternalThread self = current();
		this.known.add(self);
		return self;
	}

	// --- the thread of the test

	/** Makes the current thread the one of the test. */
	void becomeTestThread() {
		this.testThread = current();
	}

	/**
	 * Whether it moves the clock; after the thread of the test has ended, another may.
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

	// --- the others

	/**
	 * Whether a thread may do something more at the present time of the clock.
	 * @param except one that does not count, or {@code null}
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
	 * When the next of them stops waiting; one whose time has come goes on by itself.
	 * @param except one that does not count, or {@code null}
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
	 * Keeps what has failed because of a call, for its thread to throw it; for the thread
	 * of the test if that call has returned.
	 */
	void fail(ExternalThread origin, Error failure, long now) {
		ExternalThread thrower = isInCall(origin, now) ? origin : this.testThread;
		this.known.add(thrower);
		thrower.fail(failure);
	}

	private static boolean isInCall(ExternalThread external, long now) {
		return external.isInCall() || external.isAtWork(now);
	}

	/** Leaves to the thread of the test what calls have left that have returned. */
	void passFailuresOn(long now) {
		for (ExternalThread external : List.copyOf(this.known)) {
			if (external != this.testThread && external.hasFailures() && !isInCall(external, now)) {
				external.takeFailures().forEach((failure) -> fail(this.testThread, failure, now));
			}
		}
	}

	/** Leaves everything that has failed to the current thread. */
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
