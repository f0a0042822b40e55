package io.procession.engine;

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
 * The two clocks: the wall, for timestamps, and a monotonic one, for every interval; and
 * how threads wait by them. <i>Thread-safe.</i>
 *
 * <p>
 * Only the two clocks have to be given. A clock that is moved by hand, as in a test,
 * gives the rest, too: whoever waits for it on the machine's clock waits in vain.
 */
public interface TimeSource {

	/**
	 * The time on the wall, which may jump.
	 * @return the instant
	 */
	Instant now();

	/**
	 * A time that only goes forward, as {@link System#nanoTime()}.
	 * @return nanoseconds from an arbitrary origin
	 */
	long nanoTime();

	/**
	 * Waits on a condition as {@link Condition#awaitNanos(long)} does: until it is
	 * signalled, for so long, or less for no reason.
	 * @param lock the lock of the condition, held once by this thread
	 * @param condition the condition
	 * @param nanos at most so long; the largest number means without a bound
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
	 * Wakes all that wait on a condition.
	 * @param condition the condition, whose lock this thread holds
	 */
	default void signalAll(Condition condition) {
		condition.signalAll();
	}

	/**
	 * Waits until a future is done, however.
	 * @param future the future
	 * @param nanos at most so long
	 * @return whether it is done
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
	 * A future that users may wait for. So are those that depend on it.
	 * @param <T> of what
	 * @return a new future
	 */
	default <T> CompletableFuture<T> newFuture() {
		return new CompletableFuture<>();
	}

	/**
	 * Called by a thread that goes back to its own work, without a lock, after it has
	 * started something or waited for it: what is due now may be run before.
	 */
	default void settle() {
	}

	/**
	 * Called by a thread that has looked at something which goes on, without a wait and
	 * without a lock. If a thread does nothing but look, a clock that is moved by hand
	 * may move on: that thread waits in a loop of its own.
	 * @param what what it has looked at; its text is for messages
	 */
	default void polled(Object what) {
	}

	/**
	 * What runs tasks when they are due by this clock. Nothing may take long on it.
	 * @return the scheduler, or {@code null} for one that goes by the machine's clock
	 */
	default @Nullable ScheduledExecutorService scheduler() {
		return null;
	}

	/**
	 * What runs everything that goes on beside the caller.
	 * @return the executor, or {@code null} for threads that go by the machine's clock
	 */
	default @Nullable Executor executor() {
		return null;
	}

	/**
	 * The clocks of the machine.
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
