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

import io.procession.concurrent.TimeSource;

/**
 * A clock that stands still until it is moved, either by {@link #advance(Duration)} or by
 * a call that waits, such as {@code run()} or {@code waitFor()}. Such a call moves the
 * clock to the next due time, repeatedly, until its condition is met. A thread of the
 * test that polls the same object a hundred times in a row, such as in a loop over
 * {@code isRunning()}, waits as well.
 *
 * <p>
 * Background tasks of the library are executed one at a time and always in the same
 * order. When a call of the library returns, all tasks that do not require the clock to
 * move have been executed. An error of a task is thrown by the call that caused it, or by
 * the next call of the test's thread if that call has returned.
 *
 * <p>
 * Only the thread of the test moves the clock: the thread that last called
 * {@link #advance(Duration)} or {@link FakeProcesses#stub(String)}, or else the one that
 * created the fakes. A call of another thread waits until the clock is moved. The clock
 * then stands still until that thread has continued. To wait for such a thread in a test,
 * let the clock run in the meantime: {@link #letGo()}.
 *
 * <p>
 * If the thread of the test waits for something else, such as a {@code sleep} or a future
 * of its own, the clock does not move. If there is no activity for 5 s while something is
 * due or a process is alive, a warning with the stack trace of the thread is logged, and
 * the clock is moved to the next due time, repeatedly, until the thread continues. A
 * similar warning is logged if a task waits for something else for 5 s, after which the
 * clock moves on regardless of the task. A wait that can never end causes an error after
 * 5 s. If something is due repeatedly, such as a schedule, it causes an error after up to
 * a million moves of the clock. <i>Thread-safe.</i>
 */
public final class ManualTime implements TimeSource {

	/** Default start of the clock, a Saturday. */
	static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

	private final Instant start;

	private final DeterministicScheduler tasks = new DeterministicScheduler();

	private final ScheduledExecutorService scheduler = new ManualScheduler(this.tasks);

	ManualTime(Instant start) {
		this.start = start;
	}

	/**
	 * Move the clock, executing all tasks that become due in between at their time.
	 * Return when no task is left to execute up to and including the new time.
	 * @param duration the time to move the clock by; not negative
	 * @throws StrayProcessError if a process without a stub was rejected in the meantime
	 * @throws IllegalArgumentException if the duration is negative, or the clock would
	 * exceed 292 years after its start
	 * @throws IllegalStateException if a task does not end, if this method is called by a
	 * task, or if the thread is interrupted while something is due; the clock then keeps
	 * the time that it has reached
	 */
	public void advance(Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("The clock cannot be moved backward: " + duration);
		}
		this.tasks.advance(TimeUnit.NANOSECONDS.convert(duration));
	}

	/**
	 * Let the clock run by itself from now on, a thousand times as fast as the machine's
	 * clock. Use this while the test waits for another thread that waits for processes,
	 * such as a thread of a web server, or while a Spring context is being closed.
	 */
	public void letGo() {
		this.tasks.letGo();
	}

	/**
	 * Stop the clock that was started by {@link #letGo()}. This has no effect if the
	 * clock does not run.
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
	 * Return this clock as a {@link Clock}.
	 * @return a view of this clock, in UTC
	 */
	public Clock clock() {
		return new View(ZoneOffset.UTC);
	}

	/**
	 * Return a scheduler whose tasks are executed when they are due by this clock, while
	 * a thread advances the clock or waits by it.
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
		// tasks must not be executed while a foreign lock is held
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
