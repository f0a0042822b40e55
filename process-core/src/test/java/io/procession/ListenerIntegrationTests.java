package io.procession;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessTimedOut;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessOutputListener;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.testing.LogCapture;
import io.procession.testing.Pace;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.BEFORE_LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

@RealProcesses
class ListenerIntegrationTests {

	private final Plant plant = Plant.fresh();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void release() {
		this.release.countDown();
	}

	// for ever, as far as anybody else is concerned
	private void block() {
		Threads.holdThroughInterrupts(this.release);
	}

	@Test
	void isCalledOnPumpThreadsOneCallAtATime(ProcessManager processes) {
		AtomicInteger inside = new AtomicInteger();
		AtomicBoolean overlapped = new AtomicBoolean();
		Set<String> threads = Collections.synchronizedSet(new HashSet<>());
		Consumer<Object> check = (ignored) -> {
			if (inside.incrementAndGet() > 1) {
				overlapped.set(true);
			}
			threads.add(Thread.currentThread().getName());
			Pace.slowly(Duration.ofNanos(100_000));
			inside.decrementAndGet();
		};

		processes.shell("seq 1 500 & seq 1 500 >&2; wait")
			.onLine((type, line) -> check.accept(line))
			.onOutput((type, chunk) -> check.accept(chunk))
			.run();

		assertThat(overlapped).isFalse();
		assertThat(threads).isNotEmpty().allMatch((name) -> name.startsWith("procession-"));
	}

	@Test
	void doesNotCountAsIdleTimeOfItsProcess(ProcessManager processes) throws IOException {
		Duration idle = Duration.ofSeconds(2);
		RunningProcess process = processes.shell("echo a; read line")
			.idleTimeout(idle)
			.onLine((type, line) -> block())
			.start();
		await().atMost(BEFORE_LOST).until(() -> process.output().equals("a\n"));

		// the same idle time, but beginning later: it ends when the other would have
		// ended
		ProcessResult silent = processes.command("sleep", "300").idleTimeout(idle).start().onExit().join();
		assertThat(silent.cause()).isEqualTo(ExitCause.IDLE_TIMED_OUT);
		release();
		process.stdin().writeLine("go on");

		assertThat(process.onExit()).succeedsWithin(BEFORE_LOST)
			.satisfies((result) -> assertThat(result.cause()).isEqualTo(ExitCause.EXITED));
	}

	@Test
	void receivesLinesAndChunksInOrder(ProcessManager processes) {
		List<String> lines = new ArrayList<>();
		StringBuilder chunks = new StringBuilder();

		ProcessResult result = processes.command("seq", "1", "20000")
			.onLine((type, line) -> lines.add(line))
			.onOutput((type, chunk) -> chunks.append(StandardCharsets.UTF_8.decode(chunk)))
			.run();

		assertThat(lines).isEqualTo(result.outputLines());
		assertThat(chunks).hasToString(result.output());
	}

	@Test
	void receivesAllOutputBeforeRunReturns(ProcessManager processes) {
		for (int i = 0; i < 50; i++) {
			AtomicInteger count = new AtomicInteger();

			processes.command("seq", "1", "300").onLine((type, line) -> count.incrementAndGet()).run();

			assertThat(count).hasValue(300);
		}
	}

	@Test
	void doesNotAffectOtherListenersWhenItThrows(ProcessManager processes) {
		List<String> lines = new ArrayList<>();
		StringBuilder chunks = new StringBuilder();
		try (LogCapture log = LogCapture.begin()) {

			ProcessResult result = processes.shell("echo a; echo b; exit 3").onLine((type, line) -> {
				throw new IllegalStateException("planned exception");
			}).onOutput((type, chunk) -> {
				throw new AssertionError("planned error");
			})
				.onLine((type, line) -> lines.add(line))
				.onOutput((type, chunk) -> chunks.append(StandardCharsets.UTF_8.decode(chunk)))
				.run();

			assertThat(result.exitCode()).isEqualTo(3);
			assertThat(result.output()).isEqualTo("a\nb\n");
			assertThat(result.outputComplete()).isTrue();
			assertThat(lines).containsExactly("a", "b");
			assertThat(chunks).hasToString("a\nb\n");
			await().atMost(BEFORE_LOST)
				.untilAsserted(() -> assertThat(log.text()).contains("planned exception", "planned error"));
		}
	}

	@Test
	void receivesOutputOfAllProcesses(ProcessManager processes) throws IOException {
		Map<String, String> received = new ConcurrentHashMap<>();
		ProcessOutputListener listener = (process, type, chunk) -> received.merge(process.name() + " " + type,
				StandardCharsets.UTF_8.decode(chunk).toString(), String::concat);
		ProcessOutputListener failing = (process, type, chunk) -> {
			throw new IllegalStateException("planned");
		};
		processes.addOutputListener(failing);
		processes.addOutputListener(listener);
		RunningProcess early = processes.shell("echo first; read x; echo second").name("early").start();
		await().atMost(BEFORE_LOST).until(() -> received.containsKey("early OUTPUT"));

		assertThat(processes.shell("echo out; echo err >&2").name("run").run().output()).isEqualTo("out\n");
		processes.shell("echo dropped; echo dropped >&2").name("quiet").quietly().run();
		processes.shell("echo within; echo problem >&2")
			.name("stage")
			.pipe(processes.command("cat").name("last"))
			.run();
		assertThat(processes.shell("echo pulled").name("pulled").pullOutput().start().stdout().readAllBytes())
			.hasSize(7);
		processes.removeOutputListener(listener);
		answer(early);
		assertThat(early.waitFor().output()).isEqualTo("first\nsecond\n");
		processes.shell("echo late").run();

		assertThat(received).containsOnly(Map.entry("early OUTPUT", "first\n"), Map.entry("run OUTPUT", "out\n"),
				Map.entry("run ERROR", "err\n"), Map.entry("stage ERROR", "problem\n"),
				Map.entry("last OUTPUT", "within\n"));
	}

	@Test
	void receivesNothingOnceRemoved(ProcessManager processes) {
		List<String> removed = new CopyOnWriteArrayList<>();
		List<String> kept = new CopyOnWriteArrayList<>();
		ProcessListener listener = (event) -> removed.add(event.name());
		processes.addListener(listener);
		processes.addListener((event) -> kept.add(event.name()));
		processes.command("true").name("first").run();
		await().atMost(BEFORE_LOST).until(() -> kept.equals(List.of("first", "first")));

		processes.removeListener(listener);
		processes.removeListener(listener);
		processes.command("true").name("second").run();

		await().atMost(BEFORE_LOST).until(() -> kept.equals(List.of("first", "first", "second", "second")));
		assertThat(removed).containsExactly("first", "first");
	}

	@Test
	void delaysNoTimeoutWhenGlobalListenerBlocks(ProcessManager processes) {
		processes.addOutputListener((process, type, chunk) -> block());

		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> processes.shell(Scripts.SLEEPS).timeout(Duration.ofMillis(500)).run());
		processes.shell(Scripts.SLEEPS).quietly().start().stop();

		this.release.countDown();
	}

	@Test
	void receivesWholeBufferAfterAnotherListenerReadIt(ProcessManager processes) {
		StringBuilder second = new StringBuilder();

		processes.shell("echo some text")
			.onOutput((type, chunk) -> chunk.position(chunk.limit()))
			.onOutput((type, chunk) -> second.append(StandardCharsets.UTF_8.decode(chunk)))
			.run();

		assertThat(second).hasToString("some text\n");
	}

	@Test
	void receivesAllLinesEvenIfSlow(ProcessManager processes) {
		AtomicInteger count = new AtomicInteger();

		ProcessResult result = processes.command("seq", "1", "1000").onLine((type, line) -> {
			Pace.slowly(Duration.ofMillis(3));
			count.incrementAndGet();
		}).run();

		assertThat(count).hasValue(1000);
		assertThat(result.outputLines()).hasSize(1000);
		assertThat(result.outputComplete()).isTrue();
	}

	@Test
	void slowsOnlyItsOwnProcess(ProcessManager processes) {
		AtomicInteger count = new AtomicInteger();
		RunningProcess slow = processes.command("yes").env(Plant.NAME, this.plant.value()).onLine((type, line) -> {
			count.incrementAndGet();
			Pace.slowly(Duration.ofMillis(10));
		}).keepLast(100).start();
		Stopwatch watch = Stopwatch.started();

		for (int i = 0; i < 20; i++) {
			assertThat(processes.command("seq", "1", "1000").run().outputLines()).hasSize(1000);
		}

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		slow.stop();
		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(this.plant.alive()).isEmpty();
		this.release.countDown();
	}

	@Test
	void delaysNoTimeoutWhenItBlocks(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> shell(processes, Scripts.IGNORES_TERM).onLine((type, line) -> block())
				.timeout(Duration.ofMillis(500))
				.stopGrace(Duration.ofMillis(500))
				.run());

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(this.plant.alive()).isEmpty();
	}

	private PendingProcess shell(ProcessManager processes, String script) {
		return processes.shell(script).env(Plant.NAME, this.plant.value());
	}

	@Test
	void delaysNoTimeoutOfStartedProcessWhenItBlocks(ProcessManager processes) {
		RunningProcess process = shell(processes, Scripts.SLEEPS).onOutput((type, chunk) -> block())
			.timeout(Duration.ofMillis(500))
			.start();

		await().atMost(BEFORE_LOST).until(process.onExit()::isDone);
		assertThat(process.onExit().join().cause()).isEqualTo(ExitCause.TIMED_OUT);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void delaysNoTimeoutWhenItBlocksAfterProcessHasEnded(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = shell(processes, "echo a; exit 3").onLine((type, line) -> block())
			.timeout(Duration.ofSeconds(1))
			.run();

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(result.exitCode()).isEqualTo(3);
		assertThat(result.output()).isEqualTo("a\n");
	}

	@Test
	void isReportedInLogWhenItMissesRemainingOutput(ProcessManager processes) {
		try (LogCapture log = LogCapture.begin()) {
			shell(processes, "echo a; exit 3").onLine((type, line) -> block()).timeout(Duration.ofSeconds(1)).run();

			await().atMost(BEFORE_LOST).until(() -> log.text().contains("still busy"));
			assertThat(log.text())
				.contains("WARN",
						"its remaining output is not delivered to a listener, stage or reader that is still busy")
				.doesNotContain("left behind holds");
		}
	}

	@Test
	void isReportedInLogWhenItClosesManager() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().drain(Duration.ofMillis(200)).build();
		try (LogCapture log = LogCapture.begin();
				ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			RunningProcess process = shell(processes, Scripts.SLEEPS).onLine((type, line) -> processes.close()).start();

			assertThat(process.onExit().orTimeout(30, TimeUnit.SECONDS).join().cause()).isEqualTo(ExitCause.SHUTDOWN);
			await().atMost(BEFORE_LOST).until(() -> log.text().contains("still busy"));
			assertThat(log.text())
				.contains("WARN",
						"its remaining output is not delivered to a listener, stage or reader that is still busy")
				.doesNotContain("left behind holds");
		}
	}

	@Test
	void isNotReportedInLogWhenOutputIsHeldOpen(ProcessManager processes) {
		try (LogCapture log = LogCapture.begin()) {
			ProcessResult result = shell(processes, "sleep 30 & echo hi").drain(Duration.ofMillis(100))
				.onLine((type, line) -> {
				})
				.run();

			await().atMost(BEFORE_LOST)
				.until(() -> log.text().contains("left behind holds") != result.outputComplete());
			assertThat(log.text()).doesNotContain("still busy");
		}
	}

	@Test
	void receivesBothStreamsAsTheyArrive(ProcessManager processes) {
		List<String> lines = new ArrayList<>();

		processes.shell("echo 1; read a; echo 2 >&2; read a; echo 3; read a; echo 4 >&2").onLine((type, line) -> {
			lines.add(type + " " + line);
			answer(processes.running().get(0));
		}).start().waitFor(BEFORE_LOST);

		assertThat(lines).containsExactly("OUTPUT 1", "ERROR 2", "OUTPUT 3", "ERROR 4");
	}

	private static void answer(RunningProcess process) {
		try {
			process.stdin().writeLine("go on");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void receivesEachLineOnceDespiteRepeatedWaits(ProcessManager processes) {
		List<String> lines = new ArrayList<>();
		RunningProcess process = processes.command("seq", "1", "100").onLine((type, line) -> lines.add(line)).start();

		process.waitUntil((type, line) -> line.equals("50"));
		process.waitFor();
		process.waitFor();
		process.waitUntil((type, line) -> line.equals("never"));

		assertThat(lines).hasSize(100).isEqualTo(process.waitFor().outputLines());
	}

	@ParameterizedTest
	@ValueSource(strings = { "TERM", "KILL" })
	void canSignalItsProcess(Signal signal, ProcessManager processes) {
		ProcessResult result = shell(processes, "echo ready; exec sleep 300")
			.onLine((type, line) -> processes.running().get(0).signal(signal))
			.run();

		assertThat(result.cause()).isEqualTo(ExitCause.SIGNALED);
		assertThat(result.signal()).contains(signal);
	}

	@Test
	void delaysNoStopWhenItBlocks(ProcessManager processes) {
		RunningProcess process = shell(processes, Scripts.IGNORES_TERM).onLine((type, line) -> block()).start();
		await().atMost(BEFORE_LOST).until(() -> !process.output().isEmpty());
		Stopwatch watch = Stopwatch.started();

		process.stop(Duration.ofMillis(200));

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.isRunning()).isFalse();
	}

	@Test
	void delaysNoCloseWhenItBlocks() {
		Stopwatch watch;
		RunningProcess process;
		try (ProcessManager processes = ProcessManager.create()) {
			process = shell(processes, Scripts.SLEEPS).onLine((type, line) -> block()).start();
			await().atMost(BEFORE_LOST).until(() -> !process.output().isEmpty());
			watch = Stopwatch.started();
		}

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.onExit().orTimeout(10, TimeUnit.SECONDS).join().cause()).isEqualTo(ExitCause.SHUTDOWN);
	}

	@Test
	void delaysNoOtherProcessWhenItBlocks(ProcessManager processes) {
		for (int i = 0; i < 10; i++) {
			shell(processes, Scripts.SLEEPS).onLine((type, line) -> block()).start();
		}
		Stopwatch watch = Stopwatch.started();

		for (int i = 0; i < 10; i++) {
			assertThat(processes.shell("echo hi; echo ho >&2").run().output()).isEqualTo("hi\n");
		}

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		processes.running().forEach(RunningProcess::kill);
	}

	@Test
	void canRunAnotherProcess(ProcessManager processes) {
		List<String> outputs = new ArrayList<>();

		processes.command("seq", "1", "3")
			.onLine((type, line) -> outputs.add(processes.command("echo", "got " + line).run().output()))
			.run();

		assertThat(outputs).containsExactly("got 1\n", "got 2\n", "got 3\n");
	}

	@Test
	void cannotWaitForEndOfItsOwnProcess(ProcessManager processes) {
		CompletableFuture<RunningProcess> process = new CompletableFuture<>();
		List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
		process.complete(processes.command("echo", "hi").onLine((type, line) -> {
			thrown.add(catchThrowable(() -> process.join().waitFor()));
			thrown.add(catchThrowable(() -> process.join().waitUntil((stream, text) -> false)));
			assertThat(process.join().waitFor(Duration.ofMillis(1))).isEmpty();
			assertThat(process.join().waitUntil((stream, text) -> false, Duration.ofMillis(1))).isFalse();
		}).start());

		assertThat(process.join().waitFor(BEFORE_LOST)).isPresent();

		assertThat(thrown).hasSize(2)
			.allSatisfy((ex) -> assertThat(ex).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("echo")
				.hasMessageContaining("onExit()"));
	}

	@Test
	void canWriteToItsProcess(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("while read line; do test $line -gt 20 && exit 0; echo $line; done")
			.onLine((type, line) -> {
				try {
					processes.running().get(0).stdin().writeLine(Integer.toString(Integer.parseInt(line) + 1));
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			})
			.start();

		process.stdin().writeLine("1");

		assertThat(process.waitFor().outputLines()).hasSize(20).endsWith("20");
	}

	@Test
	void receivesEventsInOrder(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);

		ProcessResult result = processes.shell("exit 3").name("three").run();

		await().atMost(BEFORE_LOST).until(() -> events.size() >= 2);
		assertThat(events).hasSize(2);
		assertThat(events.get(0)).isInstanceOfSatisfying(ProcessStarted.class, (started) -> {
			assertThat(started.name()).isEqualTo("three");
			assertThat(started.pid()).isEqualTo(result.pid());
			assertThat(started.command()).isEqualTo("/bin/sh -c 'exit 3' sh");
		});
		assertThat(events.get(1)).isInstanceOfSatisfying(ProcessExited.class, (exited) -> {
			assertThat(exited.executionId()).isEqualTo(events.get(0).executionId());
			assertThat(exited.name()).isEqualTo("three");
			assertThat(exited.pid()).isEqualTo(result.pid());
			assertThat(exited.exitCode()).isEqualTo(3);
			assertThat(exited.cause()).isEqualTo(ExitCause.EXITED);
			assertThat(exited.successful()).isFalse();
			assertThat(exited.at()).isAfterOrEqualTo(events.get(0).at());
		});
	}

	@Test
	void receivesCauseOfStop(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);
		RunningProcess stopped = processes.start("sleep", "300");
		stopped.stop();
		stopped.waitFor();
		RunningProcess killed = processes.start("sleep", "300");
		killed.kill();
		killed.waitFor();
		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> processes.command("sleep", "300").timeout(Duration.ofMillis(200)).run());
		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> processes.command("sleep", "300").idleTimeout(Duration.ofMillis(200)).run());
		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> processes.command("yes").outputLimit(10).run());
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> processes.run("no-such-program"));

		await().atMost(BEFORE_LOST).until(() -> events.size() >= 16);

		assertThat(events).extracting((event) -> event.getClass().getSimpleName())
			.containsExactly("ProcessStarted", "ProcessStopping", "ProcessExited", "ProcessStarted", "ProcessStopping",
					"ProcessExited", "ProcessStarted", "ProcessTimedOut", "ProcessExited", "ProcessStarted",
					"ProcessTimedOut", "ProcessExited", "ProcessStarted", "ProcessStopping", "ProcessExited",
					"ProcessStartFailed");
		assertThat(events.get(1)).isInstanceOfSatisfying(ProcessStopping.class, (stopping) -> {
			assertThat(stopping.cause()).isEqualTo(ExitCause.STOPPED);
			assertThat(stopping.signal()).isEqualTo(Signal.TERM);
			assertThat(stopping.executionId()).isEqualTo(stopped.executionId());
			assertThat(stopping.pid()).isEqualTo(stopped.pid());
		});
		assertThat(events.get(4)).isInstanceOfSatisfying(ProcessStopping.class, (stopping) -> {
			assertThat(stopping.cause()).isEqualTo(ExitCause.KILLED);
			assertThat(stopping.signal()).isEqualTo(Signal.KILL);
		});
		assertThat(events.get(7)).isInstanceOfSatisfying(ProcessTimedOut.class, (timedOut) -> {
			assertThat(timedOut.idle()).isFalse();
			assertThat(timedOut.timeout()).isEqualTo(Duration.ofMillis(200));
		});
		assertThat(events.get(10)).isInstanceOfSatisfying(ProcessTimedOut.class,
				(timedOut) -> assertThat(timedOut.idle()).isTrue());
		assertThat(events.get(13)).isInstanceOfSatisfying(ProcessStopping.class,
				(stopping) -> assertThat(stopping.cause()).isEqualTo(ExitCause.OUTPUT_LIMIT));
		assertThat(events.get(15)).isInstanceOfSatisfying(ProcessStartFailed.class, (failed) -> {
			assertThat(failed.reason()).isEqualTo(ProcessStartException.Reason.NOT_FOUND);
			assertThat(failed.command()).isEqualTo("no-such-program");
			assertThat(failed.message()).contains("no-such-program");
		});
	}

	@Test
	void receivesEventsOnThreadOfManager(ProcessManager processes) {
		Set<String> threads = Collections.synchronizedSet(new HashSet<>());
		processes.addListener((event) -> threads.add(Thread.currentThread().getName()));

		processes.run("true");
		processes.run("true");

		await().atMost(BEFORE_LOST).until(() -> !threads.isEmpty());
		assertThat(threads).hasSize(1).allMatch((name) -> name.startsWith("procession-"));
	}

	@Test
	void doesNotPreventEventsForOthersWhenItThrows(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		try (LogCapture log = LogCapture.begin()) {
			processes.addListener((event) -> {
				throw new IllegalStateException("planned exception");
			});
			processes.addListener((event) -> {
				throw new AssertionError("planned error");
			});
			processes.addListener(events::add);

			assertThat(processes.run("true").successful()).isTrue();
			assertThat(processes.run("true").successful()).isTrue();

			await().atMost(BEFORE_LOST).until(() -> events.size() == 4);
			await().atMost(BEFORE_LOST)
				.untilAsserted(() -> assertThat(log.text()).contains("planned exception", "planned error"));
		}
	}

	@Test
	void delaysOnlyEventsWhenItBlocks() {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = ProcessManager.create()) {
			processes.addListener((event) -> block());
			processes.addListener(events::add);

			for (int i = 0; i < 20; i++) {
				assertThat(processes.run("true").successful()).isTrue();
			}
			assertThatExceptionOfType(ProcessTimedOutException.class)
				.isThrownBy(() -> shell(processes, "exec sleep 300").timeout(Duration.ofMillis(300)).run());
			RunningProcess process = shell(processes, Scripts.SLEEPS).start();
			process.stop();
			assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
			assertThat(events).isEmpty();
		}

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(20));
	}

	@Test
	void receivesAllEventsDelayedByAnotherListener(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener((event) -> block());
		processes.addListener(events::add);
		for (int i = 0; i < 50; i++) {
			processes.run("true");
		}

		this.release.countDown();

		await().atMost(BEFORE_LOST).until(() -> events.size() == 100);
	}

}
