package io.procession.concurrent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ConcurrencyLimitTests {

	private static final Duration SHORT = Duration.ofMillis(20);

	@Test
	void grantsNoMorePermitsThanAvailable() {
		ConcurrencyLimit limit = new ConcurrencyLimit(2, TimeSource.system());

		assertThat(limit.tryAcquire(1)).isTrue();
		assertThat(limit.tryAcquire(1)).isTrue();
		assertThat(limit.tryAcquire(1)).isFalse();
		limit.release(1);
		assertThat(limit.tryAcquire(1)).isTrue();
	}

	@Test
	void canBeUnlimited() throws InterruptedException {
		ConcurrencyLimit limit = new ConcurrencyLimit(Integer.MAX_VALUE, TimeSource.system());

		for (int i = 0; i < 1000; i++) {
			assertThat(limit.acquire(1000, SHORT)).isTrue();
		}
		limit.release(1);
		assertThat(limit.whenAvailable(1)).isCompletedWithValue(true);
	}

	@Test
	void servesWaitersInOrder() {
		ConcurrencyLimit limit = new ConcurrencyLimit(1, TimeSource.system());
		limit.tryAcquire(1);
		List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			waiting.add(limit.whenAvailable(1));
		}

		for (int served = 0; served < 5; served++) {
			assertThat(waiting.stream().filter(CompletableFuture::isDone)).hasSize(served);
			limit.release(1);
			assertThat(waiting.get(served)).isCompletedWithValue(true);
		}
		limit.release(1);
		assertThat(limit.tryAcquire(1)).isTrue();
	}

	@Test
	void doesNotOvertakeWaiterForManyPermits() {
		ConcurrencyLimit limit = new ConcurrencyLimit(3, TimeSource.system());
		limit.tryAcquire(2);
		CompletableFuture<Boolean> many = limit.whenAvailable(3);
		CompletableFuture<Boolean> one = limit.whenAvailable(1);

		assertThat(limit.tryAcquire(1)).isFalse();
		assertThat(many).isNotDone();
		assertThat(one).isNotDone();
		limit.release(2);
		assertThat(many).isCompletedWithValue(true);
		assertThat(one).isNotDone();
		limit.release(3);
		assertThat(one).isCompletedWithValue(true);
	}

	@Test
	void timesOut() throws InterruptedException {
		ConcurrencyLimit limit = new ConcurrencyLimit(1, TimeSource.system());
		limit.tryAcquire(1);

		assertThat(limit.acquire(1, SHORT)).isFalse();
		CompletableFuture<Boolean> next = limit.whenAvailable(1);
		limit.release(1);

		assertThat(next).isCompletedWithValue(true);
	}

	@Test
	void servesNextWaiterWhenAnotherTimesOut() throws InterruptedException {
		ConcurrencyLimit limit = new ConcurrencyLimit(2, TimeSource.system());
		limit.tryAcquire(1);

		assertThat(limit.acquire(2, SHORT)).isFalse();

		assertThat(limit.tryAcquire(1)).isTrue();
	}

	@Test
	void losesNoPermitWhenWaiterIsCanceled() {
		ConcurrencyLimit limit = new ConcurrencyLimit(1, TimeSource.system());
		limit.tryAcquire(1);
		CompletableFuture<Boolean> cancelled = limit.whenAvailable(1);
		CompletableFuture<Boolean> next = limit.whenAvailable(1);

		cancelled.cancel(false);
		limit.release(1);

		assertThat(next).isCompletedWithValue(true);
		limit.release(1);
		assertThat(limit.tryAcquire(1)).isTrue();
	}

	@Test
	void losesNoPermitWhenWaiterIsInterrupted() {
		ConcurrencyLimit limit = new ConcurrencyLimit(1, TimeSource.system());
		limit.tryAcquire(1);

		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> limit.acquire(1, Duration.ofSeconds(60)));
		limit.release(1);

		assertThat(limit.tryAcquire(1)).isTrue();
	}

	@Test
	void rejectsWaitersWhenClosed() throws InterruptedException {
		ConcurrencyLimit limit = new ConcurrencyLimit(1, TimeSource.system());
		limit.tryAcquire(1);
		CompletableFuture<Boolean> waiting = limit.whenAvailable(1);

		limit.close();

		assertThat(waiting).isCompletedWithValue(false);
		assertThat(limit.whenAvailable(1)).isCompletedWithValue(false);
		assertThat(limit.acquire(1, Duration.ofSeconds(60))).isFalse();
	}

	@Test
	void losesNoPermitUnderContention() throws InterruptedException {
		ConcurrencyLimit limit = new ConcurrencyLimit(3, TimeSource.system());
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			int permits = 1 + i % 3;
			Thread thread = new Thread(() -> {
				for (int round = 0; round < 2000; round++) {
					try {
						if (limit.acquire(permits, Duration.ofNanos(1 + round * 50L))) {
							limit.release(permits);
						}
					}
					catch (InterruptedException ex) {
						return;
					}
				}
			});
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads) {
			thread.join();
		}

		assertThat(limit.tryAcquire(3)).isTrue();
		assertThat(limit.tryAcquire(1)).isFalse();
	}

}
