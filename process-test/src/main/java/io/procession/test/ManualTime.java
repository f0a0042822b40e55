package io.procession.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

import io.procession.engine.TimeSource;

/**
 * A clock that stands still until it is moved: by {@link #advance(Duration)}, or by a
 * call that waits, such as {@code run()} or {@code waitFor()}, which moves it to what is
 * due next, again and again, until what it waits for has come. A thread of the test that
 * looks at the same thing a hundred times in a row, such as in a loop over
 * {@code isRunning()}, waits, too.
 *
 * <p>
 * Tasks of the library in the background run one at a time and in the same order each
 * time: when a call of the library returns, everything has happened that takes no time.
 * An error of a task is thrown by the call that has caused it, or by the next call of the
 * test's thread if that call has returned.
 *
 * <p>
 * Only the thread of the test moves the clock: the one that has called
 * {@link #advance(Duration)} or {@link FakeProcesses#stub(String)} last, or else created
 * the fakes. A call of another thread waits until the clock is moved, and the clock then
 * stands until that thread has done what it waited to do. To wait for such a thread in a
 * test, let the clock run meanwhile: {@link #letGo()}.
 *
 * <p>
 * A thread of the test that waits for something else, such as a {@code sleep} or a future
 * of its own, does not move the clock. If it has done so for 5 s in which nothing has
 * happened, while something is due or a process lives, a warning is logged that says
 * where it waits, and the clock is moved to what is due next, again and again until the
 * thread goes on. A task that waits for something else for 5 s is warned of likewise, and
 * does not hold up the clock any longer. A wait that can never end is an error after 5 s;
 * if something is due again and again, such as a schedule, after a million moves of the
 * clock. <i>Thread-safe.</i>
 */
public final class ManualTime implements TimeSource {

	/** Where every test begins, unless it says otherwise: a Saturday. */
	static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

	private final Instant start;

	private final DeterministicScheduler tasks = new DeterministicScheduler();

	private final ScheduledExecutorService scheduler = new ManualScheduler(this.tasks);

	ManualTime(Instant start) {
		this.start = start;
	}

	/**
	 * Moves the clock, and runs on the way all that becomes due, at its time. Returns
	 * when nothing is left to run before the new time or at it.
	 * @param duration how far; not negative
	 * @throws StrayProcessError if a process without a stub was refused meanwhile
	 * @throws IllegalArgumentException if it is negative, or if the clock would show more
	 * than 292 years after its beginning
	 * @throws IllegalStateException if a task does not come to its end, if this is called
	 * by one, or if the thread is interrupted while something is due, which stops the
	 * clock where it has come to
	 */
	public void advance(Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("The clock goes forward only: " + duration);
		}
		this.tasks.advance(TimeUnit.NANOSECONDS.convert(duration));
	}

	/**
	 * Lets the clock run by itself from now on, a thousand times as fast as the
	 * machine's: while the test waits for another thread that waits for processes, such
	 * as one of a web server, or while a Spring context closes.
	 */
	public void letGo() {
		this.tasks.letGo();
	}

	/**
	 * Lets the clock stand still again after {@link #letGo()}; does nothing if it does.
	 */
	public void hold() {
		this.tasks.hold();
	}

	@Override
	public Instant now() {
		return this.start.plusNanos(this.tasks.now());
	}

	@Override
	public long nanoTime() {
		return this.tasks.now();
	}

	/**
	 * This clock for code that reads a {@link Clock}.
	 * @return a view of this clock, in UTC
	 */
	public Clock clock() {
		return new View(ZoneOffset.UTC);
	}

	/**
	 * What runs tasks when they are due by this clock: while somebody advances it, or
	 * waits by it.
	 * @return the scheduler; it cannot be shut down
	 */
	@Override
	public ScheduledExecutorService scheduler() {
		return this.scheduler;
	}

	@Override
	public Executor executor() {
		return this.tasks::execute;
	}

	@Override
	public void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
		DeterministicScheduler.Listening signalled = this.tasks.listen(condition);
		// never run anything under a lock of others
		lock.unlock();
		try {
			this.tasks.awaitSignal(signalled, nanos);
		}
		finally {
			lock.lock();
		}
	}

	@Override
	public void signalAll(Condition condition) {
		condition.signalAll();
		this.tasks.signal(condition);
	}

	@Override
	public boolean await(CompletableFuture<?> future, long nanos) throws InterruptedException {
		return this.tasks.await(future::isDone, nanos, "a result");
	}

	@Override
	public <T> CompletableFuture<T> newFuture() {
		return new WaitingFuture<>(this);
	}

	@Override
	public void polled(Object what) {
		this.tasks.polled(what);
	}

	@Override
	public void settle() {
		this.tasks.settle();
	}

	DeterministicScheduler deterministicScheduler() {
		return this.tasks;
	}

	@Override
	public String toString() {
		return "ManualTime[" + now() + "]";
	}

	private final class View extends Clock {

		private final ZoneId zone;

		private View(ZoneId zone) {
			this.zone = zone;
		}

		@Override
		public ZoneId getZone() {
			return this.zone;
		}

		@Override
		public Clock withZone(ZoneId other) {
			return new View(other);
		}

		@Override
		public Instant instant() {
			return ManualTime.this.now();
		}

	}

}
