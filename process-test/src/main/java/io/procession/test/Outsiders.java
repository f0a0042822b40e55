package io.procession.test;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The threads that are none of the scheduler's own. One of them, the thread of the test,
 * moves the clock while it waits; the others wait until it does. The clock does not move
 * while one of the others is in a call, or goes on because its wait is over. <i>Guarded
 * by the lock of {@link Strands}.</i>
 */
final class Outsiders {

	private final ThreadLocal<@Nullable Outsider> current = new ThreadLocal<>();

	/** Those that are not elsewhere, and those whose failures nobody has thrown. */
	private final Set<Outsider> known = new LinkedHashSet<>();

	private Outsider tester = current();

	/** The current thread. */
	Outsider current() {
		Outsider present = this.current.get();
		if (present == null) {
			present = new Outsider(Thread.currentThread());
			this.current.set(present);
		}
		return present;
	}

	/** The current thread, about to change its state. */
	Outsider enter() {
		Outsider self = current();
		this.known.add(self);
		return self;
	}

	// --- the thread of the test

	/** Makes the current thread the one of the test. */
	void becomeTester() {
		this.tester = current();
	}

	/**
	 * Whether it moves the clock; after the thread of the test has ended, another may.
	 */
	boolean isTester(Outsider outsider) {
		if (!this.tester.thread().isAlive()) {
			this.tester = outsider;
		}
		return this.tester == outsider;
	}

	Outsider tester() {
		return this.tester;
	}

	// --- the others

	/**
	 * Whether a thread may do something more at the present time of the clock.
	 * @param except one that does not count, or {@code null}
	 */
	boolean isAnyAtWork(long now, @Nullable Outsider except) {
		this.known.removeIf((outsider) -> outsider.isElsewhere() && !outsider.hasFailures());
		boolean any = false;
		for (Outsider outsider : this.known) {
			any |= outsider != except && outsider.isAtWork(now);
		}
		return any;
	}

	List<Outsider> waiting() {
		return this.known.stream().filter((outsider) -> outsider.waitsFor() != null).toList();
	}

	boolean isAnyWaiting() {
		return !waiting().isEmpty();
	}

	/**
	 * When the next of them stops waiting; one whose time has come goes on by itself.
	 * @param except one that does not count, or {@code null}
	 */
	long nextDeadline(long now, @Nullable Outsider except) {
		long next = Long.MAX_VALUE;
		for (Outsider outsider : this.known) {
			Outsider.Wait wait = outsider.waitsFor();
			if (wait != null && outsider != except && wait.deadline() > now) {
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
	void fail(Outsider origin, Error failure, long now) {
		Outsider thrower = isInCall(origin, now) ? origin : this.tester;
		this.known.add(thrower);
		thrower.fail(failure);
	}

	private static boolean isInCall(Outsider outsider, long now) {
		return outsider.isInCall() || outsider.isAtWork(now);
	}

	/** Leaves to the thread of the test what calls have left that have returned. */
	void passFailuresOn(long now) {
		for (Outsider outsider : List.copyOf(this.known)) {
			if (outsider != this.tester && outsider.hasFailures() && !isInCall(outsider, now)) {
				outsider.takeFailures().forEach((failure) -> fail(this.tester, failure, now));
			}
		}
	}

	/** Leaves everything that has failed to the current thread. */
	void takeAllFailures() {
		Outsider self = enter();
		for (Outsider outsider : List.copyOf(this.known)) {
			if (outsider != self) {
				outsider.takeFailures().forEach(self::fail);
			}
		}
	}

	void forgetFailures() {
		this.known.forEach(Outsider::takeFailures);
	}

}
