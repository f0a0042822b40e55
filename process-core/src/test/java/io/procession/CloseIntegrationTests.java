package io.procession;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStopping;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.testing.Plant;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.BEFORE_LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

@RealProcesses
class CloseIntegrationTests {

	private final Plant plant = Plant.fresh();

	@TempDir
	Path directory;

	private static ProcessManager withShutdownGrace(Duration grace) {
		return ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().shutdownGrace(grace).build())
			.build();
	}

	private RunningProcess startReady(ProcessManager processes, String script) {
		RunningProcess process = processes.shell(script).env(Plant.NAME, this.plant.value()).start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(20))).isTrue();
		return process;
	}

	@Test
	void stopsRunningProcesses(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);
		RunningProcess process = startReady(processes, Scripts.SLEEPS);

		processes.close();

		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.isRunning()).isFalse();
		assertThat(processes.running()).isEmpty();
		ProcessResult result = process.waitFor(BEFORE_LOST).orElseThrow();
		assertThat(result.cause()).isEqualTo(ExitCause.SHUTDOWN);
		assertThat(result.exitCode()).isEqualTo(143);
		assertThat(result.output()).isEqualTo("ready\n");
		await().atMost(BEFORE_LOST).until(() -> events.size() >= 3);
		assertThat(events.get(1)).isInstanceOfSatisfying(ProcessStopping.class,
				(stopping) -> assertThat(stopping.cause()).isEqualTo(ExitCause.SHUTDOWN));
		assertThat(events.get(2)).isInstanceOfSatisfying(ProcessExited.class,
				(exited) -> assertThat(exited.cause()).isEqualTo(ExitCause.SHUTDOWN));
	}

	@Test
	void stopsAllConcurrently() {
		List<RunningProcess> started = new ArrayList<>();
		Stopwatch watch;
		try (ProcessManager processes = withShutdownGrace(Duration.ofSeconds(20))) {
			for (int i = 0; i < 30; i++) {
				started.add(startReady(processes, "trap 'sleep 0.7; exit 5' TERM; sleep 300 & echo ready; wait"));
			}
			watch = Stopwatch.started();
		}

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(started).allSatisfy((process) -> {
			assertThat(process.waitFor().cause()).isEqualTo(ExitCause.SHUTDOWN);
			assertThat(process.waitFor().exitCode()).isEqualTo(5);
		});
	}

	@Test
	void killsAfterTheShutdownGrace() {
		List<RunningProcess> started = new ArrayList<>();
		Stopwatch watch;
		try (ProcessManager processes = withShutdownGrace(Duration.ofMillis(500))) {
			for (int i = 0; i < 20; i++) {
				started.add(startReady(processes, Scripts.IGNORES_TERM));
			}
			started.add(processes.shell(Scripts.IGNORES_TERM).stopGrace(Duration.ofMinutes(5)).start());
			watch = Stopwatch.started();
		}

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(started).extracting((process) -> process.waitFor().cause()).containsOnly(ExitCause.SHUTDOWN);
	}

	@Test
	void rejectsStartsAfterwards(ProcessManager processes) {
		processes.run("true");

		processes.close();

		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(() -> processes.run("true"))
			.withMessageContaining("true")
			.withMessageContaining("closed");
		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(() -> processes.start("true"));
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> processes.command("true").runAsync().join())
			.withCauseInstanceOf(ProcessRejectedException.class);
		assertThatExceptionOfType(ProcessRejectedException.class)
			.isThrownBy(() -> processes.command("true").detached().start());
	}

	@Test
	void stopsRunOfAnotherThread() throws InterruptedException {
		AtomicReference<ProcessResult> result = new AtomicReference<>();
		Thread running;
		CompletableFuture<ProcessResult> future;
		try (ProcessManager processes = ProcessManager.create()) {
			running = Threads
				.start(() -> result.set(processes.command("sleep", "300").env(Plant.NAME, this.plant.value()).run()));
			future = processes.command("sleep", "300").env(Plant.NAME, this.plant.value()).runAsync();
			await().atMost(BEFORE_LOST).until(() -> processes.running().size() == 2);
		}

		running.join(BEFORE_LOST.toMillis());
		assertThat(result.get().cause()).isEqualTo(ExitCause.SHUTDOWN);
		assertThat(future.orTimeout(10, TimeUnit.SECONDS).join().cause()).isEqualTo(ExitCause.SHUTDOWN);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void leavesNoProcessOfStartsInProgress() throws InterruptedException {
		for (int round = 0; round < 5; round++) {
			List<RunningProcess> started = Collections.synchronizedList(new ArrayList<>());
			List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
			List<Thread> threads = new ArrayList<>();
			try (ProcessManager processes = ProcessManager.create()) {
				for (int i = 0; i < 8; i++) {
					threads.add(Threads.start(() -> {
						try {
							while (true) {
								started
									.add(processes.command("sleep", "300").env(Plant.NAME, this.plant.value()).start());
							}
						}
						catch (Throwable ex) {
							thrown.add(ex);
						}
					}));
				}
				await().atMost(BEFORE_LOST).until(() -> started.size() > 20);
			}

			assertThat(this.plant.alive()).isEmpty();
			for (Thread thread : threads) {
				thread.join(BEFORE_LOST.toMillis());
			}
			assertThat(thrown).hasSize(8).allMatch(ProcessRejectedException.class::isInstance);
			assertThat(started).extracting((process) -> process.waitFor().cause()).containsOnly(ExitCause.SHUTDOWN);
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	@Test
	@RequiresProgram("setsid")
	void killsProcessesLeftBehindByNormalExits() {
		try (ProcessManager processes = withShutdownGrace(Duration.ofMillis(500))) {
			for (String script : List.of("sleep 300 & echo ready", Scripts.LEAVES_DAEMON,
					"(setsid sh -c \"trap '' TERM; while :; do sleep 1; done\" &); echo ready")) {
				ProcessResult result = processes.shell(script).env(Plant.NAME, this.plant.value()).run();

				assertThat(result.successful()).isTrue();
				assertThat(result.output()).isEqualTo("ready\n");
			}
			// during exec, a process may show no environment
			await().until(() -> this.plant.alive().size() >= 3);
		}

		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void leavesDetachedProcessesRunning() {
		Path output = this.directory.resolve("output");
		RunningProcess process;
		List<ProcessTable.Entry> survivors;
		try (ProcessManager processes = withShutdownGrace(Duration.ofSeconds(1))) {
			process = processes.shell("sleep 300 & readlink /proc/self/fd/0; echo ready; wait")
				.env(Plant.NAME, this.plant.value())
				.outputTo(output)
				.errorOutputTo(this.directory.resolve("error"))
				.detached()
				.start();
			await().atMost(BEFORE_LOST)
				.untilAsserted(() -> assertThat(output).content().isEqualTo("/dev/null\nready\n"));
			survivors = this.plant.alive();
			assertThat(survivors).hasSize(2);
		}

		try {
			assertThat(survivors).allMatch(ProcessTable.Entry::isAlive)
				.allMatch((entry) -> entry.session() == process.pid())
				.allMatch((entry) -> entry.environment().stream().noneMatch((name) -> name.startsWith("PROCESSION_")));
		}
		finally {
			survivors.forEach((entry) -> ProcessHandle.of(entry.pid()).ifPresent(ProcessHandle::destroyForcibly));
		}
	}

	@Test
	void stopsDetachedProcessOnRequest(ProcessManager processes) {
		Path output = this.directory.resolve("output");
		RunningProcess process = processes.shell("sleep 300 & echo ready; wait")
			.env(Plant.NAME, this.plant.value())
			.outputTo(output)
			.detached()
			.start();
		await().atMost(BEFORE_LOST).untilAsserted(() -> assertThat(output).content().isEqualTo("ready\n"));

		process.stop();

		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	void enforcesTimeoutOfDetachedProcess(ProcessManager processes) {
		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> processes.command("sleep", "300").timeout(Duration.ofMillis(300)).detached().run());
	}

	@Test
	void doesNothingTheSecondTime(ProcessManager processes) {
		startReady(processes, Scripts.SLEEPS);

		processes.close();
		Stopwatch watch = Stopwatch.started();
		processes.close();

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
	}

	@Test
	void waitsForConcurrentClose() throws InterruptedException {
		ProcessManager processes = withShutdownGrace(Duration.ofSeconds(1));
		startReady(processes, Scripts.IGNORES_TERM);
		AtomicBoolean tooEarly = new AtomicBoolean();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			threads.add(Threads.start(() -> {
				processes.close();
				if (!this.plant.alive().isEmpty()) {
					tooEarly.set(true);
				}
			}));
		}

		for (Thread thread : threads) {
			thread.join(BEFORE_LOST.toMillis());
			assertThat(thread.isAlive()).isFalse();
		}
		assertThat(tooEarly).isFalse();
	}

	@Test
	void closesWhenNoProcessWasStarted() {
		Stopwatch watch = Stopwatch.started();

		ProcessManager.create().close();

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
	}

	@Test
	void closesQuicklyWhenAllProcessesHaveEnded() {
		Stopwatch watch;
		try (ProcessManager processes = ProcessManager.create()) {
			processes.run("true");
			watch = Stopwatch.started();
		}

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void closesFromAnOutputListener() {
		ProcessManager processes = ProcessManager.create();
		CountDownLatch closed = new CountDownLatch(1);

		RunningProcess process = processes.shell(Scripts.SLEEPS)
			.env(Plant.NAME, this.plant.value())
			.onLine((type, line) -> {
				processes.close();
				closed.countDown();
			})
			.start();

		assertThat(process.onExit().orTimeout(20, TimeUnit.SECONDS).join().cause()).isEqualTo(ExitCause.SHUTDOWN);
		await().atMost(BEFORE_LOST).until(() -> closed.getCount() == 0);
		assertThat(this.plant.alive()).isEmpty();
		processes.close();
	}

	@Test
	void closesFromAnEventListener() {
		ProcessManager processes = ProcessManager.create();
		CountDownLatch closed = new CountDownLatch(1);
		processes.addListener((event) -> {
			processes.close();
			closed.countDown();
		});

		RunningProcess process = processes.shell(Scripts.SLEEPS).env(Plant.NAME, this.plant.value()).start();

		assertThat(process.onExit().orTimeout(20, TimeUnit.SECONDS).join().cause()).isEqualTo(ExitCause.SHUTDOWN);
		await().atMost(BEFORE_LOST).until(() -> closed.getCount() == 0);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void closesFromTheFutureOfAProcess() {
		ProcessManager processes = ProcessManager.create();
		startReady(processes, Scripts.SLEEPS);

		CompletableFuture<Void> closed = processes.command("sleep", "0.2")
			.start()
			.onExit()
			.thenAccept((result) -> processes.close());

		closed.orTimeout(20, TimeUnit.SECONDS).join();
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void closesDespiteInterrupt() {
		ProcessManager processes = withShutdownGrace(Duration.ofMillis(500));
		startReady(processes, Scripts.IGNORES_TERM);

		Thread.currentThread().interrupt();
		processes.close();

		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void doesNotShutDownCallerSuppliedExecutor() {
		ExecutorService executor = Executors.newCachedThreadPool((task) -> new Thread(task, "lent-worker"));
		AtomicReference<String> thread = new AtomicReference<>();
		try (ProcessManager processes = ProcessManager.builder().executor(executor).build()) {
			processes.shell("echo hi").onLine((type, line) -> thread.set(Thread.currentThread().getName())).run();
		}

		assertThat(thread).hasValue("lent-worker");
		assertThat(executor.isShutdown()).isFalse();
		executor.shutdownNow();
	}

	@Test
	void stopsProcessesWhenCallerSuppliedExecutorIsExhausted() {
		ExecutorService executor = Executors.newFixedThreadPool(2);
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = ProcessManager.builder().executor(executor).build()) {
			// its pumps occupy both threads, and the other pumps wait indefinitely
			RunningProcess reading = startReady(processes, Scripts.SLEEPS);
			RunningProcess late = processes.shell(Scripts.SLEEPS)
				.env(Plant.NAME, this.plant.value())
				.timeout(Duration.ofMillis(200))
				.start();
			RunningProcess stopped = processes.shell(Scripts.SLEEPS).env(Plant.NAME, this.plant.value()).start();

			stopped.stop();

			assertThat(stopped.onExit().orTimeout(20, TimeUnit.SECONDS).join().cause()).isEqualTo(ExitCause.STOPPED);
			assertThat(late.onExit().orTimeout(20, TimeUnit.SECONDS).join().cause()).isEqualTo(ExitCause.TIMED_OUT);
			assertThat(reading.isRunning()).isTrue();
		}
		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		executor.shutdownNow();
	}

	@Test
	void stopsProcessesWhenCallerSuppliedExecutorIsShutDown() {
		ExecutorService executor = Executors.newCachedThreadPool();
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = ProcessManager.builder().executor(executor).build()) {
			RunningProcess stopped = startReady(processes, Scripts.IGNORES_TERM);
			startReady(processes, Scripts.SLEEPS);
			executor.shutdown();

			stopped.stop(Duration.ofMillis(100));

			assertThat(stopped.onExit().orTimeout(20, TimeUnit.SECONDS).join().exitCode()).isEqualTo(137);
			assertThat(processes.command("echo", "hi").run().output()).isEqualTo("hi\n");
		}
		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
	}

	@Test
	void abandonsStopOfDetachedProcess() throws InterruptedException {
		Path output = this.directory.resolve("output");
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread stopping;
		try (ProcessManager processes = ProcessManager.create()) {
			RunningProcess process = processes.shell("trap 'echo caught' TERM; echo ready; while :; do sleep 0.1; done")
				.env(Plant.NAME, this.plant.value())
				.outputTo(output)
				.detached()
				.start();
			await().atMost(BEFORE_LOST).untilAsserted(() -> assertThat(output).content().contains("ready"));
			stopping = Threads.start(() -> thrown.set(catchThrowable(() -> process.stop(Duration.ofMinutes(5)))));
			await().atMost(BEFORE_LOST).untilAsserted(() -> assertThat(output).content().contains("caught"));
		}
		try {
			stopping.join(BEFORE_LOST.toMillis());

			assertThat(stopping.isAlive()).isFalse();
			assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
		}
		finally {
			this.plant.alive()
				.forEach((entry) -> ProcessHandle.of(entry.pid()).ifPresent(ProcessHandle::destroyForcibly));
		}
	}

	@Test
	void leavesProcessesOfOtherManagersAlone(ProcessManager other) {
		RunningProcess process = startReady(other, Scripts.DAEMONIZES);
		int alive = this.plant.alive().size();

		try (ProcessManager processes = ProcessManager.create()) {
			processes.start("sleep", "300");
		}

		assertThat(process.isRunning()).isTrue();
		assertThat(this.plant.alive()).hasSizeGreaterThanOrEqualTo(alive);
	}

	@Test
	@RequiresProgram("setsid")
	void hasNoLimitationsOnLinuxWithRequiredTools(ProcessManager processes) {
		processes.run("true");

		assertThat(processes.limitations()).isEmpty();
	}

}
