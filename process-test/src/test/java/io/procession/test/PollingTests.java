package io.procession.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.ProcessManager;
import io.procession.execution.RunningPipeline;
import io.procession.execution.RunningProcess;
import io.procession.pool.RunningPool;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for loops that only poll, which advance the clock.
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollingTests {

	private final FakeProcesses processes = FakeProcesses.create();

	private final ProcessManager manager = this.processes.manager();

	// each test runs on its own thread, which must be the one that advances the clock
	private void stubs() {
		this.processes.stub("import").outputLines("one").after(Duration.ofSeconds(3)).outputLines("two").exitCode(4);
		this.processes.stub("hangs").hangs();
	}

	private Duration elapsed() {
		return Duration.between(ManualTime.START, this.processes.time().now());
	}

	@RepeatedTest(5)
	void endsLoopOverProcess() {
		stubs();
		RunningProcess process = this.manager.start("import");
		List<String> log = new ArrayList<>();

		while (process.isRunning()) {
			String latest = process.latestOutput();
			if (!latest.isEmpty()) {
				log.add(latest);
			}
		}
		log.add(process.latestOutput());

		assertThat(String.join("", log)).isEqualTo("one\ntwo\n");
		assertThat(process.waitFor()).hasExitCode(4).hasCause(ExitCause.EXITED);
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void endsLoopOverStateOfProgram() {
		this.processes.stub("worker").after(Duration.ofMinutes(1)).exitCode(1);
		ProcessSupervisor supervisor = ProcessSupervisor.create(this.manager.launcher());
		supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("worker"))).build());
		supervisor.start();

		while (supervisor.find("worker").orElseThrow().state() != ProgramState.BACKOFF) {
			Thread.onSpinWait();
		}

		assertThat(elapsed()).isEqualTo(Duration.ofMinutes(1));
		while (supervisor.programs().get(0).restarts() < 2) {
			Thread.onSpinWait();
		}
		assertThat(elapsed()).isGreaterThan(Duration.ofMinutes(2));
		supervisor.close();
	}

	@Test
	void endsLoopOverOutput() {
		stubs();
		RunningProcess process = this.manager.start("import");

		while (!process.output().contains("two")) {
			Thread.onSpinWait();
		}

		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void endsLoopOverProcessWithTimeout() {
		stubs();
		RunningProcess process = this.manager.command("hangs").timeout(Duration.ofMinutes(5)).start();

		while (process.isRunning()) {
			Thread.onSpinWait();
		}

		assertThat(process.onExit().join()).timedOut();
		assertThat(elapsed()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(5).plusSeconds(1));
	}

	@Test
	void endsLoopOverPool() {
		stubs();
		RunningPool pool = this.manager.pool()
			.concurrency(1)
			.add(this.manager.command("import"))
			.add(this.manager.command("import"))
			.start();

		while (!pool.running().isEmpty()) {
			Thread.onSpinWait();
		}

		assertThat(pool.isRunning()).isFalse();
		assertThat(pool.waitFor()).extracting(ProcessResult::exitCode).containsExactly(4, 4);
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(6));
	}

	@Test
	void endsLoopOverPipeline() {
		stubs();
		this.processes.stub("wc").repliesWith((call) -> call.input().length() + "\n");
		RunningPipeline pipeline = this.manager.command("import").pipe("wc").pipefail(false).start();

		while (pipeline.isRunning()) {
			Thread.onSpinWait();
		}

		assertThat(pipeline.waitFor().output()).isEqualTo("8\n");
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void endsLoopOverRunningProcessesOfManager() {
		stubs();
		this.manager.start("import");

		while (!this.manager.running().isEmpty()) {
			Thread.onSpinWait();
		}

		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void endsLoopOverFuture() {
		stubs();
		CompletableFuture<ProcessResult> result = this.manager.command("import").runAsync();
		CompletableFuture<Integer> code = result.thenApply(ProcessResult::exitCode);

		while (!result.isDone() || !code.isDone()) {
			Thread.onSpinWait();
		}

		assertThat(code).isCompletedWithValue(4);
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void endsLoopOverNewFutures() {
		stubs();
		RunningProcess process = this.manager.start("import");

		while (!process.onExit().isDone()) {
			Thread.onSpinWait();
		}

		assertThat(process.waitFor()).hasExitCode(4).hasCause(ExitCause.EXITED);
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void endsLoopOverZeroWaits() {
		stubs();
		RunningProcess process = this.manager.start("import");
		RunningPool pool = this.manager.pool().add(this.manager.command("import")).start();

		while (process.waitFor(Duration.ZERO).isEmpty()) {
			Thread.onSpinWait();
		}
		while (pool.waitFor(Duration.ZERO).isEmpty()) {
			Thread.onSpinWait();
		}

		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void endsLoopOverValueOfFuture() {
		stubs();
		CompletableFuture<ProcessResult> result = this.manager.command("import").runAsync();

		while (result.getNow(null) == null) {
			Thread.onSpinWait();
		}

		assertThat(result.join()).hasExitCode(4);
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void reportsCanceledFutureLikeRealEngine() {
		stubs();
		CompletableFuture<ProcessResult> result = this.manager.command("hangs").runAsync();

		result.cancel(true);

		assertThatExceptionOfType(CancellationException.class).isThrownBy(result::join);
		assertThatExceptionOfType(CancellationException.class).isThrownBy(result::get);
		assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> result.get(1, TimeUnit.SECONDS));
		assertThat(this.manager.running()).isEmpty();
		assertThat(elapsed()).isZero();
	}

	@Test
	void doesNotAdvanceClockForFewPolls() {
		stubs();
		RunningProcess process = this.manager.start("import");

		for (int i = 0; i < 20; i++) {
			assertThat(process.isRunning()).isTrue();
			assertThat(process.output()).isEqualTo("one\n");
		}

		assertThat(elapsed()).isZero();
	}

	@Test
	void reportsEndlessLoop() {
		stubs();
		this.processes.time().deterministicScheduler().longestAbsence(Duration.ofMillis(300));
		RunningProcess process = this.manager.start("hangs");

		assertThatIllegalStateException().isThrownBy(() -> {
			while (process.isRunning()) {
				Thread.onSpinWait();
			}
		})
			.withMessageContaining("waits for the end of 'hangs'")
			.withMessageContaining("nothing is scheduled")
			.withMessageContaining("Let the stub end (exitCode, after)");
		assertThat(elapsed()).isZero();
	}

	@Test
	void throwsStrayRejectedMeanwhile() {
		stubs();
		this.processes.time().scheduler().schedule(() -> this.manager.run("stray"), 1, TimeUnit.SECONDS);
		RunningProcess process = this.manager.start("import");

		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> {
			while (process.isRunning()) {
				Thread.onSpinWait();
			}
		});
	}

	@Test
	void doesNotAdvanceClockForOtherThread() throws InterruptedException {
		stubs();
		RunningProcess process = this.manager.start("import");
		CountDownLatch polled = new CountDownLatch(1);
		Instant before = this.processes.time().now();

		Thread other = new Thread(() -> {
			for (int i = 0; i < 10_000; i++) {
				assertThat(process.isRunning()).isTrue();
			}
			polled.countDown();
		});
		other.start();
		polled.await();
		other.join();

		assertThat(this.processes.time().now()).isEqualTo(before);
		assertThat(process.isRunning()).isTrue();
	}

	@Test
	void continuesWhenOtherThreadEndsProcess() throws InterruptedException {
		stubs();
		RunningProcess process = this.manager.start("hangs");
		Thread other = new Thread(process::kill);
		other.start();

		while (process.isRunning()) {
			Thread.onSpinWait();
		}

		other.join();
		assertThat(process.waitFor()).hasCause(ExitCause.KILLED);
		assertThat(elapsed()).isLessThan(Duration.ofSeconds(1));
	}

}
