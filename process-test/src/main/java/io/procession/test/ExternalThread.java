package io.procession.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A thread that is none of the scheduler's own: the thread of the test, or one of the
 * code under test. <i>Guarded by the lock of {@link DeterministicScheduler}.</i>
 */
final class ExternalThread {

	/** How long the clock stands for a thread that is at work. */
	static final Duration LONGEST_WORK = Duration.ofSeconds(5);

	private enum State {

		/** The scheduler knows nothing of it. */
		ELSEWHERE,

		/** It is in a call that has brought something. */
		CALLING,

		/** It returns from its call when everything has run that takes no time. */
		SETTLING,

		/** It waits by the clock. */
		WAITING,

		/** What it waited for has come, and it goes on. */
		RESUMED

	}

	private final Thread thread;

	private final List<Error> failures = new ArrayList<>();

	/** Whether it is on its way to the lock, which is no waiting for something else. */
	private volatile boolean entering;

	private State state = State.ELSEWHERE;

	/** The state to return to after {@link State#SETTLING}. */
	private State before = State.ELSEWHERE;

	private ThreadWatch watch;

	private @Nullable Wait wait;

	/** Why its wait cannot end. */
	private @Nullable String hopeless;

	ExternalThread(Thread thread) {
		this.thread = thread;
		this.watch = newWatch();
	}

	private ThreadWatch newWatch() {
		return new ThreadWatch(() -> !this.entering && ThreadWatch.isParked(this.thread));
	}

	Thread thread() {
		return this.thread;
	}

	/** Takes the lock; called by its thread. */
	void enter(ReentrantLock lock) {
		this.entering = true;
		lock.lock();
		this.entering = false;
	}

	// --- its state

	void beginCall() {
		if (this.state == State.ELSEWHERE) {
			become(State.CALLING);
		}
	}

	void beginSettling() {
		this.before = (this.state == State.RESUMED) ? State.RESUMED : State.ELSEWHERE;
		become(State.SETTLING);
	}

	void endSettling() {
		become(this.before);
	}

	void beginWait(Wait begun) {
		this.wait = begun;
		this.hopeless = null;
		become(State.WAITING);
	}

	void endWait() {
		this.wait = null;
		become(State.RESUMED);
	}

	private void become(State next) {
		this.state = next;
		this.watch = newWatch();
	}

	boolean isElsewhere() {
		return this.state == State.ELSEWHERE;
	}

	boolean isInCall() {
		return this.state == State.SETTLING || this.state == State.WAITING;
	}

	/** What it waits for by the clock, or {@code null} if it does not wait. */
	@Nullable Wait waitsFor() {
		return this.wait;
	}

	/**
	 * Whether it may do something more at the present time of the clock. A thread that
	 * has returned to its own work is forgotten as soon as it waits for something else,
	 * or after a while.
	 */
	boolean isAtWork(long now) {
		return switch (this.state) {
			case ELSEWHERE -> false;
			case SETTLING -> true;
			case WAITING -> Objects.requireNonNull(this.wait).isOver(now);
			case CALLING, RESUMED -> {
				this.watch.look();
				if (!this.thread.isAlive() || this.watch.isParked() || this.watch.hasLastedFor(LONGEST_WORK)) {
					become(State.ELSEWHERE);
				}
				yield this.state != State.ELSEWHERE;
			}
		};
	}

	/** Ends its wait with an error. */
	void giveUp(String why) {
		this.hopeless = why;
	}

	/** Why its wait cannot end, or {@code null} if it may. */
	@Nullable String hopeless() {
		return this.hopeless;
	}

	// --- what has failed because of its calls

	void fail(Error failure) {
		this.failures.add(failure);
	}

	boolean hasFailures() {
		return !this.failures.isEmpty();
	}

	List<Error> takeFailures() {
		List<Error> taken = List.copyOf(this.failures);
		this.failures.clear();
		return taken;
	}

	/** Throws everything that has failed, as one error. */
	void throwFailures() {
		List<Error> taken = takeFailures();
		if (taken.isEmpty()) {
			return;
		}
		Error first = taken.get(0);
		taken.stream().skip(1).filter((other) -> other != first).forEach(first::addSuppressed);
		throw first;
	}

	/**
	 * Something that a thread waits for by the clock.
	 *
	 * @param until whether it has come; quick, called under the lock
	 * @param deadline when the thread stops waiting
	 * @param what what it is, for messages
	 */
	record Wait(BooleanSupplier until, long deadline, String what) {

		boolean isOver(long now) {
			return now >= this.deadline || this.until.getAsBoolean();
		}

	}

}
