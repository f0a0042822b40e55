package io.procession;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.engine.local.LocalProcessEngine;
import io.procession.execution.Pipeline;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;
import io.procession.testing.FailingEngine;
import io.procession.testing.LogCapture;
import io.procession.testing.MachineTime;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.Stopwatch;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for extreme bounds, and for ends at inconvenient times.
 */
@RealProcesses
class BoundsIntegrationTests {

	private static final Duration HUGE = Duration.ofSeconds(Long.MAX_VALUE);

	/**
	 * Leaves a process behind that takes three seconds to end, and then creates a file.
	 */
	private static final String LEAVES_A_SLOW_ONE = """
			(trap 'sleep 3; touch "$1"; exit' TERM; touch "$1.ready"; while :; do sleep 300; done) >/dev/null 2>&1 &
			until [ -e "$1.ready" ]; do sleep 0.05; done
			""";

	@Test
	void treatsHugeDurationsAsAlmostUnlimited(ProcessManager processes) {
		ProcessResult result = processes.command("echo", "hi")
			.timeout(HUGE)
			.idleTimeout(HUGE)
			.stopGrace(HUGE)
			.drain(HUGE)
			.run();
		RunningProcess cat = processes.start("cat");

		assertThat(result.output()).isEqualTo("hi\n");
		assertThat(cat.stopAsync(HUGE)).succeedsWithin(Duration.ofSeconds(20));
		assertThat(cat.waitFor(HUGE)).isPresent();
		assertThat(cat.waitUntil((type, line) -> false, HUGE)).isFalse();
	}

	@Test
	void closesWithHugeGracePeriods() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.shutdownGrace(HUGE)
			.lostAfter(HUGE)
			.acquireTimeout(HUGE)
			.build();
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			processes.start("sleep", "300");
		}
		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(20));
	}

	@Test
	void doesNotStartQueuedLaunchThatWasCanceled(@TempDir Path directory) {
		Path file = directory.resolve("ran");
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().maxConcurrent(1).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			RunningProcess holder = processes.start("sleep", "300");
			CompletableFuture<ProcessResult> waiting = processes.command("touch", file.toString()).runAsync();

			assertThat(waiting.cancel(false)).isTrue();
			holder.kill();
			holder.waitFor();

			await().until(() -> processes.running().isEmpty());
			assertThat(processes.run("true").successful()).isTrue();
			assertThat(Files.exists(file)).isFalse();
		}
	}

	@Test
	void closesCompletelyDespiteInterrupt() throws Exception {
		ProcessManager processes = ProcessManager.create();
		RunningProcess running = processes.start("sleep", "300");
		processes.shell("sleep 300 >/dev/null 2>&1 &").run();
		boolean[] flag = new boolean[1];
		Thread closing = new Thread(() -> {
			Thread.currentThread().interrupt();
			processes.close();
			flag[0] = Thread.currentThread().isInterrupted();
		});

		closing.start();
		closing.join(20_000);

		assertThat(flag[0]).isTrue();
		assertThat(running.isRunning()).isFalse();
		assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
	}

	@Test
	void closesWhileListenerOfEndedProcessBlocks() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		Stopwatch watch;
		try (ProcessManager processes = ProcessManager.create()) {
			RunningProcess process = processes.command("echo", "x").onLine((type, line) -> {
				entered.countDown();
				try {
					end.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}).start();
			await().until(() -> entered.getCount() == 0 && !process.isRunning());
			watch = Stopwatch.started();
		}
		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(10));
		end.countDown();
	}

	@Test
	void detectsExitAfterThreadsWereTemporarilyUnavailable() throws IOException {
		AtomicInteger refused = new AtomicInteger();
		AtomicBoolean full = new AtomicBoolean();
		ExecutorService threads = Executors.newCachedThreadPool();
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().sweepInterval(Duration.ofMillis(20)).build();
		try (ProcessManager processes = ProcessManager.builder()
			.settings(settings)
			.timeSource(MachineTime.with((Executor) (task) -> {
				if (full.get()) {
					refused.incrementAndGet();
					throw new OutOfMemoryError("planned: unable to create native thread");
				}
				threads.execute(task);
			}))
			.build()) {
			RunningProcess process = processes.shell("exec >&- 2>&-; read line; exit 3").start();
			full.set(true);
			await().until(() -> refused.get() > 1);
			full.set(false);

			process.stdin().close();

			assertThat(process.onExit().orTimeout(20, TimeUnit.SECONDS).join().exitCode()).isEqualTo(3);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void waitsForStartInProgressAtMostLostAfter() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		ProcessManager processes = ProcessManager.builder()
			.settings(lostSoon())
			.engine(new FailingEngine(new LocalProcessEngine(false, null), (launch) -> {
				entered.countDown();
				awaitUninterruptibly(end);
				throw new IllegalStateException("planned");
			}))
			.build();
		CompletableFuture<ProcessResult> starting = processes.command("sleep", "300").runAsync();
		awaitUninterruptibly(entered);

		try (LogCapture log = LogCapture.begin()) {
			processes.close();

			assertThat(log.text()).contains("A start is still in progress after PT0.2S");
		}
		finally {
			end.countDown();
		}

		assertThat(starting).failsWithin(SOON);
	}

	@Test
	void waitsForEventListenerAtMostLostAfter() {
		CountDownLatch end = new CountDownLatch(1);
		Stopwatch watch;
		try (ProcessManager processes = ProcessManager.builder().settings(lostSoon()).build()) {
			processes.addListener((event) -> awaitUninterruptibly(end));
			processes.run("true");
			watch = Stopwatch.started();
		}

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(4));
		end.countDown();
	}

	@Test
	void waitsForLastPumpsAtMostDrain() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().drain(Duration.ofSeconds(3)).build();
		Stopwatch watch;
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			processes.command("echo", "x").drain(Duration.ZERO).onLine((type, line) -> {
				entered.countDown();
				awaitUninterruptibly(end);
			}).start();
			awaitUninterruptibly(entered);
			watch = Stopwatch.started();
		}

		assertThat(watch.elapsed()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(20));
		end.countDown();
	}

	@Test
	void grantsProcessesLeftBehindTheTimeoutGrace(@TempDir Path directory) {
		Path file = directory.resolve("ended");
		try (ProcessManager processes = ProcessManager.builder().settings(patient()).build()) {
			processes.shell(LEAVES_A_SLOW_ONE, file.toString()).run().throwIfFailed();
		}

		assertThat(file).exists();
	}

	@Test
	void grantsProcessesLeftBehindAtMostTheShutdownGrace(@TempDir Path directory) {
		Path file = directory.resolve("ended");
		try (ProcessManager processes = ProcessManager.builder().settings(patientButForTheShutdown()).build()) {
			processes.shell(LEAVES_A_SLOW_ONE, file.toString()).run().throwIfFailed();
		}

		assertThat(file).doesNotExist();
	}

	@Test
	void grantsProcessesOfDeadJvmTheTimeoutGrace(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("ended");
		try (ProcessManager processes = successorOf(leaveOrphan(file), patient())) {
			processes.run("true").throwIfFailed();

			assertThat(file).exists();
		}
	}

	@Test
	void grantsProcessesOfDeadJvmAtMostTheShutdownGrace(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("ended");
		try (ProcessManager processes = successorOf(leaveOrphan(file), patientButForTheShutdown())) {
			processes.run("true").throwIfFailed();

			assertThat(file).doesNotExist();
		}
	}

	// as if started by a JVM that has died since
	private static String leaveOrphan(Path file) throws Exception {
		String application = UUID.randomUUID().toString();
		String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
		Path namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", LEAVES_A_SLOW_ONE, "sh", file.toString());
		builder.environment()
			.put("PROCESSION_0123456789abcdef", "x-1;999999999;1;" + boot + ";" + namespace + ";" + application);
		assertThat(builder.start().waitFor()).isZero();
		return application;
	}

	private static ProcessManager successorOf(String application, ProcessSettings settings) {
		return ProcessManager.builder().guard(false).application(application).settings(settings).build();
	}

	@Test
	void waitsForRestOfPipelineAtMostLostAfter() {
		AtomicBoolean full = new AtomicBoolean();
		AtomicInteger starts = new AtomicInteger();
		ExecutorService threads = Executors.newCachedThreadPool();
		try (ProcessManager processes = ProcessManager.builder()
			.settings(lostSoon())
			.timeSource(MachineTime.with((Executor) (task) -> {
				if (full.get()) {
					throw new OutOfMemoryError("planned: unable to create native thread");
				}
				threads.execute(task);
			}))
			.engine(new FailingEngine(new LocalProcessEngine(false, null), (launch) -> {
				if (starts.incrementAndGet() == 2) {
					full.set(true);
					throw new IllegalStateException("planned");
				}
			}))
			.build()) {
			Pipeline pipeline = processes.command("cat").pipe("copy", InputStream::transferTo).pipe("cat");
			Stopwatch watch = Stopwatch.started();

			assertThatIllegalStateException().isThrownBy(pipeline::start).withMessage("planned");

			assertThat(watch.elapsed()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(8));
			full.set(false);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void waitsForItsGuardAtMostLostAfter() {
		ProcessManager processes = ProcessManager.builder().settings(lostSoon()).build();
		processes.run("true");
		ProcessTable.Entry guard = ProcessTable.descendants(ProcessHandle.current().pid())
			.stream()
			.filter((entry) -> entry.toString().contains("trap '' INT TERM HUP"))
			.findFirst()
			.orElseThrow();
		processes.shell("kill -s STOP $1", Long.toString(guard.pid())).run().throwIfFailed();
		Stopwatch watch = Stopwatch.started();

		processes.close();

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(4));
		await().until(() -> !guard.isAlive());
	}

	@Test
	void logsFailedScansOnce() {
		AtomicInteger scans = new AtomicInteger();
		try (LogCapture log = LogCapture.begin()) {
			long pid;
			try (ProcessManager processes = ProcessManager.builder()
				.settings(lostSoon())
				.engine(new FailingEngine(new LocalProcessEngine(false, null), (launch) -> {
				}) {

					@Override
					public void scan() {
						scans.incrementAndGet();
						throw new IllegalStateException("planned");
					}

				})
				.build()) {
				RunningProcess process = processes.start("sleep", "300");
				pid = process.pid();
				process.stop(Duration.ofMillis(300));
			}
			ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);

			assertThat(scans.get()).isGreaterThan(3);
			assertThat(log.text()).containsOnlyOnce("IllegalStateException: planned");
		}
	}

	private static ProcessSettings lostSoon() {
		return ProcessSettings.DEFAULTS.toBuilder().lostAfter(Duration.ofMillis(200)).build();
	}

	private static ProcessSettings patient() {
		return ProcessSettings.DEFAULTS.toBuilder().timeoutGrace(Duration.ofSeconds(9)).build();
	}

	private static ProcessSettings patientButForTheShutdown() {
		return patient().toBuilder().shutdownGrace(Duration.ofMillis(200)).build();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		while (true) {
			try {
				latch.await();
				return;
			}
			catch (InterruptedException ex) {
				// the pool that interrupts it continues
				continue;
			}
		}
	}

}
