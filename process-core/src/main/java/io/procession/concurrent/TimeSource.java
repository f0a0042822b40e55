package io.procession.concurrent;

import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

import org.jspecify.annotations.Nullable;

/**
 * Wall clock for timestamps and monotonic clock for intervals, with the operations that
 * wait by them. <i>Thread-safe.</i>
 *
 * <p>
 * An implementation has to provide the two clocks only. A manual clock, as used in tests,
 * has to override the other methods as well: a thread that waits for it by the system
 * clock would not be woken.
 */
public interface TimeSource {

	/**
	 * Return the current wall-clock time, which may jump.
	 * @return the current instant
	 */
	Instant now();

	/**
	 * Return a monotonic time, as {@link System#nanoTime()} does.
	 * @return the nanoseconds since an arbitrary origin
	 */
	long nanoTime();

	/**
	 * Wait on a condition, as {@link Condition#awaitNanos(long)} does: until signaled,
	 * until the given time has elapsed, or spuriously.
	 * @param lock the lock of the condition, held once by the current thread
	 * @param condition the condition
	 * @param nanos the maximum time to wait, in nanoseconds; {@link Long#MAX_VALUE} to
	 * wait indefinitely
	 * @throws InterruptedException if the thread was interrupted
	 */
	default void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
		if (nanos == Long.MAX_VALUE) {
			condition.await();
		}
		else {
			condition.awaitNanos(nanos);
		}
	}

	/**
	 * Wake all threads that wait on a condition.
	 * @param condition the condition, whose lock is held by the current thread
	 */
	default void signalAll(Condition condition) {
		condition.signalAll();
	}

	/**
	 * Wait for a future to be completed, normally or exceptionally.
	 * @param future the future
	 * @param nanos the maximum time to wait, in nanoseconds
	 * @return whether the future is completed
	 * @throws InterruptedException if the thread was interrupted
	 */
	default boolean await(CompletableFuture<?> future, long nanos) throws InterruptedException {
		try {
			future.get(nanos, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException | CancellationException ex) {
			return true;
		}
	}

	/**
	 * Create a future that users may wait for. The futures derived from it have to
	 * support the same clock.
	 * @param <T> the type of the result
	 * @return a new future
	 */
	default <T> CompletableFuture<T> newFuture() {
		return new CompletableFuture<>();
	}

	/**
	 * Run the tasks that are due now. Called without a lock by a thread that returns to
	 * its own work after it has started a task or waited for one.
	 */
	default void settle() {
	}

	/**
	 * Called by a thread that has polled something, without waiting and without holding a
	 * lock. If a thread does nothing but poll, a clock that is moved by hand may move on,
	 * since the thread waits in a loop of its own.
	 * @param what the object that was polled; its text is used in messages
	 */
	default void polled(Object what) {
	}

	/**
	 * Return the scheduler that runs tasks when they are due by this clock. Its tasks
	 * have to be short.
	 * @return the scheduler, or {@code null} to use one that follows the system clock
	 */
	default @Nullable ScheduledExecutorService scheduler() {
		return null;
	}

	/**
	 * Return the executor that runs all background tasks.
	 * @return the executor, or {@code null} to use threads that follow the system clock
	 */
	default @Nullable Executor executor() {
		return null;
	}

	/**
	 * Return the time source of the system.
	 * @return the time source
	 */
	static TimeSource system() {
		return new TimeSource() {

			@Override
			public Instant now() {
				return Instant.now();
			}

			@Override
			public long nanoTime() {
				return System.nanoTime();
			}

		};
	}

}
