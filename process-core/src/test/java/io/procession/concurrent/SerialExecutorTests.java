package io.procession.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class SerialExecutorTests {

	private final SerialExecutor executor = new SerialExecutor(Runnable::run);

	@Test
	void runsNestedTaskAfterwards() {
		List<String> order = new ArrayList<>();

		this.executor.execute(() -> {
			this.executor.execute(() -> order.add("second"));
			order.add("first");
		});

		assertThat(order).containsExactly("first", "second");
	}

	@Test
	void continuesAfterFailedTask() {
		List<String> order = new ArrayList<>();

		this.executor.execute(() -> {
			this.executor.execute(() -> order.add("queued"));
			throw new IllegalStateException("on purpose");
		});
		this.executor.execute(() -> order.add("next"));

		assertThat(order).containsExactly("queued", "next");
	}

	@Test
	void runsOneTaskAtATimeInTheOrderOfEachThread() throws InterruptedException {
		int threads = 4;
		int tasks = 2000;
		int[] last = new int[threads];
		int[] done = new int[1];
		CountDownLatch start = new CountDownLatch(1);
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			int thread = i;
			callers.add(new Thread(() -> {
				awaitQuietly(start);
				for (int task = 1; task <= tasks; task++) {
					int number = task;
					this.executor.execute(() -> {
						last[thread] = (last[thread] == number - 1) ? number : -tasks;
						done[0]++;
					});
				}
			}));
		}
		callers.forEach(Thread::start);

		start.countDown();

		for (Thread caller : callers) {
			caller.join();
		}
		CountDownLatch seen = new CountDownLatch(1);
		this.executor.execute(seen::countDown);
		assertThat(seen.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(last).containsOnly(tasks);
		assertThat(done[0]).isEqualTo(threads * tasks);
	}

	@Test
	void executesLaterTasksAfterRejection() {
		List<String> order = new ArrayList<>();
		AtomicBoolean full = new AtomicBoolean(true);
		SerialExecutor executor = new SerialExecutor((task) -> {
			if (full.get()) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		});

		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> executor.execute(() -> order.add("rejected")));
		full.set(false);
		executor.execute(() -> order.add("next"));

		assertThat(order).containsExactly("next");
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
