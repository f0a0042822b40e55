package io.procession.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A thread that does not belong to the scheduler: the thread of the test, or a thread of
 * the code under test. <i>Guarded by the lock of {@link DeterministicScheduler}.</i>
 */
final class ExternalThread {

	/** Maximum time for which the clock stands still while a thread is at work. */
	static final Duration LONGEST_WORK = Duration.ofSeconds(5);

	private enum State {

		/** The thread does not use the scheduler. */
		ELSEWHERE,

		/** The thread is in a call that has submitted a task. */
		CALLING,

		/**
		 * The thread returns from its call once all tasks that are due have been
		 * executed.
		 */
		SETTLING,

		/** The thread waits by the clock. */
		WAITING,

		/** The wait of the thread has ended, and the thread continues. */
		RESUMED

	}

	private final Thread thread;

	private final List<Error> failures = new ArrayList<>();

	/**
	 * Whether the thread is acquiring the lock and thus not waiting for something else.
	 */
	private volatile boolean entering;

	private State state = State.ELSEWHERE;

	/** The state to return to after {@link State#SETTLING}. */
	private State before = State.ELSEWHERE;

	private ThreadWatch watch;

	private @Nullable Wait wait;

	/** Reason why the wait cannot end. */
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

	/** Acquire the lock. Called by the thread itself. */
	void enter(ReentrantLock lock) {
		this.entering = true;
		lock.lock();
		this.entering = false;
	}

	// --- state

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

	/** Return the wait by the clock, or {@code null} if the thread does not wait. */
	@Nullable Wait waitsFor() {
		return this.wait;
	}

	/**
	 * Return whether the thread may cause a change at the current time of the clock.
	 * After its call or wait, a thread is ignored as soon as it waits for something else,
	 * or after a maximum time.
	 */
	boolean isAtWork(long now) {
		return switch (this.state) {
			case ELSEWHERE -> false;
			case SETTLING -> true;
			case WAITING -> Objects.requireNonNull(this.wait).isOver(now);
			case CALLING, RESUMED -> {
				this.watch.count();
				if (!this.thread.isAlive() || this.watch.isParked() || this.watch.hasLastedFor(LONGEST_WORK)) {
					become(State.ELSEWHERE);
				}
				yield this.state != State.ELSEWHERE;
			}
		};
	}

	/** Let the wait end with an error. */
	void abandon(String why) {
		this.hopeless = why;
	}

	/** Return the reason why the wait cannot end, or {@code null} if it may end. */
	@Nullable String hopeless() {
		return this.hopeless;
	}

	// --- failures of its calls

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

	/** Throw all failures as a single error. */
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
	 * A wait by the clock.
	 *
	 * @param until whether the wait has ended; must be fast, since it is called under the
	 * lock
	 * @param deadline time at which the wait ends in any case
	 * @param what description of the wait, for messages
	 */
	record Wait(BooleanSupplier until, long deadline, String what) {

		boolean isOver(long now) {
			return now >= this.deadline || this.until.getAsBoolean();
		}

	}

}
