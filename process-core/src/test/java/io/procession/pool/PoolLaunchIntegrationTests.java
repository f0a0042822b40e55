package io.procession.pool;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.ProcessManager;
import io.procession.execution.LocalProcessLauncher;
import io.procession.execution.PendingProcess;
import io.procession.execution.Pipeline;
import io.procession.execution.ProcessLauncher;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Secret;
import io.procession.process.SecretResolver;
import io.procession.testing.MachineTime;
import io.procession.testing.OpenFiles;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the threads, timers and permits of pools that launch and end.
 */
@RealProcesses
class PoolLaunchIntegrationTests {

	private final Plant plant = Plant.fresh();

	private final Timers timers = new Timers();

	@TempDir
	Path directory;

	@AfterEach
	void endTimers() {
		this.timers.shutdownNow();
	}

	private PendingProcess planted(ProcessManager processes, String script, String... arguments) {
		return processes.shell(script, arguments).env(Plant.NAME, this.plant.value());
	}

	private ProcessManager limitedTo(int most) {
		return ProcessManager.builder()
			.timeSource(MachineTime.with(this.timers))
			.settings(ProcessSettings.DEFAULTS.toBuilder()
				.maxConcurrent(most)
				.shutdownGrace(Duration.ofSeconds(1))
				.timeoutGrace(Duration.ofMillis(300))
				.drain(Duration.ofMillis(200))
				.build())
			.build();
	}

	private static long threadsIn(Class<?>... types) {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> Arrays.stream(types)
					.anyMatch((type) -> frame.getClassName().equals(type.getName()))))
			.count();
	}

	@Test
	void retainsNoTimersOfEndedProcesses() {
		try (ProcessManager processes = limitedTo(1)) {
			ProcessPool pool = processes.pool().concurrency(10);
			for (int i = 0; i < 6; i++) {
				pool.add(processes.command("sleep", "0.08"));
			}
			RunningPool running = pool.add("last", planted(processes, Scripts.SLEEPS)).start();
			await().atMost(SOON).until(() -> running.running().containsKey("last"));

			// the pool's, the last one's, the sweep's
			await().atMost(SOON).until(() -> this.timers.getQueue().size() <= 3);

			running.stop(Duration.ZERO);
		}
	}

	@Test
	void keepsNoTimerOnceItHasEnded() {
		try (ProcessManager processes = limitedTo(100)) {
			PoolResults results = processes.pool()
				.timeout(Duration.ofHours(1))
				.add(processes.command("true"))
				.add(processes.command("true"))
				.run();

			assertThat(results.successful()).isTrue();
			await().atMost(SOON)
				.until(() -> this.timers.getQueue().stream().noneMatch(PoolLaunchIntegrationTests::isFar));
		}
	}

	private static boolean isFar(Runnable timer) {
		return ((Delayed) timer).getDelay(TimeUnit.SECONDS) > 100;
	}

	@Test
	void startsNothingWhenItsTimeIsOverThoughItsTimerIsLate() {
		this.timers.late.set(Duration.ofMillis(200).toNanos());
		try (ProcessManager processes = limitedTo(100)) {
			RunningPool running = processes.pool()
				.concurrency(1)
				.timeout(Duration.ofMillis(500))
				.add(processes.command("sleep", "1"))
				.add(planted(processes, Scripts.SLEEPS))
				.start();

			assertThat(running.waitFor(SOON))
				.hasValueSatisfying((results) -> assertThat(results.get(1).startError()).hasValueSatisfying(
						(error) -> assertThat(error).hasMessageContaining("the timeout of its pool had elapsed")));
		}
	}

	@Test
	void enforcesTimeoutOfPoolForQueuedProcesses() {
		try (ProcessManager processes = limitedTo(1)) {
			PoolResults results = processes.pool()
				.concurrency(3)
				.timeout(Duration.ofMillis(900))
				.add("first", processes.command("sleep", "0.3"))
				.add("second", planted(processes, "sleep 300"))
				.add("third", planted(processes, "sleep 300"))
				.run();

			assertThat(results.get("first").successful()).isTrue();
			assertThat(results.get("second").cause()).isEqualTo(ExitCause.TIMED_OUT);
			// it may be started just before the timeout elapses
			assertThat(results.get("third").cause()).isIn(ExitCause.START_FAILED, ExitCause.TIMED_OUT);
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	@Test
	void hasOneDeadlineRegardlessOfStartTime() {
		try (ProcessManager processes = limitedTo(1)) {
			RunningPool running = processes.pool()
				.concurrency(2)
				.timeout(Duration.ofSeconds(50))
				.add("first", processes.command("sleep", "0.4"))
				.add("second", planted(processes, Scripts.SLEEPS))
				.start();
			await().atMost(SOON).until(() -> running.running().containsKey("second"));

			// the second one's own timer and the pool's
			await().atMost(SOON).until(() -> {
				long[] delays = this.timers.getQueue()
					.stream()
					.mapToLong((task) -> ((Delayed) task).getDelay(TimeUnit.MILLISECONDS))
					.filter((delay) -> delay > 5000)
					.sorted()
					.toArray();
				return delays.length == 2 && delays[1] - delays[0] < 200;
			});

			running.stop(Duration.ZERO);
		}
	}

	@Test
	void endsOnTimeWhenSchedulerRejectsTimer() {
		this.timers.longest.set(Duration.ofMillis(50).toNanos());
		try (ProcessManager processes = limitedTo(100)) {
			ProcessPool pool = processes.pool().concurrency(2).timeout(Duration.ofMillis(400));
			for (int i = 0; i < 6; i++) {
				pool.add(planted(processes, "sleep 300"));
			}

			assertThat(pool.start().waitFor(SOON)).hasValueSatisfying((results) -> assertThat(results).hasSize(6));

			await().atMost(SOON).until(() -> this.plant.alive().isEmpty());
		}
	}

	@Test
	void needsFewThreadsForManyConcurrentStarts(ProcessManager processes) {
		AtomicLong most = new AtomicLong();
		ProcessPool pool = processes.pool().concurrency(400).onProgress((done, total) -> {
			if (done % 20 == 1) {
				most.accumulateAndGet(threadsIn(LocalProcessLauncher.class), Math::max);
			}
		});
		for (int i = 0; i < 400; i++) {
			pool.add(processes.command("true"));
		}

		assertThat(pool.run().successful()).isTrue();

		assertThat(most.get()).isBetween(1L, 70L);
	}

	@Test
	void blocksOnlyItsOwnThreadWhenProgressListenerIsSlow(ProcessManager processes) {
		CountDownLatch go = new CountDownLatch(1);
		ProcessPool pool = processes.pool().concurrency(20).onProgress((done, total) -> Threads.hold(go));
		for (int i = 0; i < 30; i++) {
			pool.add(processes.command("true"));
		}
		RunningPool running = pool.start();
		await().atMost(SOON)
			.until(() -> threadsIn(PoolProgress.class) == 1
					&& running.running().values().stream().noneMatch(RunningProcess::isRunning));

		await().atMost(SOON).until(() -> threadsIn(PoolExecution.class, RunningPool.class) == 1);
		assertThat(running.isRunning()).isTrue();
		go.countDown();

		assertThat(running.waitFor().successful()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void doesNotWaitForProgressListenerAfterStopOrTimeout(boolean stops) {
		CountDownLatch go = new CountDownLatch(1);
		try (ProcessManager processes = limitedTo(10)) {
			ProcessPool pool = processes.pool()
				.concurrency(2)
				.timeout(stops ? SOON : Duration.ofMillis(300))
				.add(processes.command("true"))
				.add(planted(processes, Scripts.SLEEPS))
				.add(planted(processes, Scripts.SLEEPS))
				.onProgress((done, total) -> Threads.hold(go));
			RunningPool running = pool.start();
			await().atMost(SOON).until(() -> threadsIn(PoolProgress.class) == 1);

			if (stops) {
				running.stop(Duration.ZERO);
			}
			Optional<PoolResults> results = running.waitFor(Duration.ofSeconds(8));

			assertThat(results).hasValueSatisfying((ended) -> {
				assertThat(ended.get(0).successful()).isTrue();
				assertThat(ended.get(1).cause()).isEqualTo(stops ? ExitCause.STOPPED : ExitCause.TIMED_OUT);
				assertThat(ended.get(2).startError()).isPresent();
			});
			assertThat(this.plant.alive()).isEmpty();
			go.countDown();
		}
		finally {
			go.countDown();
		}
	}

	@Test
	void doesNotWeakenStopWhenStoppedProcessFailed() {
		CountDownLatch requested = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		try (ProcessManager processes = slow((name) -> {
			requested.countDown();
			Threads.hold(go);
			return "value";
		})) {
			RunningPool running = processes.pool()
				.concurrency(2)
				.failFast()
				.add("first", planted(processes, Scripts.SLEEPS))
				.add("late", planted(processes, Scripts.SLEEPS).secretEnv("TOKEN", Secret.reference("token")))
				.start();
			Threads.hold(requested);
			await().atMost(SOON).until(() -> running.running().containsKey("first"));

			Thread stopping = Threads.start(() -> running.stop(Duration.ZERO));
			await().atMost(SOON).until(() -> running.running().isEmpty());
			go.countDown();
			PoolResults results = running.waitFor();

			assertThat(results).extracting(ProcessResult::exitCode).containsExactly(137, 137);
			await().atMost(SOON).until(() -> !stopping.isAlive());
		}
		finally {
			go.countDown();
		}
	}

	@Test
	void closesFilesOfMemberWhenManagerClosesBeforeStart() throws IOException {
		Path file = this.directory.resolve("output");
		AtomicReference<ProcessManager> manager = new AtomicReference<>();
		AtomicBoolean closed = new AtomicBoolean();
		InputStream input = new ByteArrayInputStream(new byte[10]) {
			@Override
			public void close() {
				closed.set(true);
			}
		};
		Thread runner = Thread.currentThread();
		try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> {
			// a pool whose first launch is refused at once is refused as a whole
			await().until(
					() -> runner.getState() == Thread.State.WAITING || runner.getState() == Thread.State.TIMED_WAITING);
			manager.get().close();
			return "value";
		}).build()) {
			manager.set(processes);

			PoolResults results = processes.pool()
				.add(processes.command("cat")
					.secretEnv("TOKEN", Secret.reference("token"))
					.input(input)
					.onLine((type, line) -> {
					})
					.outputTo(file))
				.run();

			assertThat(OpenFiles.below(this.directory)).isEmpty();
			assertThat(file).isEmptyFile();
			assertThat(results.get(0).startError())
				.hasValueSatisfying((error) -> assertThat(error.reason()).isEqualTo(Reason.CANCELLED));
			assertThat(input.available()).isEqualTo(10);
			assertThat(closed).isFalse();
		}
	}

	private static ProcessManager slow(SecretResolver secrets) {
		return ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().lostAfter(Duration.ofMillis(300)).build())
			.secretResolver(secrets)
			.build();
	}

	@Test
	void startsNoQueuedProcessesWhenStopped() {
		CountDownLatch go = new CountDownLatch(1);
		try (ProcessManager processes = slow((name) -> {
			Threads.hold(go);
			return "value";
		})) {
			ProcessPool pool = processes.pool().concurrency(100);
			for (int i = 0; i < 100; i++) {
				pool.add(planted(processes, "exec sleep 300").secretEnv("TOKEN", Secret.reference("token")));
			}
			RunningPool running = pool.start();

			Thread stopping = Threads.start(() -> running.stop(Duration.ZERO));
			await().atMost(SOON).until(() -> threadsIn(RunningPool.class) == 1);
			go.countDown();

			assertThat(running.waitFor()).filteredOn((result) -> result.startError().isPresent())
				.hasSizeGreaterThan(50)
				.allSatisfy(
						(result) -> assertThat(result.startError().orElseThrow().reason()).isEqualTo(Reason.CANCELLED));
			assertThat(this.plant.alive()).isEmpty();
			await().atMost(SOON).until(() -> !stopping.isAlive());
		}
		finally {
			go.countDown();
		}
	}

	@Test
	void givesBackThePermitsOfThoseThatWaitForTheirTurn() {
		int limit = 40;
		CountDownLatch go = new CountDownLatch(1);
		try (ProcessManager processes = ProcessManager.builder()
			.settings(
					ProcessSettings.DEFAULTS.toBuilder().maxConcurrent(limit).lostAfter(Duration.ofMillis(300)).build())
			.secretResolver((name) -> {
				Threads.hold(go);
				return "value";
			})
			.build()) {
			ProcessPool pool = processes.pool().concurrency(limit);
			Pipeline all = processes.pipeline();
			for (int i = 0; i < limit; i++) {
				pool.add(planted(processes, Scripts.SLEEPS).secretEnv("TOKEN", Secret.reference("token")));
				all = all.pipe("true");
			}
			RunningPool running = pool.start();

			Thread stopping = Threads.start(() -> running.stop(Duration.ZERO));
			await().atMost(SOON).until(() -> threadsIn(RunningPool.class) == 1);
			go.countDown();

			assertThat(running.waitFor(SOON)).isPresent();
			await().atMost(SOON).until(() -> !stopping.isAlive());
			// it needs all permits
			assertThat(all.start().waitFor().successful()).isTrue();
		}
		finally {
			go.countDown();
		}
	}

	@Test
	void letsOthersStartWhileResultIsProcessed(ProcessManager processes) {
		CountDownLatch go = new CountDownLatch(1);
		Thread caller = Thread.currentThread();
		List<CompletableFuture<?>> thinking = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			thinking.add(processes.command("no-such-program").runAsync().whenComplete((result, failure) -> {
				// a launch that has already failed runs its callback on this thread
				if (Thread.currentThread() != caller) {
					Threads.hold(go);
				}
			}));
		}

		try {
			assertThat(processes.command("echo", "x").runAsync()).succeedsWithin(SOON);
		}
		finally {
			go.countDown();
		}
		assertThat(CompletableFuture.allOf(thinking.toArray(CompletableFuture[]::new))).failsWithin(SOON);
	}

	@Test
	void doesNotLetProgressListenerWaitForItself(ProcessManager processes) {
		AtomicReference<RunningPool> running = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		running.set(processes.pool().add(processes.command("true")).onProgress((done, total) -> {
			Threads.hold(known);
			try {
				running.get().waitFor();
			}
			catch (IllegalStateException ex) {
				thrown.set(ex);
			}
		}).start());
		known.countDown();

		assertThat(running.get().waitFor().successful()).isTrue();

		assertThat(thrown.get()).hasMessageContaining("progress listener");
	}

	@Test
	void appliesGracePeriodOfEachWhenCallerIsInterrupted() throws Exception {
		Path cleaned = this.directory.resolve("cleaned");
		try (ProcessManager processes = limitedTo(10)) {
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			Thread caller = new Thread(() -> {
				try {
					processes.pool()
						.concurrency(2)
						.add(planted(processes,
								"trap 'sleep 0.8; echo done > \"$1\"; exit 3' TERM; echo ready;"
										+ " while :; do sleep 0.05; done",
								cleaned.toString())
							.stopGrace(Duration.ofSeconds(30)))
						.add(planted(processes, Scripts.IGNORES_TERM))
						.run();
				}
				catch (ProcessInterruptedException ex) {
					thrown.set(ex);
				}
			});
			caller.start();
			await().atMost(SOON)
				.until(() -> processes.running().size() == 2
						&& processes.running().stream().allMatch((process) -> process.output().equals("ready\n")));

			caller.interrupt();
			caller.join();

			assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
			assertThat(cleaned).hasContent("done");
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	@Test
	void stopsWhenStoppingThreadIsInterrupted(ProcessManager processes) throws InterruptedException {
		RunningPool running = processes.pool().add(planted(processes, Scripts.IGNORES_TERM)).start();
		await().atMost(SOON)
			.until(() -> running.running().values().stream().anyMatch((one) -> one.output().equals("ready\n")));
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread stopping = new Thread(() -> {
			try {
				running.stop(Duration.ofMillis(500));
			}
			catch (ProcessInterruptedException ex) {
				thrown.set(ex);
			}
		});
		stopping.start();

		stopping.interrupt();
		stopping.join();

		assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
		assertThat(running.waitFor(SOON))
			.hasValueSatisfying((results) -> assertThat(results.get(0).cause()).isEqualTo(ExitCause.STOPPED));
		assertThat(this.plant.alive()).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> running.stop(Duration.ofMillis(-1)));
	}

	@Test
	void canRunWithinAnotherPool(ProcessManager processes) {
		AtomicReference<PoolResults> inner = new AtomicReference<>();

		PoolResults outer = processes.pool()
			.concurrency(2)
			.add("a",
					processes.command("echo", "x")
						.onLine((type,
								line) -> inner.set(processes.pool()
									.add(processes.command("echo", "inner"))
									.add(processes.command("echo", line))
									.run())))
			.add("b", processes.command("echo", "y"))
			.onProgress((done, total) -> assertThat(processes.pool().add(processes.command("true")).run().successful())
				.isTrue())
			.run();

		assertThat(outer).extracting(ProcessResult::output).containsExactly("x\n", "y\n");
		assertThat(inner.get()).extracting(ProcessResult::output).containsExactly("inner\n", "x\n");
	}

	@Test
	void listsRunningProcessesByKeyInOrderOfStart(ProcessManager processes) throws IOException {
		Path started = Files.createFile(this.directory.resolve("started"));
		RunningPool running = processes.pool()
			.concurrency(2)
			.add("short", processes.command("true"))
			.add("one", planted(processes, "echo one >> \"$1\"; exec sleep 300", started.toString()))
			.add("two", planted(processes, "echo two >> \"$1\"; exec sleep 300", started.toString()))
			.add("three", planted(processes, Scripts.SLEEPS))
			.start();

		await().atMost(SOON).until(() -> Files.readAllLines(started).size() == 2);
		assertThat(running.running()).containsOnlyKeys("one", "two");
		running.running().get("one").kill();
		await().atMost(SOON).until(() -> running.running().containsKey("three"));

		assertThat(running.running().keySet()).containsExactly("two", "three");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> running.running().clear());
		running.stop(Duration.ZERO);
		assertThat(running.running()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void doesNotWaitForProgressListenerOnceManagerIsClosed(boolean stops) throws InterruptedException {
		CountDownLatch go = new CountDownLatch(1);
		Duration grace = Duration.ofMillis(300);
		ProcessManager processes = ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().shutdownGrace(grace).drain(grace).lostAfter(grace).build())
			.build();
		try {
			RunningPool running = processes.pool()
				.concurrency(1)
				.add(processes.command("true"))
				.add(processes.command("true"))
				.onProgress((done, total) -> Threads.hold(go))
				.start();
			await().atMost(SOON).until(() -> threadsIn(PoolProgress.class) == 1);

			Thread stopper = Threads.start(() -> {
				if (stops) {
					running.stop();
				}
			});
			processes.close();

			assertThat(running.waitFor(SOON)).hasValueSatisfying((results) -> {
				assertThat(results.get(0).successful()).isTrue();
				assertThat(results.get(1).startError()).isPresent();
			});
			stopper.join(SOON.toMillis());
			assertThat(stopper.isAlive()).isFalse();
		}
		finally {
			go.countDown();
			processes.close();
		}
	}

	@Test
	void hasResultForProcessThatCannotBeLaunched(ProcessManager processes) {
		PendingProcess bad = processes.command("true").name("bad");
		ProcessLauncher refusing = (ProcessLauncher) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ProcessLauncher.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("startAsync") && arguments[0] instanceof PendingProcess pending
							&& "bad".equals(pending.toSpec().name())) {
						throw new IllegalStateException("planned");
					}
					return method.invoke(processes, arguments);
				});

		Optional<PoolResults> results = ProcessPool.of(refusing)
			.concurrency(1)
			.add("before", processes.command("true"))
			.add("bad", bad)
			.add("after", processes.command("true"))
			.start()
			.waitFor(SOON);

		assertThat(results).hasValueSatisfying((ended) -> {
			assertThat(ended).extracting(ProcessResult::exitCode).containsExactly(0, 126, 0);
			assertThat(ended.get("bad").startError())
				.hasValueSatisfying((ex) -> assertThat(ex).hasMessageContaining("planned"));
		});
	}

	@Test
	void cancelsALaunchThatBeganWhileItWasBeingStopped() {
		AtomicReference<RunningPool> running = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		AtomicReference<RunningProcess> holder = new AtomicReference<>();
		try (ProcessManager processes = limitedTo(1)) {
			ProcessLauncher stopping = (ProcessLauncher) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { ProcessLauncher.class }, (proxy, method, arguments) -> {
						if (method.getName().equals("startAsync") && arguments[0] instanceof PendingProcess pending
								&& "late".equals(pending.toSpec().name())) {
							Threads.hold(known);
							holder.set(processes.start("sleep", "300"));
							running.get().stop();
						}
						return method.invoke(processes, arguments);
					});
			running.set(ProcessPool.of(stopping)
				.concurrency(1)
				.add(processes.command("true"))
				.add(processes.command("true").name("late"))
				.start());
			known.countDown();

			assertThat(running.get().waitFor(SOON))
				.hasValueSatisfying((results) -> assertThat(results.get(1).startError())
					.hasValueSatisfying((error) -> assertThat(error).hasMessageContaining("its pool was stopped")));
			assertThat(holder.get().isRunning()).isTrue();
			holder.get().kill();
		}
		finally {
			known.countDown();
		}
	}

	/** Rejects tasks with a delay beyond its limit. */
	private static final class Timers extends ScheduledThreadPoolExecutor {

		private final AtomicLong longest = new AtomicLong(Long.MAX_VALUE);

		private final AtomicLong late = new AtomicLong(Long.MAX_VALUE);

		private Timers() {
			super(1);
			setRemoveOnCancelPolicy(true);
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
			if (unit.toNanos(delay) > this.longest.get()) {
				throw new RejectedExecutionException("planned");
			}
			boolean isLate = unit.toNanos(delay) > this.late.get();
			return super.schedule(command, isLate ? delay + unit.convert(1, TimeUnit.HOURS) : delay, unit);
		}

	}

}
