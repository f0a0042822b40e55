package io.procession;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessException;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.testing.Pace;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.BEFORE_LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class LimitIntegrationTests {

	@TempDir
	Path directory;

	private static ProcessManager limitedTo(int maxConcurrent, Duration acquireTimeout) {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.maxConcurrent(maxConcurrent)
			.acquireTimeout(acquireTimeout)
			.build();
		return ProcessManager.builder().settings(settings).build();
	}

	@Test
	void limitsConcurrentProcesses() throws Exception {
		Path journal = Files.createFile(this.directory.resolve("journal"));
		try (ProcessManager processes = limitedTo(3, Duration.ofMinutes(1))) {
			PendingProcess pending = processes.shell("echo + >> \"$1\"; sleep 0.05; echo - >> \"$1\"",
					journal.toString());
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				threads.add(Threads.start(pending::run));
			}
			List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				futures.add(pending.runAsync());
			}

			for (Thread thread : threads) {
				thread.join();
			}
			futures.forEach(CompletableFuture::join);
		}

		assertThat(mostAtOnce(journal)).isBetween(1, 3);
		assertThat(Files.readAllLines(journal)).hasSize(48);
	}

	private static int mostAtOnce(Path journal) throws IOException {
		int running = 0;
		int most = 0;
		for (String line : Files.readAllLines(journal)) {
			running += line.equals("+") ? 1 : -1;
			most = Math.max(most, running);
		}
		return most;
	}

	private static boolean isWaiting(Thread thread) {
		return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
	}

	@Test
	void admitsWaitersInOrder() throws Exception {
		Path journal = this.directory.resolve("journal");
		try (ProcessManager processes = limitedTo(1, Duration.ofMinutes(1))) {
			RunningProcess holder = processes.start("sleep", "300");
			List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				PendingProcess pending = processes.shell("echo " + i + " >> \"$1\"", journal.toString());
				if (i % 2 == 0) {
					futures.add(pending.runAsync());
				}
				else {
					Thread thread = Threads.start(pending::run);
					await().atMost(BEFORE_LOST).until(() -> isWaiting(thread));
					threads.add(thread);
				}
			}

			holder.stop();

			for (Thread thread : threads) {
				thread.join();
			}
			futures.forEach(CompletableFuture::join);
		}
		assertThat(Files.readAllLines(journal)).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
	}

	@Test
	void rejectsRunAfterAcquireTimeout() {
		try (ProcessManager processes = limitedTo(1, Duration.ofMillis(200))) {
			processes.start("sleep", "300");
			Stopwatch watch = Stopwatch.started();

			assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(() -> processes.run("true", "x"))
				.withMessageContaining("true x")
				.satisfies((ex) -> assertThat(ex.result()).isEmpty());

			assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
			processes.running().get(0).kill();
			assertThat(processes.run("true").successful()).isTrue();
		}
	}

	@Test
	void rejectsStartImmediately() {
		try (ProcessManager processes = limitedTo(1, Duration.ofMinutes(5))) {
			RunningProcess holder = processes.start("sleep", "300");
			Stopwatch watch = Stopwatch.started();

			assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(() -> processes.start("true"))
				.withMessageContaining("true");

			assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
			holder.kill();
			holder.waitFor();
			assertThat(processes.start("true").waitFor().successful()).isTrue();
		}
	}

	@Test
	void queuesManyLaunchesWithoutThreads() {
		try (ProcessManager processes = limitedTo(2, Duration.ofSeconds(1))) {
			processes.start("sleep", "300");
			processes.start("sleep", "300");
			int before = Thread.activeCount();
			List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();
			Stopwatch watch = Stopwatch.started();

			for (int i = 0; i < 100; i++) {
				futures.add(processes.shell("echo $1", Integer.toString(i)).runAsync());
			}

			assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
			assertThat(Thread.activeCount()).isLessThan(before + 20);
			assertThat(futures).noneMatch(CompletableFuture::isDone);
			processes.running().forEach(RunningProcess::kill);
			for (int i = 0; i < futures.size(); i++) {
				assertThat(futures.get(i).join().output()).isEqualTo(i + "\n");
			}
		}
	}

	@Test
	void processesLongQueueOfFailingLaunches() {
		try (ProcessManager processes = limitedTo(1, Duration.ofSeconds(1))) {
			RunningProcess holder = processes.start("sleep", "300");
			List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();
			for (int i = 0; i < 5000; i++) {
				futures.add(processes.command("no-such-program").runAsync());
			}

			holder.kill();

			assertThat(futures).allSatisfy((future) -> assertThat(future).failsWithin(Duration.ofSeconds(30))
				.withThrowableThat()
				.withCauseInstanceOf(ProcessStartException.class));
			assertThat(processes.run("true").successful()).isTrue();
		}
	}

	@Test
	void releasesPermitHoweverRunEnds() {
		try (ProcessManager processes = limitedTo(1, Duration.ofMillis(200))) {
			PendingProcess sleep = processes.command("sleep", "300").stopGrace(Duration.ofMillis(100));
			List<Runnable> ends = List.of(() -> processes.shell("exit 3").run(), () -> processes.run("no-such-program"),
					() -> processes.start("no-such-program"),
					() -> processes.command("no-such-program").runAsync().join(),
					() -> processes.command("true").directory(this.directory.resolve("missing")).run(),
					() -> sleep.timeout(Duration.ofMillis(100)).run(),
					() -> sleep.idleTimeout(Duration.ofMillis(100)).run(),
					() -> sleep.timeout(Duration.ofMillis(100)).start().waitFor(), () -> sleep.start().stop(),
					() -> sleep.start().kill(), () -> processes.command("yes").outputLimit(10).run(),
					() -> processes.shell("sleep 300 & echo hi").run(),
					() -> processes.shell("echo hi").onLine((type, line) -> {
						throw new IllegalStateException("planned");
					}).run());
			for (Runnable end : ends) {
				try {
					end.run();
				}
				catch (ProcessException | CompletionException ex) {
					assertThat(ex).isNotInstanceOf(ProcessRejectedException.class);
				}
				assertThat(processes.run("true").successful()).isTrue();
			}
		}
	}

	@Test
	void releasesPermitWhenCallerIsInterrupted() throws InterruptedException {
		try (ProcessManager processes = limitedTo(1, Duration.ofMinutes(5))) {
			Plant plant = Plant.fresh();
			Thread running = Threads.start(() -> runInterrupted(processes, plant));
			await().atMost(BEFORE_LOST).until(() -> !plant.alive().isEmpty());
			AtomicReference<ProcessInterruptedException> thrown = new AtomicReference<>();
			Thread waiting = Threads.start(() -> thrown.set(runInterrupted(processes, plant)));
			await().atMost(BEFORE_LOST).until(() -> isWaiting(waiting));

			waiting.interrupt();
			waiting.join(BEFORE_LOST.toMillis());
			assertThat(thrown.get().result()).isEmpty();
			assertThat(plant.alive()).hasSize(1);
			running.interrupt();
			running.join(BEFORE_LOST.toMillis());

			assertThat(plant.alive()).isEmpty();
			assertThat(processes.start("true").waitFor().successful()).isTrue();
		}
	}

	private static ProcessInterruptedException runInterrupted(ProcessManager processes, Plant plant) {
		try {
			processes.command("sleep", "300").env(Plant.NAME, plant.value()).run();
			throw new IllegalStateException("not interrupted");
		}
		catch (ProcessInterruptedException ex) {
			return ex;
		}
	}

	@Test
	void acquiresNoPermitForDetachedProcesses() {
		try (ProcessManager processes = limitedTo(1, Duration.ofMillis(200))) {
			RunningProcess first = processes.command("sleep", "300").detached().start();
			RunningProcess second = processes.command("sleep", "300").detached().start();

			assertThat(processes.run("true").successful()).isTrue();

			first.kill();
			second.kill();
		}
	}

	@Test
	void rejectsWaitersWhenClosed() throws InterruptedException {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		CompletableFuture<ProcessResult> future;
		Thread waiting;
		try (ProcessManager processes = limitedTo(1, Duration.ofMinutes(5))) {
			processes.start("sleep", "300");
			future = processes.command("true").runAsync();
			waiting = Threads.start(() -> {
				try {
					processes.run("true");
				}
				catch (ProcessException ex) {
					thrown.set(ex);
				}
			});
			await().atMost(BEFORE_LOST).until(() -> isWaiting(waiting));
		}

		waiting.join(BEFORE_LOST.toMillis());
		assertThat(thrown.get()).isInstanceOf(ProcessRejectedException.class);
		assertThat(future).failsWithin(BEFORE_LOST)
			.withThrowableThat()
			.withCauseInstanceOf(ProcessRejectedException.class);
	}

	@Test
	void limitsConcurrentSpawns() throws Exception {
		int most = Runtime.getRuntime().availableProcessors() + 1;
		AtomicInteger inFlight = new AtomicInteger();
		AtomicInteger highest = new AtomicInteger();
		ProcessEngine engine = new LocalProcessEngine(true, null);
		ProcessEngine slow = (ProcessEngine) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ProcessEngine.class }, (proxy, method, arguments) -> {
					if (!method.getName().equals("start")) {
						return method.invoke(engine, arguments);
					}
					highest.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
					// until the others have arrived, or cannot arrive
					Pace.slowly(Duration.ofMillis(50));
					try {
						return method.invoke(engine, arguments);
					}
					finally {
						inFlight.decrementAndGet();
					}
				});
		try (ProcessManager processes = ProcessManager.builder().engine(slow).build()) {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 3 * most; i++) {
				threads.add(Threads.start(() -> processes.run("true")));
			}
			for (Thread thread : threads) {
				thread.join();
			}
		}

		assertThat(highest.get()).isBetween(1, most);
	}

}
