package io.procession;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.concurrent.TimeSource;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.TimeLimit;
import io.procession.testing.OutOfDescriptors;
import io.procession.testing.Pace;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestChild;

import static io.procession.testing.Bounds.BEFORE_KILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class TimeoutIntegrationTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private final Plant plant = Plant.fresh();

	@TempDir
	Path directory;

	@Test
	void endsRun(ProcessManager processes) {
		ProcessTimedOutException ex = timedOut(shell(processes, "echo partial; echo error >&2; exec sleep 300"));

		assertThat(ex).isNotInstanceOf(ProcessIdleTimedOutException.class)
			.hasNoCause()
			.hasMessageContaining("exceeded its timeout of 300ms")
			.hasMessageContaining("sleep 300")
			.hasMessageContaining("stderr ends: \"error");
		assertThat(ex.exceededTimeout()).isEqualTo(SHORT);
		ProcessResult result = ex.result().orElseThrow();
		assertThat(result.output()).isEqualTo("partial\n");
		assertThat(result.errorOutput()).isEqualTo("error\n");
		assertThat(result.cause()).isEqualTo(ExitCause.TIMED_OUT);
		assertThat(result.exitCode()).isEqualTo(143);
		assertThat(result.failed()).isTrue();
	}

	private PendingProcess shell(ProcessManager processes, String script) {
		return processes.shell(script).env(Plant.NAME, this.plant.value());
	}

	private ProcessTimedOutException timedOut(PendingProcess pending) {
		Stopwatch watch = Stopwatch.started();
		AtomicReference<ProcessTimedOutException> thrown = new AtomicReference<>();
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(pending.timeout(SHORT)::run)
			.satisfies(thrown::set);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		return thrown.get();
	}

	@Test
	void endsStartedProcessWithoutWaitingThread(ProcessManager processes) {
		RunningProcess process = shell(processes, "echo partial; exec sleep 300").timeout(SHORT).start();

		await().atMost(BEFORE_KILL).until(() -> !process.isRunning());
		await().atMost(BEFORE_KILL).until(() -> this.plant.alive().isEmpty());
		assertThat(process.onExit().join().cause()).isEqualTo(ExitCause.TIMED_OUT);
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(process::waitFor)
			.satisfies((ex) -> assertThat(ex.result().orElseThrow().output()).isEqualTo("partial\n"));
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(() -> process.waitFor(Duration.ZERO));
	}

	@Test
	void endsQuietProcess(ProcessManager processes) {
		ProcessTimedOutException ex = timedOut(shell(processes, "echo out; exec sleep 300").quietly());
		RunningProcess started = shell(processes, "exec sleep 300").quietly().timeout(SHORT).start();

		assertThat(ex.result().orElseThrow().output()).isEmpty();
		assertThat(started.onExit().join().cause()).isEqualTo(ExitCause.TIMED_OUT);
	}

	@Test
	void endsProcessThatWritesToFiles(ProcessManager processes) {
		Path output = this.directory.resolve("output");

		timedOut(shell(processes, "echo out; exec sleep 300").outputTo(output)
			.errorOutputTo(this.directory.resolve("error")));

		assertThat(output).hasContent("out\n");
	}

	@Test
	void endsProcessThatClosedItsStreams(ProcessManager processes) {
		timedOut(shell(processes, "exec >&- 2>&-; exec sleep 300"));
	}

	@Test
	void endsProcessWithMassiveOutput(ProcessManager processes) {
		timedOut(shell(processes, Scripts.FLOODS).keepLast(1000));
	}

	@Test
	void endsProcessThatReadsNoInput(ProcessManager processes) {
		timedOut(shell(processes, "exec sleep 300").input(new byte[1 << 20]));
	}

	@Test
	void endsShellWithForegroundAndBackgroundSleep(ProcessManager processes) {
		ProcessTimedOutException ex = timedOut(shell(processes, "sleep 30 & sleep 20"));

		assertThat(ex.result().orElseThrow().cause()).isEqualTo(ExitCause.TIMED_OUT);
	}

	@Test
	void killsProcessThatIgnoresTerm(ProcessManager processes) {
		ProcessTimedOutException ex = timedOut(shell(processes, Scripts.IGNORES_TERM));

		assertThat(ex.result().orElseThrow().exitCode()).isEqualTo(137);
		assertThat(ex.result().orElseThrow().output()).isEqualTo("ready\n");
	}

	@Test
	void waitsForGracePeriodOfProcess(ProcessManager processes) {
		ProcessTimedOutException ex = timedOut(
				shell(processes, "trap 'sleep 0.3; echo bye; exit 3' TERM; sleep 300 & echo ready; wait")
					.stopGrace(Duration.ofSeconds(5)));

		assertThat(ex.result().orElseThrow().exitCode()).isEqualTo(3);
		assertThat(ex.result().orElseThrow().output()).isEqualTo("ready\nbye\n");
	}

	@Test
	@RequiresProgram("setsid")
	void endsDaemonInOwnSession(ProcessManager processes) {
		timedOut(shell(processes, Scripts.DAEMONIZES).stopGrace(Duration.ofMillis(200)));
	}

	@Test
	void doesNotWaitForProcessHoldingOutputAfterExit(ProcessManager processes) {
		for (int i = 0; i < 5; i++) {
			Stopwatch watch = Stopwatch.started();

			ProcessResult result = processes.shell("sleep 30 & echo hi").noTimeout().run();

			assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
			assertThat(result.output()).isEqualTo("hi\n");
			assertThat(result.exitCode()).isZero();
			assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
			assertThat(result.successful()).isTrue();
		}
	}

	@Test
	void doesNotWaitLongerThanTheDrain(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = processes.shell("(sleep 0.3; sleep 30) & sleep 0.2; echo hi")
			.drain(Duration.ofMillis(100))
			.run();

		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(result.output()).isEqualTo("hi\n");
		assertThat(result.successful()).isTrue();
	}

	@Test
	void endsLongDrainAtTimeout(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = processes.shell("sleep 30 & echo hi")
			.drain(Duration.ofMinutes(5))
			.timeout(Duration.ofSeconds(1))
			.run();

		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(result.exitCode()).isZero();
		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.output()).isEqualTo("hi\n");
	}

	@Test
	void doesNotWaitForSurvivorThatKeepsWriting(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = shell(processes, "yes & echo hi").keepLast(100).run();

		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(result.exitCode()).isZero();
		assertThat(processes.shell("echo other").run().output()).isEqualTo("other\n");
	}

	@Test
	void endsIdleProcess(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		assertThatExceptionOfType(ProcessIdleTimedOutException.class)
			.isThrownBy(() -> shell(processes, "echo partial; exec sleep 300").idleTimeout(SHORT).run())
			.satisfies((ex) -> {
				assertThat(ex).isInstanceOf(ProcessTimedOutException.class)
					.hasMessageContaining("wrote no output for its idle timeout of 300ms");
				assertThat(ex.exceededTimeout()).isEqualTo(SHORT);
				assertThat(ex.result().orElseThrow().cause()).isEqualTo(ExitCause.IDLE_TIMED_OUT);
				assertThat(ex.result().orElseThrow().output()).isEqualTo("partial\n");
			});

		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
	}

	@Test
	void doesNotShortenGracePeriodOfStop() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().timeoutGrace(Duration.ofMillis(100)).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			RunningProcess process = processes
				.shell("trap 'sleep 2; echo done; exit 0' TERM; echo ready; while :; do echo tick; sleep 0.05; done")
				.idleTimeout(Duration.ofSeconds(1))
				.start();
			process.waitUntil((type, line) -> line.equals("tick"), BEFORE_KILL);

			process.stop(Duration.ofSeconds(30));

			assertThat(process.onExit().orTimeout(20, TimeUnit.SECONDS).join().exitCode()).isZero();
			assertThat(process.output()).endsWith("done\n");
		}
	}

	@Test
	void endsIdleProcessWithoutWaitingThread(ProcessManager processes) {
		RunningProcess process = shell(processes, Scripts.IGNORES_TERM).idleTimeout(SHORT)
			.stopGrace(Duration.ofMillis(200))
			.start();

		await().atMost(BEFORE_KILL).until(() -> this.plant.alive().isEmpty());
		assertThat(process.onExit().join().cause()).isEqualTo(ExitCause.IDLE_TIMED_OUT);
		assertThatExceptionOfType(ProcessIdleTimedOutException.class).isThrownBy(process::ensureNotTimedOut);
	}

	@Test
	void endsIdleProcessWithoutCapture(ProcessManager processes) {
		PendingProcess quiet = shell(processes, "exec sleep 300").quietly().idleTimeout(SHORT);
		PendingProcess toFile = shell(processes, "echo out; exec sleep 300").outputTo(this.directory.resolve("output"))
			.idleTimeout(SHORT);

		assertThatExceptionOfType(ProcessIdleTimedOutException.class).isThrownBy(quiet::run);
		assertThatExceptionOfType(ProcessIdleTimedOutException.class).isThrownBy(toFile::run);
		assertThat(this.directory.resolve("output")).hasContent("out\n");
	}

	@Test
	void doesNotCountListenerTimeAsIdle(ProcessManager processes) {
		ProcessResult result = processes.shell("echo one; sleep 2; echo two")
			.idleTimeout(Duration.ofMillis(1500))
			.onLine((type, line) -> {
				if (line.equals("one")) {
					Pace.slowly(Duration.ofMillis(1200));
				}
			})
			.run();

		assertThat(result.outputLines()).containsExactly("one", "two");
	}

	@Test
	void countsOutputOnEitherStreamAsActivity(ProcessManager processes) {
		PendingProcess pending = processes.shell("for i in 1 2 3; do sleep 0.3; echo $i; sleep 0.3; echo $i >&2; done")
			.idleTimeout(Duration.ofMillis(1500));

		RunningProcess quiet = pending.quietly().start();
		ProcessResult result = pending.run();

		assertThat(result.successful()).isTrue();
		assertThat(quiet.waitFor().successful()).isTrue();
	}

	@Test
	void endsProcessThatWritesConstantly(ProcessManager processes) {
		ProcessTimedOutException ex = timedOut(
				shell(processes, "while :; do echo alive; sleep 0.05; done").idleTimeout(Duration.ofSeconds(5)));

		assertThat(ex).isNotInstanceOf(ProcessIdleTimedOutException.class);
		assertThat(ex.result().orElseThrow().cause()).isEqualTo(ExitCause.TIMED_OUT);
		assertThat(ex.result().orElseThrow().output()).contains("alive");
	}

	@Test
	void enforcesIdleTimeoutWithoutTimeout(ProcessManager processes) {
		assertThatExceptionOfType(ProcessIdleTimedOutException.class)
			.isThrownBy(() -> processes.command("sleep", "300").noTimeout().idleTimeout(SHORT).run());
	}

	@Test
	void usesDefaultsOfManager() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeout(TimeLimit.of(Duration.ofMillis(300)))
			.startTimeout(TimeLimit.of(Duration.ofMillis(301)))
			.build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			PendingProcess sleep = processes.command("sleep", "300");

			assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(sleep::run)
				.satisfies((ex) -> assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofMillis(300)));
			assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(sleep.start()::waitFor)
				.satisfies((ex) -> assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofMillis(301)));
			assertThat(sleep.runAsync().handle((result, ex) -> ex).join()).isInstanceOfSatisfying(
					ProcessTimedOutException.class,
					(ex) -> assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofMillis(300)));
			assertThat(processes.command("sleep", "1").noTimeout().run().successful()).isTrue();
			assertThat(processes.command("sleep", "1").timeout(Duration.ofSeconds(30)).run().successful()).isTrue();
		}
	}

	@Test
	void usesIdleTimeoutDefaultOfManager() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().idleTimeout(TimeLimit.of(SHORT)).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			assertThatExceptionOfType(ProcessIdleTimedOutException.class)
				.isThrownBy(() -> processes.run("sleep", "300"));
			assertThat(processes.command("sleep", "1").noIdleTimeout().run().successful()).isTrue();
		}
	}

	@Test
	void setsNoTimeoutForStartedProcessByDefault() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeout(TimeLimit.of(Duration.ofMillis(100)))
			.build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			assertThat(processes.start("sleep", "1").waitFor().successful()).isTrue();
		}
	}

	@Test
	void runsAgainAfterATimeout(ProcessManager processes) {
		PendingProcess sleep = processes.shell("exec sleep $FOR").timeout(Duration.ofSeconds(2));

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(sleep.env("FOR", "300")::run);
		assertThat(sleep.env("FOR", "0").run().successful()).isTrue();
	}

	@Test
	void enforcesManyTimeoutsConcurrently(ProcessManager processes) {
		List<RunningProcess> started = new ArrayList<>();
		long deadline = System.nanoTime() + Duration.ofSeconds(3).toNanos();
		for (int i = 0; i < 200; i++) {
			Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
			started.add(shell(processes, "exec sleep 300").timeout(left).start());
		}

		await().atMost(Duration.ofSeconds(20)).until(() -> this.plant.alive().isEmpty());

		assertThat(started).extracting((process) -> process.onExit().join().cause())
			.hasSize(200)
			.containsOnly(ExitCause.TIMED_OUT);
	}

	@Test
	void needsNoCommonPool(ProcessManager processes) {
		CountDownLatch release = new CountDownLatch(1);
		for (int i = 0; i < 2 * ForkJoinPool.commonPool().getParallelism() + 2; i++) {
			ForkJoinPool.commonPool().execute(() -> awaitQuietly(release));
		}
		try {
			Stopwatch watch = Stopwatch.started();

			assertThat(processes.shell("echo hi").run().output()).isEqualTo("hi\n");
			assertThat(processes.shell("echo hi").start().waitFor().output()).isEqualTo("hi\n");
			assertThat(processes.shell("echo hi").quietly().start().onExit().join().exitCode()).isZero();
			assertThat(processes.shell("echo hi").runAsync().join().output()).isEqualTo("hi\n");
			RunningProcess process = shell(processes, Scripts.IGNORES_TERM).timeout(SHORT)
				.stopGrace(Duration.ofMillis(100))
				.start();
			assertThat(process.onExit().join().cause()).isEqualTo(ExitCause.TIMED_OUT);
			RunningProcess stopped = processes.start("sleep", "300");
			stopped.stop();
			assertThat(stopped.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
			assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(20));
		}
		finally {
			release.countDown();
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void stopsProcessTreeWhenCallerIsInterrupted(ProcessManager processes) throws InterruptedException {
		AtomicReference<ProcessInterruptedException> thrown = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean();
		Thread caller = new Thread(() -> {
			try {
				shell(processes, "echo partial; sleep 300 & sleep 300").run();
			}
			catch (ProcessInterruptedException ex) {
				flag.set(Thread.currentThread().isInterrupted());
				thrown.set(ex);
			}
		});
		caller.start();
		await().atMost(BEFORE_KILL).until(() -> processes.running().stream().anyMatch((p) -> !p.output().isEmpty()));
		Stopwatch watch = Stopwatch.started();

		caller.interrupt();

		caller.join(BEFORE_KILL.toMillis());
		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(flag).isTrue();
		assertThat(thrown.get()).hasMessageContaining("sleep 300").hasMessageContaining("stopped");
		assertThat(thrown.get().result()).hasValueSatisfying((result) -> {
			assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
			assertThat(result.output()).isEqualTo("partial\n");
		});
	}

	@Test
	void leavesNoProcessWhenCallerWasAlreadyInterrupted(ProcessManager processes) throws InterruptedException {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			Thread.currentThread().interrupt();
			try {
				shell(processes, "sleep 300").run();
			}
			catch (ProcessInterruptedException ex) {
				thrown.set(ex);
			}
		});
		caller.start();

		caller.join(BEFORE_KILL.toMillis());

		assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void enforcesTimeoutWithoutFreeDescriptor(ProcessManager processes) {
		assertThat(outOfDescriptors(processes, "briefly").outputLines()).contains("ended TIMED_OUT 143");
	}

	@Test
	void killsWithoutFreeDescriptorForLongerThanGracePeriod(ProcessManager processes) {
		assertThat(outOfDescriptors(processes, "lasting").outputLines()).contains("ended TIMED_OUT 137");
	}

	private static ProcessResult outOfDescriptors(ProcessManager processes, String how) {
		List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 256; exec \"$@\"", "sh"));
		command.addAll(TestChild.javaCommand(OutOfDescriptors.class, how));
		return processes.command(command).run().throwIfFailed();
	}

	@Test
	void measuresTimesDespiteWallClockJumps() {
		AtomicLong hours = new AtomicLong();
		TimeSource jumping = new TimeSource() {

			@Override
			public Instant now() {
				return Instant.now().plus(Duration.ofHours(hours.updateAndGet((last) -> -2 * last + 1)));
			}

			@Override
			public long nanoTime() {
				return System.nanoTime();
			}

		};
		try (ProcessManager processes = ProcessManager.builder().timeSource(jumping).build()) {
			ProcessResult result = shell(processes, "sleep 0.2; echo hi").timeout(Duration.ofMinutes(5))
				.idleTimeout(Duration.ofMinutes(5))
				.run();

			assertThat(result.output()).isEqualTo("hi\n");
			assertThat(result.duration()).isBetween(Duration.ofMillis(150), Duration.ofMinutes(1));
			timedOut(shell(processes, "exec sleep 300"));
		}
	}

}
