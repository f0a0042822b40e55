package io.procession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;
import io.procession.testing.RealProcesses;
import io.procession.testing.Stopwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bounds that nobody would choose, and ends that come at a bad moment.
 */
@RealProcesses
class BoundsIntegrationTests {

	private static final Duration HUGE = Duration.ofSeconds(Long.MAX_VALUE);

	@Test
	void takesHugeDurationsForAlmostForEver(ProcessManager processes) {
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
	void closesWithHugeGraces() {
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
	void doesNotRunWhatWasCancelledBeforeItsTurn(@TempDir Path folder) {
		Path file = folder.resolve("ran");
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
	void closesWholeThoughInterrupted() throws Exception {
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
	void closesThoughAListenerOfAnEndedProcessBlocks() {
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
	void seesAnExitThoughThereWasNoThreadForAWhile() throws IOException {
		AtomicInteger refused = new AtomicInteger();
		AtomicBoolean full = new AtomicBoolean();
		ExecutorService threads = Executors.newCachedThreadPool();
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().sweepInterval(Duration.ofMillis(20)).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).executor((task) -> {
			if (full.get()) {
				refused.incrementAndGet();
				throw new OutOfMemoryError("planned: unable to create native thread");
			}
			threads.execute(task);
		}).build()) {
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

}
