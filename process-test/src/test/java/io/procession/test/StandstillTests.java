package io.procession.test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for the warning about a test that waits for something that does not advance the
 * clock.
 */
@Timeout(60)
class StandstillTests {

	private static final Duration SHORT = Duration.ofSeconds(1);

	private final Logger logger = (Logger) LoggerFactory.getLogger(BackgroundDriver.class);

	private final Warnings warnings = new Warnings();

	@BeforeEach
	void listen() {
		this.warnings.start();
		this.logger.setLevel(Level.WARN);
		this.logger.setAdditive(false);
		this.logger.addAppender(this.warnings);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.warnings);
		this.logger.setLevel(null);
		this.logger.setAdditive(true);
	}

	@Test
	void testWaitingForOtherConditionIsWarnedAndContinues() throws Exception {
		FakeProcesses over = fakes();
		over.stub("date");
		over.time().scheduler().schedule(over::toString, 1, TimeUnit.HOURS);
		over.reset();
		FakeProcesses hanging = fakes();
		Thread test = new Thread(() -> waitInVain(hanging), "a-test");
		test.start();

		String warning = this.warnings.messages.poll(30, TimeUnit.SECONDS);

		assertThat(warning).contains("'a-test'")
			.contains("has been at +PT0S")
			.contains("next scheduled task, at +PT1H")
			.contains("FakeProcesses.advance(...)")
			.contains("StandstillTests.waitInVain");
		test.join();
		assertThat(Duration.ofNanos(hanging.time().nanoTime())).isEqualTo(Duration.ofHours(2));
		assertThat(this.warnings.messages).isEmpty();
	}

	@Test
	void testWaitingIndefinitelyIsWarned() throws Exception {
		FakeProcesses hanging = fakes();
		CompletableFuture<Void> end = new CompletableFuture<>();
		Thread test = new Thread(() -> {
			hanging.stub("server").hangs();
			hanging.manager().start("server");
			end.join();
		}, "another-test");
		test.start();

		assertThat(this.warnings.messages.poll(30, TimeUnit.SECONDS)).contains("'another-test'")
			.contains("Nothing is scheduled");
		// logged once
		assertThat(this.warnings.messages.poll(500, TimeUnit.MILLISECONDS)).isNull();
		end.complete(null);
		test.join();
	}

	@Test
	void busyTestIsNotWarned() throws Exception {
		FakeProcesses untouched = fakes();
		untouched.stub("slow").after(Duration.ofHours(1));
		RunningProcess process = untouched.manager().command("slow").noTimeout().start();

		// to the JVM, it is busy
		try (ServerSocket nobodyCalls = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			nobodyCalls.setSoTimeout((int) SHORT.multipliedBy(2).toMillis());
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(nobodyCalls::accept);
		}
		String warning = this.warnings.messages.poll(500, TimeUnit.MILLISECONDS);

		assertThat(warning).isNull();
		assertThat(untouched.time().nanoTime()).isZero();
		assertThat(process.isRunning()).isTrue();
		untouched.reset();
	}

	@Test
	void testWaitingForOtherThreadIsWarnedAndContinues() throws Exception {
		FakeProcesses hanging = fakes();
		hanging.stub("slow").after(Duration.ofHours(1)).outputLines("done");
		ProcessManager manager = hanging.manager();
		FutureTask<ProcessResult> task = new FutureTask<>(() -> manager.command("slow").noTimeout().run());
		Thread other = new Thread(task, "a-worker");
		other.start();

		ProcessResult result = task.get();

		assertThat(result.output()).isEqualTo("done\n");
		assertThat(result.duration()).isEqualTo(Duration.ofHours(1));
		assertThat(this.warnings.messages.poll()).contains("'a-worker'").contains("ManualTime.letGo()");
		assertThat(this.warnings.messages).isEmpty();
	}

	@Test
	void runningClockAvoidsWait() throws Exception {
		FakeProcesses free = FakeProcesses.create();
		free.stub("slow").after(Duration.ofSeconds(30)).outputLines("done");
		ProcessManager manager = free.manager();
		FutureTask<ProcessResult> task = new FutureTask<>(() -> manager.command("slow").run());

		free.time().letGo();
		new Thread(task, "a-worker").start();
		ProcessResult result = task.get();
		free.time().hold();

		assertThat(result.output()).isEqualTo("done\n");
		assertThat(this.warnings.messages).isEmpty();
	}

	@Test
	void endlessWaitOfOtherThreadFails() {
		FakeProcesses hanging = fakes();
		hanging.time().deterministicScheduler().mostIdleMoves(100);
		hanging.stub("stuck").hangs();
		RunningProcess process = hanging.manager().start("stuck");
		FutureTask<Throwable> task = new FutureTask<>(() -> catchThrowable(process::waitFor));
		new Thread(task, "a-worker").start();

		assertThat(task).succeedsWithin(Duration.ofSeconds(30))
			.satisfies((thrown) -> assertThat(thrown).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("the end of 'stuck")
				.hasMessageContaining("will never happen"));
		assertThat(process.isRunning()).isTrue();
		hanging.reset();
	}

	private static FakeProcesses fakes() {
		FakeProcesses made = FakeProcesses.create();
		made.time().deterministicScheduler().longestAbsence(SHORT);
		return made;
	}

	private static void waitInVain(FakeProcesses processes) {
		processes.stub("slow").after(Duration.ofHours(1));
		ProcessManager manager = processes.manager();
		CompletableFuture<ProcessResult> one = manager.command("slow").noTimeout().runAsync();
		CompletableFuture<ProcessResult> two = one
			.thenCompose((result) -> manager.command("slow").noTimeout().runAsync());
		CompletableFuture.allOf(one, two).join();
	}

	private static final class Warnings extends AppenderBase<ILoggingEvent> {

		private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		@Override
		protected void append(ILoggingEvent event) {
			// other tests have left fakes that log other warnings
			if (event.getFormattedMessage().contains("has been at")) {
				this.messages.add(event.getFormattedMessage());
			}
		}

	}

}
