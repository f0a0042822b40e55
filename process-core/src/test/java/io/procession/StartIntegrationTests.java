package io.procession;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.execution.output.StandardInput;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.OutputType;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestChild;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

@RealProcesses
class StartIntegrationTests {

	@TempDir
	Path directory;

	@Test
	void detectsExitOfProcessWithoutPipesWithoutSweep() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().sweepInterval(Duration.ofHours(1)).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			RunningProcess process = processes.shell("exit 3").quietly().start();

			assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(30))
				.satisfies((result) -> assertThat(result.exitCode()).isEqualTo(3));
		}
	}

	@Test
	void returnsHandle(ProcessManager processes) {
		Instant before = Instant.now();
		Stopwatch watch = Stopwatch.started();

		RunningProcess process = processes.command("sleep", "300").name("sleeper").start();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(process.isRunning()).isTrue();
		assertThat(ProcessTable.isAlive(process.pid())).isTrue();
		assertThat(process.executionId()).isNotBlank();
		assertThat(process.name()).isEqualTo("sleeper");
		assertThat(process.command()).isEqualTo(Command.of("sleep", "300"));
		assertThat(process.startedAt()).isBetween(before, Instant.now());
		assertThat(process.output()).isEmpty();
		assertThat(process.errorOutput()).isEmpty();
		assertThat(process.latestOutput()).isEmpty();
		assertThat(process)
			.hasToString("RunningProcess[sleeper pid=" + process.pid() + " id=" + process.executionId() + "]");
		assertThat(process.waitFor(Duration.ofMillis(50))).isEmpty();
		assertThat(process.waitFor(Duration.ZERO)).isEmpty();
		assertThat(process.onExit()).isNotDone();
		assertThatCode(process::ensureNotTimedOut).doesNotThrowAnyException();
	}

	@Test
	void registersRunningProcesses(ProcessManager processes) {
		assertThat(processes.running()).isEmpty();

		RunningProcess first = processes.start("sleep", "300");
		RunningProcess second = processes.start("sleep", "300");
		RunningProcess third = processes.start("sleep", "300");

		assertThat(processes.running()).extracting(RunningProcess::pid)
			.containsExactly(first.pid(), second.pid(), third.pid());
		assertThat(processes.find(second.pid()).map(RunningProcess::executionId)).contains(second.executionId());
		assertThat(processes.find(ProcessHandle.current().pid())).isEmpty();
		assertThat(List.of(first.executionId(), second.executionId(), third.executionId())).doesNotHaveDuplicates();

		second.stop();

		assertThat(second.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(processes.find(second.pid())).isEmpty();
		assertThat(processes.running()).extracting(RunningProcess::pid).containsExactly(first.pid(), third.pid());
	}

	@Test
	void isDeregisteredBeforeResultIsAvailable(ProcessManager processes) {
		for (int i = 0; i < 50; i++) {
			RunningProcess process = processes.start("true");
			CompletableFuture<Integer> left = process.onExit().thenApply((result) -> processes.running().size());

			assertThat(left.join()).isZero();
		}
	}

	@Test
	void returnsResultRepeatedly(ProcessManager processes) {
		RunningProcess process = processes.shell("echo out; echo err >&2; exit 3").start();

		ProcessResult result = process.waitFor();

		assertThat(result.exitCode()).isEqualTo(3);
		assertThat(result.output()).isEqualTo("out\n");
		assertThat(result.errorOutput()).isEqualTo("err\n");
		assertThat(result.pid()).isEqualTo(process.pid());
		assertThat(process.waitFor()).isSameAs(result);
		assertThat(process.waitFor(Duration.ZERO)).containsSame(result);
		assertThat(process.onExit().join()).isSameAs(result);
		assertThat(process.isRunning()).isFalse();
		assertThat(process.output()).isEqualTo("out\n");
		assertThat(process.errorOutput()).isEqualTo("err\n");
		assertThat(process.waitUntil((type, line) -> line.equals("nothing"))).isFalse();
	}

	@Test
	void returnsResultToManyWaitingThreads(ProcessManager processes) throws InterruptedException {
		RunningProcess process = processes.command("cat").start();
		List<ProcessResult> results = Collections.synchronizedList(new ArrayList<>());
		List<Thread> waiting = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			waiting.add(Threads.start(() -> results.add(process.waitFor())));
		}

		closeInput(process);

		for (Thread thread : waiting) {
			thread.join();
		}
		assertThat(results).hasSize(8).containsOnly(process.waitFor());
	}

	@Test
	void closesInputOfEndedProcess(ProcessManager processes) {
		RunningProcess process = processes.start("true");
		process.waitFor();

		closeInput(process);
	}

	private static void closeInput(RunningProcess process) {
		assertThatCode(() -> process.stdin().close()).doesNotThrowAnyException();
	}

	@Test
	void writesToRunningProcess(ProcessManager processes) throws IOException {
		RunningProcess process = processes.command("cat").start();
		StandardInput stdin = process.stdin();

		stdin.writeLine("one");
		assertThat(process.waitUntil((type, line) -> line.equals("one"), SOON)).isTrue();
		stdin.write("tw");
		stdin.write("o\n".getBytes(StandardCharsets.UTF_8));
		stdin.write('!');
		assertThat(process.waitUntil((type, line) -> line.equals("two"), SOON)).isTrue();
		assertThat(process.isRunning()).isTrue();
		stdin.close();
		stdin.close();

		assertThat(process.waitFor().output()).isEqualTo("one\ntwo\n!");
	}

	@Test
	void keepsInputOpenUntilClosed(ProcessManager processes) {
		RunningProcess process = processes.command("cat").start();

		assertThat(process.waitFor(Duration.ofMillis(300))).isEmpty();
		closeInput(process);

		assertThat(process.waitFor().successful()).isTrue();
	}

	@Test
	void writesInputInConfiguredCharset(ProcessManager processes) throws IOException {
		RunningProcess process = processes.command("cat").charset(StandardCharsets.ISO_8859_1).start();

		process.stdin().write("é");
		process.stdin().close();

		ProcessResult result = process.waitFor();
		assertThat(result.outputBytes()).containsExactly(0xE9);
		assertThat(result.output()).isEqualTo("é");
	}

	@Test
	void hasNoLiveInputIfInputWasProvided(ProcessManager processes) {
		RunningProcess process = processes.command("cat").input("given").start();

		assertThatIllegalStateException().isThrownBy(process::stdin);
		assertThat(process.waitFor().output()).isEqualTo("given");
	}

	@Test
	void failsToWriteToEndedProcess(ProcessManager processes) {
		RunningProcess process = processes.start("true");
		process.waitFor();

		assertThatIOException().isThrownBy(() -> process.stdin().writeLine("too late"));
	}

	@Test
	void releasesBlockedWriterWhenStopped(ProcessManager processes) throws InterruptedException {
		RunningProcess process = processes.start("sleep", "300");
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread writer = Threads.start(() -> {
			try {
				process.stdin().write(new byte[1 << 20]);
			}
			catch (IOException ex) {
				thrown.set(ex);
			}
		});
		// the pipe holds 64 KiB
		await().atMost(SOON).until(() -> isInWrite(writer));
		Stopwatch watch = Stopwatch.started();

		process.stop();

		assertThat(watch.elapsed()).isLessThan(SOON);
		writer.join(SOON.toMillis());
		assertThat(thrown.get()).isInstanceOf(IOException.class);
	}

	private static boolean isInWrite(Thread thread) {
		for (StackTraceElement frame : thread.getStackTrace()) {
			if (frame.getMethodName().equals("writeBytes")) {
				return true;
			}
		}
		return false;
	}

	@Test
	void failsToWriteToClosedInput(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell(Scripts.SLEEPS).start();

		process.stdin().close();

		assertThatIOException().isThrownBy(() -> process.stdin().writeLine("too late"));
	}

	@Test
	void closesInputFromListener(ProcessManager processes) throws IOException {
		RunningProcess process = processes.command("cat")
			.onLine((type, line) -> closeInput(processes.running().get(0)))
			.start();

		process.stdin().writeLine("last");

		assertThat(process.waitFor(SOON)).isPresent();
		assertThat(process.output()).isEqualTo("last\n");
	}

	@Test
	void doesNotInterleaveLinesOfSeveralWriters(ProcessManager processes) throws Exception {
		RunningProcess process = processes.command("cat").start();
		List<Thread> writers = new ArrayList<>();
		for (String letter : List.of("a", "b", "c")) {
			writers.add(Threads.start(() -> {
				try {
					for (int i = 0; i < 200; i++) {
						process.stdin().writeLine(letter.repeat(500));
					}
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}));
		}
		for (Thread writer : writers) {
			writer.join();
		}
		closeInput(process);

		assertThat(process.waitFor().outputLines()).hasSize(600)
			.containsOnly("a".repeat(500), "b".repeat(500), "c".repeat(500));
	}

	@Test
	void returnsOutputSinceLastCall(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("echo one; echo err >&2; read line; echo two; exit 0").start();
		process.waitUntil((type, line) -> line.equals("one"), SOON);
		process.waitUntil((type, line) -> line.equals("err"), SOON);

		assertThat(process.latestOutput()).isEqualTo("one\n");
		assertThat(process.latestOutput()).isEmpty();
		assertThat(process.latestErrorOutput()).isEqualTo("err\n");
		assertThat(process.latestErrorOutput()).isEmpty();
		process.stdin().writeLine("go on");
		process.waitFor();
		assertThat(process.latestOutput()).isEqualTo("two\n");
		assertThat(process.latestOutput()).isEmpty();
		assertThat(process.output()).isEqualTo("one\ntwo\n");
	}

	@Test
	void returnsEachByteOnceToPollingThread(ProcessManager processes) {
		RunningProcess process = processes.shell("for i in 1 2 3 4 5; do seq 1 5000; done").start();
		StringBuilder polled = new StringBuilder();

		while (process.isRunning()) {
			polled.append(process.latestOutput());
		}
		String whole = process.waitFor().output();
		polled.append(process.latestOutput());

		assertThat(polled.toString()).isEqualTo(whole);
	}

	@Test
	void returnsEachByteOnceToSeveralPollingThreads(ProcessManager processes) throws InterruptedException {
		RunningProcess process = processes.shell("seq 1 100000").start();
		CompletableFuture<ProcessResult> ended = process.onExit();
		AtomicLong polled = new AtomicLong();
		List<Thread> pollers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			pollers.add(Threads.start(() -> {
				boolean last;
				do {
					last = ended.isDone();
					polled.addAndGet(process.latestOutput().length());
				}
				while (!last);
			}));
		}

		for (Thread poller : pollers) {
			poller.join();
		}

		assertThat(polled).hasValue(process.output().length());
	}

	@Test
	void decodesMalformedBytesWhenPolledLikeResult(ProcessManager processes) {
		Random random = new Random(20261130);
		for (int i = 0; i < 30; i++) {
			byte[] bytes = new byte[3000];
			random.nextBytes(bytes);
			RunningProcess process = processes.command("dd", "bs=" + (1 + i), "status=none").input(bytes).start();
			StringBuilder polled = new StringBuilder();

			while (process.isRunning()) {
				polled.append(process.latestOutput());
			}
			String whole = process.waitFor().output();
			polled.append(process.latestOutput());

			assertThat(polled.toString()).isEqualTo(whole).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
		}
	}

	@Test
	void detectsExitOfProcessThatClosedItsStreams(ProcessManager processes) {
		RunningProcess process = processes.shell("exec >&- 2>&-; sleep 1; exit 7").start();

		assertThat(process.onExit().orTimeout(20, TimeUnit.SECONDS).join().exitCode()).isEqualTo(7);
	}

	@Test
	void needsNoThreadPerQuietProcess(ProcessManager processes) {
		for (int i = 0; i < 50; i++) {
			processes.command("sleep", "300").quietly().timeout(Duration.ofMinutes(5)).start();
		}

		// the JDK has one reaper for each
		assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> thread.getName().startsWith("procession-"))
			.hasSizeLessThan(10);
	}

	@Test
	void retainsIncompleteCharacterForNextCall(ProcessManager processes) throws IOException {
		RunningProcess process = processes.command(TestChild.command("write", "61c3", "a962")).start();
		StringBuilder polled = new StringBuilder();
		await().atMost(SOON).until(() -> polled.append(process.latestOutput()).length() > 0);
		assertThat(polled).hasToString("a");

		process.stdin().writeLine("go on");
		process.stdin().writeLine("go on");
		process.waitFor();

		assertThat(process.latestOutput()).isEqualTo("éb");
	}

	@Test
	void retainsDecoderStateOfFirstBytes(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("printf '\\377\\376a\\0'; read line; printf 'b\\0'")
			.charset(StandardCharsets.UTF_16)
			.start();
		await().atMost(SOON).until(() -> process.output().equals("a"));

		assertThat(process.latestOutput()).isEqualTo("a");
		process.stdin().write(new byte[] { '\n' });
		process.waitFor();
		assertThat(process.latestOutput()).isEqualTo("b");
	}

	@Test
	void waitsForLine(ProcessManager processes) throws IOException {
		List<String> seen = new ArrayList<>();
		RunningProcess process = processes
			.shell("echo one; echo two >&2; read line; echo ready; echo more; read line; printf last")
			.start();
		process.waitUntil((type, line) -> line.equals("two"), SOON);

		process.stdin().writeLine("go on");
		boolean matched = process.waitUntil((type, line) -> {
			seen.add(type + " " + line);
			return line.equals("ready");
		});

		assertThat(matched).isTrue();
		assertThat(process.isRunning()).isTrue();
		assertThat(seen).contains("OUTPUT one").endsWith("OUTPUT ready");
		assertThat(process.waitUntil((type, line) -> type == OutputType.ERROR && line.equals("two"))).isTrue();
		assertThat(process.waitUntil((type, line) -> line.equals("one"))).isTrue();
		process.stdin().writeLine("go on");
		assertThat(process.waitUntil((type, line) -> line.equals("last"))).isTrue();
		assertThat(process.waitUntil((type, line) -> line.equals("never"))).isFalse();
		assertThat(process.waitUntil((type, line) -> type == OutputType.ERROR && line.equals("one"))).isFalse();
		assertThat(process.waitFor().output()).isEqualTo("one\nready\nmore\nlast");
	}

	@Test
	void passesEachLineToConditionOnce(ProcessManager processes) {
		List<String> seen = new ArrayList<>();
		RunningProcess process = processes.shell("seq 1 3000; echo; printf end").start();

		boolean matched = process.waitUntil((type, line) -> {
			seen.add(line);
			return false;
		});

		assertThat(matched).isFalse();
		assertThat(seen).isEqualTo(process.waitFor().outputLines()).hasSize(3002);
	}

	@Test
	void doesNotWaitForLineIndefinitely(ProcessManager processes) {
		RunningProcess process = processes.shell(Scripts.SLEEPS).start();
		Stopwatch watch = Stopwatch.started();

		boolean matched = process.waitUntil((type, line) -> line.equals("never"), Duration.ofMillis(200));

		assertThat(matched).isFalse();
		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(process.isRunning()).isTrue();
	}

	@Test
	void refusesNullDurations(ProcessManager processes) {
		RunningProcess process = processes.start("sleep", "300");

		assertThatNullPointerException().isThrownBy(() -> process.waitUntil((type, line) -> true, null))
			.withMessage("timeout");
		assertThatNullPointerException().isThrownBy(() -> process.waitFor(null));
		assertThatNullPointerException().isThrownBy(() -> process.stop(null)).withMessage("grace");
		assertThatNullPointerException().isThrownBy(() -> process.stopAsync(null)).withMessage("grace");
		assertThat(process.isRunning()).isTrue();
	}

	@Test
	void cannotWaitForLineThatIsNotCaptured(ProcessManager processes) {
		RunningProcess quiet = processes.command("sleep", "300").quietly().start();
		RunningProcess toFile = processes.command("sleep", "300")
			.outputTo(this.directory.resolve("output"))
			.errorOutputTo(this.directory.resolve("error"))
			.start();

		assertThatIllegalStateException().isThrownBy(() -> quiet.waitUntil((type, line) -> true));
		assertThatIllegalStateException()
			.isThrownBy(() -> toFile.waitUntil((type, line) -> true, Duration.ofSeconds(1)));
	}

	@Test
	void continuesWhenWaitingThreadIsInterrupted(ProcessManager processes) throws InterruptedException {
		RunningProcess process = processes.start("sleep", "300");
		List<Runnable> waits = List.of(process::waitFor, () -> process.waitFor(Duration.ofMinutes(5)),
				() -> process.waitUntil((type, line) -> true),
				() -> process.waitUntil((type, line) -> true, Duration.ofMinutes(5)));
		for (Runnable wait : waits) {
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			AtomicReference<Boolean> flag = new AtomicReference<>();
			Thread waiting = Threads.start(() -> {
				try {
					wait.run();
				}
				catch (ProcessInterruptedException ex) {
					flag.set(Thread.currentThread().isInterrupted());
					thrown.set(ex);
				}
			});
			await().atMost(SOON)
				.until(() -> waiting.getState() == Thread.State.WAITING
						|| waiting.getState() == Thread.State.TIMED_WAITING);

			waiting.interrupt();

			waiting.join(SOON.toMillis());
			assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
			assertThat(((ProcessInterruptedException) thrown.get()).result()).isEmpty();
			assertThat(flag.get()).isTrue();
			assertThat(process.isRunning()).isTrue();
		}
	}

	@Test
	void completesFutureAtEnd(ProcessManager processes) throws IOException {
		RunningProcess process = processes.command("cat").start();
		CompletableFuture<ProcessResult> cancelled = process.onExit();
		CompletableFuture<String> thread = process.onExit().thenApply((result) -> Thread.currentThread().getName());

		cancelled.cancel(true);
		assertThat(process.isRunning()).isTrue();
		process.stdin().close();

		assertThat(thread.join()).startsWith("procession-");
		assertThat(process.onExit().join().exitCode()).isZero();
		assertThat(process.waitFor().exitCode()).isZero();
	}

	@Test
	void completesFutureNormallyHoweverProcessEnded(ProcessManager processes) {
		RunningProcess failing = processes.shell("exit 9").start();
		RunningProcess timedOut = processes.command("sleep", "300").timeout(Duration.ofMillis(200)).start();

		assertThat(failing.onExit().join().exitCode()).isEqualTo(9);
		assertThat(timedOut.onExit().join().cause()).isEqualTo(ExitCause.TIMED_OUT);
	}

	@Test
	void reportsWhetherItTimedOut(ProcessManager processes) {
		RunningProcess normal = processes.start("true");
		RunningProcess timedOut = processes.command("sleep", "300").timeout(Duration.ofMillis(200)).start();
		assertThatCode(processes.command("sleep", "300").timeout(Duration.ofMinutes(5)).start()::ensureNotTimedOut)
			.doesNotThrowAnyException();
		normal.waitFor();
		timedOut.onExit().join();

		assertThatCode(normal::ensureNotTimedOut).doesNotThrowAnyException();
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(timedOut::ensureNotTimedOut);
	}

	@Test
	void runsWithoutWaitingThread(ProcessManager processes) {
		List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			futures.add(processes.shell("cat; echo $1; exit $1", Integer.toString(i)).runAsync());
		}

		for (int i = 0; i < futures.size(); i++) {
			ProcessResult result = futures.get(i).join();
			assertThat(result.exitCode()).isEqualTo(i);
			assertThat(result.output()).isEqualTo(i + "\n");
		}
	}

	@Test
	void failsFutureLikeRun(ProcessManager processes) {
		CompletableFuture<ProcessResult> missing = processes.command("no-such-program").runAsync();
		CompletableFuture<ProcessResult> timedOut = processes.command("sleep", "300")
			.timeout(Duration.ofMillis(200))
			.runAsync();

		assertThatExceptionOfType(CompletionException.class).isThrownBy(missing::join)
			.withCauseInstanceOf(ProcessStartException.class);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(timedOut::join)
			.withCauseInstanceOf(ProcessTimedOutException.class);
	}

	@Test
	void completesFutureOfRunOnThreadOfManager(ProcessManager processes) {
		CompletableFuture<String> thread = processes.command("sleep", "0.3")
			.runAsync()
			.thenApply((result) -> Thread.currentThread().getName());

		assertThat(thread.join()).startsWith("procession-");
	}

	@Test
	void detectsExitWithoutStreams(ProcessManager processes) {
		RunningProcess quiet = processes.shell("exit 4").quietly().start();
		RunningProcess toFiles = processes.shell("exit 5")
			.outputTo(this.directory.resolve("output"))
			.errorOutputTo(this.directory.resolve("error"))
			.start();

		assertThat(quiet.onExit().join().exitCode()).isEqualTo(4);
		assertThat(toFiles.onExit().join().exitCode()).isEqualTo(5);
		Optional<ProcessResult> result = processes.shell("exit 6").quietly().start().waitFor(SOON);
		assertThat(result.map(ProcessResult::exitCode)).contains(6);
	}

	@Test
	void hasExitCodeWhenPolled(ProcessManager processes) {
		for (int i = 0; i < 30; i++) {
			RunningProcess process = processes.shell("exit " + i).start();
			while (process.isRunning()) {
				Thread.onSpinWait();
			}

			assertThat(process.waitFor().exitCode()).isEqualTo(i);
		}
	}

	@Test
	void hasExitCodeWhenPolledByListener(ProcessManager processes) {
		RunningProcess process = processes.shell("seq 1 500; exit 123")
			.onLine((type, line) -> processes.running().forEach(RunningProcess::isRunning))
			.start();

		assertThat(process.waitFor().exitCode()).isEqualTo(123);
	}

	@Test
	void reportsItsResourceUsage(ProcessManager processes) {
		RunningProcess process = processes.shell(Scripts.SLEEPS).start();

		assertThat(process.stats()).isPresent();
		process.stop();
		assertThat(process.stats()).isEmpty();
	}

}
