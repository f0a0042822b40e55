package io.procession.concurrent;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import io.procession.testing.LogCapture;
import io.procession.testing.NoLeaks;
import io.procession.testing.Threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(NoLeaks.class)
class BackgroundLogTests {

	private final BackgroundLog log = new BackgroundLog(new WorkerThreads(), TimeSource.system());

	@Test
	void writesInOrderBeforeItIsClosed() {
		List<Integer> written = new CopyOnWriteArrayList<>();

		for (int i = 0; i < 100; i++) {
			int number = i;
			this.log.write(() -> written.add(number));
		}
		this.log.close(Duration.ofSeconds(20));

		assertThat(written).hasSize(100).isSorted();
	}

	@Test
	void dropsAndCountsMessagesWhileBlocked() {
		CountDownLatch end = new CountDownLatch(1);
		AtomicInteger written = new AtomicInteger();
		try (LogCapture capture = LogCapture.begin()) {
			this.log.write(() -> Threads.hold(end));

			for (int i = 0; i < BackgroundLog.CAPACITY + 100; i++) {
				this.log.write(written::incrementAndGet);
			}
			assertThat(this.log.dropped()).isBetween(99L, 100L);
			end.countDown();
			this.log.close(Duration.ofSeconds(20));

			assertThat(written.get()).isBetween(BackgroundLog.CAPACITY, BackgroundLog.CAPACITY + 1);
			assertThat(capture.text()).containsPattern("Log messages were dropped .* count=(99|100)");
		}
	}

	@Test
	void preservesMdcOfWriter() {
		try (LogCapture capture = LogCapture.begin()) {
			try (MDC.MDCCloseable context = MDC.putCloseable("child.name", "sort")) {
				this.log.write(() -> LoggerFactory.getLogger(BackgroundLogTests.class).warn("with a context"));
			}
			this.log.write(() -> LoggerFactory.getLogger(BackgroundLogTests.class).warn("without one"));
			this.log.close(Duration.ofSeconds(20));

			assertThat(capture.text()).contains("{child.name=sort} with a context", "{} without one");
		}
	}

	@Test
	void survivesFailingMessage() {
		AtomicInteger written = new AtomicInteger();

		this.log.write(() -> {
			throw new OutOfMemoryError("planned");
		});
		this.log.write(written::incrementAndGet);

		await().atMost(Duration.ofSeconds(20)).until(() -> written.get() == 1);
		this.log.close(Duration.ofSeconds(20));
	}

	@Test
	void logsFirstFailureAndCountsOthers() {
		FailureStreak streak = new FailureStreak(this.log, LoggerFactory.getLogger(BackgroundLogTests.class), "It");
		try (LogCapture capture = LogCapture.begin()) {
			streak.succeeded();
			for (int i = 0; i < 50; i++) {
				streak.failed(new IllegalStateException("planned"));
			}
			streak.succeeded();
			streak.succeeded();
			this.log.close(Duration.ofSeconds(20));

			assertThat(capture.text()).containsOnlyOnce("IllegalStateException: planned")
				.containsOnlyOnce("It succeeded again: failures=50");
		}
	}

}
