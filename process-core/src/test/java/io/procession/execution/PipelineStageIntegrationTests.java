package io.procession.execution;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.ProcessManager;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessStartFailed;
import io.procession.execution.output.BoundedPipe;
import io.procession.process.ExitCause;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Secret;
import io.procession.testing.FailingEngine;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for pipelines with Java stages.
 */
@RealProcesses
class PipelineStageIntegrationTests {

	private static final StreamStage COPY = (input, output) -> input.transferTo(output);

	private final Plant plant = Plant.fresh();

	@TempDir
	Path directory;

	private PendingProcess planted(ProcessManager processes, String script, String... arguments) {
		return processes.shell(script, arguments).env(Plant.NAME, this.plant.value());
	}

	/** Abandons unresponsive threads soon. */
	private static ProcessManager impatient() {
		return ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder()
				.drain(Duration.ofMillis(200))
				.shutdownGrace(Duration.ofSeconds(1))
				.build())
			.build();
	}

	private static void upperCase(InputStream input, OutputStream output) throws IOException {
		for (int c = input.read(); c >= 0; c = input.read()) {
			output.write(Character.toUpperCase(c));
		}
	}

	/** Blocks indefinitely, and fails when interrupted. */
	private static void block(InputStream input, OutputStream output) {
		Threads.hold(new CountDownLatch(1));
	}

	// --- what goes through

	@Test
	void transformsInputToOutput(ProcessManager processes) {
		PipelineResult result = processes.pipeline()
			.pipe("sort")
			.pipe("upper", PipelineStageIntegrationTests::upperCase)
			.pipe("cat")
			.input("b\na\n")
			.run();

		assertThat(result.throwIfFailed().output()).isEqualTo("A\nB\n");
		assertThat(result.stages()).extracting(ProcessResult::name).containsExactly("sort", "cat");
		assertThat(result.stages()).extracting(ProcessResult::output).containsExactly("", "A\nB\n");
	}

	@Test
	void supportsSeveralJavaStages(ProcessManager processes) {
		StreamStage number = (input, output) -> {
			BufferedReader lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
			PrintStream print = new PrintStream(output, false, StandardCharsets.UTF_8);
			int count = 0;
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				print.print(++count + " " + line + "\n");
			}
			print.flush();
		};

		PipelineResult result = processes.pipeline()
			.pipe("printf", "b\\na\\nc\\n")
			.pipe("upper", PipelineStageIntegrationTests::upperCase)
			.pipe("sort")
			.pipe("cat")
			.pipe("number", number)
			.pipe("cat")
			.pipe("copy", COPY)
			.pipe("tail", "-2")
			.run();

		assertThat(result.throwIfFailed().output()).isEqualTo("2 B\n3 C\n");
		assertThat(result.stages()).hasSize(5);
	}

	@Test
	void transfersLargeData(ProcessManager processes) {
		PipelineResult result = processes.pipeline()
			.pipe("head", "-c", "200000000", "/dev/zero")
			.pipe("copy", COPY)
			.pipe("wc", "-c")
			.timeout(Duration.ofSeconds(50))
			.run();

		assertThat(result.throwIfFailed().output().strip()).isEqualTo("200000000");
	}

	@Test
	void losesNoBytes(ProcessManager processes) {
		byte[] everyByte = new byte[256 * 1001];
		for (int i = 0; i < everyByte.length; i++) {
			everyByte[i] = (byte) (i * 31 >> 3);
		}

		for (int i = 0; i < 20; i++) {
			PipelineResult result = processes.command("cat")
				.input(everyByte)
				.pipe("cat")
				.pipe("upper", COPY)
				.pipe("cat")
				.run();
			assertThat(result.throwIfFailed().outputBytes()).isEqualTo(everyByte);
		}
	}

	@Test
	void decompresses(ProcessManager processes) {
		PipelineResult result = processes.pipeline()
			.pipe(processes.command("gzip", "-c").input("text\n".repeat(10_000)))
			.pipe("unpack", (input, output) -> new GZIPInputStream(input).transferTo(output))
			.pipe("wc", "-l")
			.run();

		assertThat(result.throwIfFailed().output().strip()).isEqualTo("10000");
	}

	@Test
	void canCloseItsStreams(ProcessManager processes) {
		PipelineResult result = processes.pipeline().pipe("echo", "text").pipe("closing", (input, output) -> {
			try (input; output) {
				input.transferTo(output);
			}
		}).pipe("cat").run();

		assertThat(result.throwIfFailed().output()).isEqualTo("text\n");
	}

	@Test
	void slowsDownPrecedingStage(ProcessManager processes) {
		Path marker = this.directory.resolve("written");
		CountDownLatch go = new CountDownLatch(1);
		AtomicBoolean begun = new AtomicBoolean();
		long heap = usedHeap();
		RunningPipeline running = processes.pipeline()
			.pipe(processes.shell("head -c 50000000 /dev/zero; : > \"$1\"", marker.toString()))
			.pipe("slow", (input, output) -> {
				begun.set(true);
				Threads.hold(go);
				input.transferTo(output);
			})
			.pipe("wc", "-c")
			.start();

		await().atMost(SOON).until(begun::get);
		await().during(Duration.ofMillis(400)).atMost(SOON).until(() -> !Files.exists(marker));
		assertThat(usedHeap()).isLessThan(heap + (20L << 20));
		go.countDown();

		assertThat(running.waitFor().throwIfFailed().output().strip()).isEqualTo("50000000");
		assertThat(marker).exists();
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	@Test
	void passesOnlyOutputOfLastStageToListeners(ProcessManager processes) {
		List<String> lines = Collections.synchronizedList(new ArrayList<>());
		List<String> own = Collections.synchronizedList(new ArrayList<>());

		processes.pipeline()
			.pipe(processes.shell("echo text; echo error >&2")
				.name("one")
				.onLine((type, line) -> own.add(type + " " + line)))
			.pipe("upper", PipelineStageIntegrationTests::upperCase)
			.pipe(processes.command("cat").name("two"))
			.onLine((stage, type, line) -> lines.add(stage + " " + type + " " + line))
			.run();

		assertThat(lines).containsExactlyInAnyOrder("one ERROR error", "two OUTPUT TEXT");
		assertThat(own).containsExactly("ERROR error");
	}

	@Test
	void passesErrorOutputWhileSlow(ProcessManager processes) {
		CountDownLatch go = new CountDownLatch(1);
		RunningPipeline running = processes.pipeline()
			.pipe(processes.shell("head -c 1000000 /dev/zero & echo error >&2; wait"))
			.pipe("slow", (input, output) -> {
				Threads.hold(go);
				input.transferTo(output);
			})
			.pipe("wc", "-c")
			.start();

		try {
			await().atMost(Duration.ofSeconds(5)).until(() -> running.stages().get(0).errorOutput().equals("error\n"));
		}
		finally {
			go.countDown();
		}
		assertThat(running.waitFor().throwIfFailed().output().strip()).isEqualTo("1000000");
	}

	// --- early ends

	@Test
	void endsWhenStageStopsReading(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		PipelineResult result = planted(processes, "exec yes").pipe("cat")
			.pipe("first", (input, output) -> output.write(input.read()))
			.pipe("cat")
			.run();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(result.throwIfFailed().output()).isEqualTo("y");
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void isSuccessfulWhenStageReadsExactlyAllInput(ProcessManager processes) {
		for (int i = 0; i < 100; i++) {
			PipelineResult result = processes.pipeline()
				.pipe("printf", "12345")
				.pipe("five", (input, output) -> output.write(input.readNBytes(5)))
				.pipe("cat")
				.run();

			assertThat(result.successful()).as(() -> result.stages().toString()).isTrue();
			assertThat(result.output()).isEqualTo("12345");
		}
	}

	@Test
	void letsProgramFinishThatNoLongerWrites(ProcessManager processes) {
		Path marker = this.directory.resolve("finished");

		PipelineResult result = processes.pipeline()
			.pipe(processes.shell("echo text; sleep 0.3; : > \"$1\"; exit 0", marker.toString()))
			.pipe("nothing", (input, output) -> {
			})
			.pipe("cat")
			.run();

		assertThat(result.successful()).as(() -> result.stages().toString()).isTrue();
		assertThat(marker).exists();
	}

	@Test
	void endsProgramThatIgnoresSigpipeLikeShell(ProcessManager processes) {
		PipelineResult result = processes.pipeline()
			.pipe(planted(processes, "trap '' PIPE; yes 2>/dev/null; exit 7"))
			.pipe("first", (input, output) -> output.write(input.read()))
			.pipe("cat")
			.run();

		assertThat(result.output()).isEqualTo("y");
		assertThat(result.stages().get(0).exitCode()).isEqualTo(7);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void canWriteWithoutReading(ProcessManager processes) {
		PipelineResult result = processes.pipeline()
			.pipe("yes")
			.pipe("deaf", (input, output) -> output.write("text".getBytes(StandardCharsets.UTF_8)))
			.pipe("cat")
			.run();

		assertThat(result.throwIfFailed().output()).isEqualTo("text");
	}

	@Test
	void endsWhenNextProgramStopsReading(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		PipelineResult result = processes.pipeline().pipe("yes").pipe("copy", COPY).pipe("head", "-1").run();
		PipelineResult long1 = processes.pipeline()
			.pipe("yes")
			.pipe("copy", COPY)
			.pipe("cat")
			.pipe("again", COPY)
			.pipe("head", "-1")
			.run();

		assertThat(result.throwIfFailed().output()).isEqualTo("y\n");
		assertThat(long1.throwIfFailed().output()).isEqualTo("y\n");
		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void isAbandonedWhenNeighborsHaveEnded() {
		try (ProcessManager processes = impatient()) {
			Stopwatch watch = Stopwatch.started();

			PipelineResult result = processes.pipeline()
				.pipe("echo", "text")
				.pipe("blocked", PipelineStageIntegrationTests::block)
				.pipe(processes.command("echo", "last"))
				.run();

			assertThat(result.output()).isEqualTo("last\n");
			assertThat(watch.elapsed()).isLessThan(SOON);
		}
	}

	// --- failures

	@ParameterizedTest
	@ValueSource(classes = { IOException.class, IllegalArgumentException.class, StackOverflowError.class })
	void failsIfStageFails(Class<? extends Throwable> kind, ProcessManager processes) throws Exception {
		Throwable planned = kind.getConstructor(String.class).newInstance("planned");
		Stopwatch watch = Stopwatch.started();

		assertThatExceptionOfType(StreamStageException.class).isThrownBy(() -> processes.pipeline()
			.pipe(planted(processes, "sleep 300 & yes"))
			.pipe("broken", (input, output) -> {
				input.read();
				throwAny(planned);
			})
			.pipe(planted(processes, "sleep 300 & cat; sleep 300"))
			.run())
			.withMessageContaining("'broken'")
			.withCause(planned)
			.satisfies((ex) -> assertThat(ex.result()).isPresent());

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(processes.running()).isEmpty();
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void throwAny(Throwable throwable) throws T {
		throw (T) throwable;
	}

	@Test
	void failsIfStageWritesAfterClosingOutput(ProcessManager processes) {
		assertThatExceptionOfType(StreamStageException.class)
			.isThrownBy(() -> processes.command("echo", "text").pipe("forgetful", (input, output) -> {
				output.close();
				input.transferTo(output);
			}).pipe("cat").run())
			.withMessageContaining("'forgetful'")
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void failsLaterIfStarted(ProcessManager processes) {
		Pipeline pipeline = processes.pipeline().pipe("yes").pipe("broken", (input, output) -> {
			throw new UncheckedIOException(new IOException("planned"));
		}).pipe("cat");
		RunningPipeline running = pipeline.start();

		assertThatExceptionOfType(StreamStageException.class).isThrownBy(running::waitFor);
		assertThatExceptionOfType(StreamStageException.class).isThrownBy(() -> running.waitFor(SOON));
		assertThat(running.onExit()).succeedsWithin(SOON).satisfies((result) -> assertThat(result.failed()).isTrue());
		assertThat(pipeline.runAsync()).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(StreamStageException.class);
	}

	@Test
	void startsNothingWhenLaterProgramCannotStart(ProcessManager processes) {
		AtomicBoolean called = new AtomicBoolean();

		for (int i = 0; i < 5; i++) {
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> processes.pipeline()
				.pipe(planted(processes, "sleep 300 & exec yes"))
				.pipe("called", (input, output) -> {
					called.set(true);
					input.transferTo(output);
				})
				.pipe("cat")
				.pipe("no-such-program")
				.run()).withMessageContaining("no-such-program");
		}

		assertThat(called).isFalse();
		await().atMost(SOON).until(() -> this.plant.alive().isEmpty());
		await().atMost(SOON).until(() -> processes.running().isEmpty());
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void stopsStartedStagesWhenLaterStartFails(int good) {
		AtomicBoolean called = new AtomicBoolean();
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().maxConcurrent(4).build();
		try (ProcessManager processes = ProcessManager.builder()
			.settings(settings)
			.engine(new FailingEngine(new LocalProcessEngine(false, null), good))
			.build()) {
			StreamStage stage = (input, output) -> called.set(true);
			Pipeline pipeline = planted(processes, "(setsid sleep 300 &); exit 0").pipe("first", stage)
				.pipe(planted(processes, "sleep 300 & exec yes"))
				.pipe("cat")
				.pipe("second", stage)
				.pipe("cat");

			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pipeline::run)
				.withMessageContaining("planned");

			assertThat(called).isFalse();
			assertThat(this.plant.alive()).isEmpty();
			assertThat(processes.running()).isEmpty();
			// all permits have been released
			assertThat(processes.pipeline().pipe("true").pipe("true").pipe("true").pipe("true").run().successful())
				.isTrue();
		}
	}

	@Test
	void checksAllProgramsBeforeStartingAny(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);
		Path output = this.directory.resolve("output");
		List<Pipeline> pipelines = List.of(processes.command("true").pipe("copy", COPY).pipe("no-such-program"),
				processes.command("true")
					.pipe("copy", COPY)
					.pipe("cat")
					.pipe(processes.command("cat").directory(this.directory.resolve("no-such-directory"))),
				processes.command("true")
					.pipe("copy", COPY)
					.pipe("cat")
					.pipe("again", COPY)
					.pipe(processes.command("cat").secretArg(Secret.reference("no-such-secret")))
					.outputTo(output));

		for (Pipeline pipeline : pipelines) {
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pipeline::run);
		}

		await().atMost(SOON).until(() -> events.size() >= 3);
		assertThat(events).hasSize(3).hasOnlyElementsOfType(ProcessStartFailed.class);
		assertThat(events).extracting(ProcessEvent::name).containsExactly("no-such-program", "cat", "cat");
		assertThat(output).doesNotExist();
	}

	@Test
	void failsIfStageFailsAfterProgramsSucceeded(ProcessManager processes) {
		CountDownLatch ended = new CountDownLatch(1);
		RunningPipeline running = processes.command("echo", "text").pipe("late", (input, output) -> {
			input.readAllBytes();
			Threads.hold(ended);
			throw new IOException("planned");
		}).pipe("true").start();
		await().atMost(SOON).until(() -> running.stages().stream().noneMatch(RunningProcess::isRunning));
		ended.countDown();

		assertThatExceptionOfType(StreamStageException.class).isThrownBy(running::waitFor)
			.withMessageContaining("late");
		PipelineResult result = running.onExit().join();
		assertThat(result.stages()).allMatch(ProcessResult::successful);
		assertThat(result.failed()).isTrue();
		assertThat(result.successful()).isFalse();
		assertThat(result.failedStage()).isEmpty();
		assertThat(result.streamFailure()).hasValueSatisfying((ex) -> assertThat(ex).hasMessageContaining("late"));
		assertThatExceptionOfType(StreamStageException.class).isThrownBy(result::throwIfFailed)
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void stopsAllProgramsWhenStageFails(ProcessManager processes) {
		assertThatExceptionOfType(StreamStageException.class)
			.isThrownBy(() -> planted(processes, "sleep 300").pipe(planted(processes, "sleep 300"))
				.pipe("broken", (input, output) -> {
					throw new IOException("planned");
				})
				.pipe(planted(processes, "sleep 300"))
				.pipe(planted(processes, "sleep 300"))
				.run());

		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void doesNotReportStoppedPipelineAsStageFailure(ProcessManager processes) {
		CountDownLatch begun = new CountDownLatch(1);
		RunningPipeline running = planted(processes, "sleep 300").pipe("strict", (input, output) -> {
			begun.countDown();
			input.read();
			throw new IOException("cut short");
		}).pipe(planted(processes, Scripts.IGNORES_TERM)).start();
		assertThat(running.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
		Threads.hold(begun);

		running.stop(Duration.ofMillis(500));

		assertThat(running.waitFor().stages()).extracting(ProcessResult::cause).containsOnly(ExitCause.STOPPED);
		assertThat(running.waitFor().streamFailure()).isEmpty();
	}

	@Test
	void isNoFailureOfAStageThatTheProgramBeforeItWasStopped(ProcessManager processes) {
		CountDownLatch begun = new CountDownLatch(1);
		RunningPipeline running = planted(processes, "sleep 300").pipe("strict", (input, output) -> {
			begun.countDown();
			input.readAllBytes();
			throw new IOException("cut short");
		}).pipe("cat").start();
		Threads.hold(begun);

		running.stages().get(0).stop();

		assertThat(running.waitFor().stages()).extracting(ProcessResult::cause)
			.containsExactly(ExitCause.STOPPED, ExitCause.EXITED);
		assertThat(running.waitFor().streamFailure()).isEmpty();
	}

	@Test
	void abandonedStageHasNotFailed() {
		try (ProcessManager processes = impatient()) {
			AtomicBoolean begun = new AtomicBoolean();
			RunningPipeline running = processes.command("echo", "text").pipe("blocked", (input, output) -> {
				begun.set(true);
				block(input, output);
			}).pipe("true").start();

			assertThat(running.waitFor().successful()).isTrue();

			await().atMost(SOON)
				.until(() -> begun.get() && Thread.getAllStackTraces()
					.values()
					.stream()
					.flatMap(Arrays::stream)
					.noneMatch((frame) -> frame.getClassName().equals(StreamStageExecution.class.getName())));
			assertThat(running.waitFor().streamFailure()).isEmpty();
		}
	}

	@Test
	void doesNotLetStageWaitForEndOfItsPipeline(ProcessManager processes) {
		CompletableFuture<RunningPipeline> running = new CompletableFuture<>();
		running.complete(processes.command("echo", "text")
			.pipe("patient", (input, output) -> running.join().waitFor())
			.pipe("cat")
			.start());

		assertThat(running.join().onExit().orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join().streamFailure())
			.hasValueSatisfying((ex) -> assertThat(ex).cause()
				.isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("'patient'"));
	}

	@Test
	void letsStageStopItsPipeline(ProcessManager processes) {
		CompletableFuture<RunningPipeline> running = new CompletableFuture<>();
		running.complete(planted(processes, "yes").pipe("stopping", (input, output) -> running.join().stop())
			.pipe(planted(processes, "cat"))
			.start());

		assertThat(running.join().waitFor(SOON)).hasValueSatisfying((result) -> {
			assertThat(result.stages()).extracting(ProcessResult::cause).containsOnly(ExitCause.STOPPED);
			assertThat(result.streamFailure()).isEmpty();
		});
		assertThat(this.plant.alive()).isEmpty();
	}

	// --- time

	@Test
	void enforcesTimeoutWhenStageBlocks() {
		try (ProcessManager processes = impatient()) {
			for (int i = 0; i < 2; i++) {
				Stopwatch watch = Stopwatch.started();

				assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(() -> processes.pipeline()
					.pipe(planted(processes, "yes"))
					.pipe("blocked", PipelineStageIntegrationTests::block)
					.pipe(planted(processes, "cat"))
					.timeout(Duration.ofMillis(300))
					.run());

				assertThat(watch.elapsed()).isLessThan(SOON);
				assertThat(this.plant.alive()).isEmpty();
			}
		}
	}

	@Test
	void enforcesTimeoutWhenStageIgnoresInterrupts() {
		try (ProcessManager processes = impatient()) {
			AtomicBoolean free = new AtomicBoolean();
			Stopwatch watch = Stopwatch.started();

			assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(
					() -> processes.pipeline().pipe(planted(processes, "yes")).pipe("stubborn", (input, output) -> {
						while (!free.get()) {
							Thread.onSpinWait();
						}
					}).pipe(planted(processes, "cat")).timeout(Duration.ofMillis(300)).run());

			try {
				assertThat(watch.elapsed()).isLessThan(SOON);
				assertThat(this.plant.alive()).isEmpty();
				// neither does the pump that reads the output of the preceding program
				// wait for it
				await().atMost(SOON)
					.until(() -> Thread.getAllStackTraces()
						.values()
						.stream()
						.flatMap(Arrays::stream)
						.noneMatch((frame) -> frame.getClassName().equals(BoundedPipe.class.getName())));
			}
			finally {
				free.set(true);
			}
		}
	}

	@Test
	void completesFutureOnThreadOfManagerWhenStageIsAbandoned() {
		try (ProcessManager processes = impatient()) {
			RunningPipeline running = processes.command("echo", "text")
				.pipe("blocked", PipelineStageIntegrationTests::block)
				.pipe("true")
				.start();

			CompletableFuture<String> thread = running.onExit().thenApply((result) -> Thread.currentThread().getName());

			assertThat(thread).succeedsWithin(SOON).asString().startsWith("procession-");
		}
	}

	@Test
	void reportsTimeoutRatherThanResultingStageFailure(ProcessManager processes) {
		for (int i = 0; i < 5; i++) {
			assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(() -> processes.pipeline()
				.pipe(planted(processes, "yes | gzip -c; sleep 300"))
				.pipe("unpack", (input, output) -> new GZIPInputStream(input).transferTo(output))
				.pipe("wc", "-c")
				.timeout(Duration.ofMillis(100))
				.run());
		}
	}

	@Test
	void stopsWhenCallerIsInterrupted() throws InterruptedException {
		try (ProcessManager processes = impatient()) {
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			CountDownLatch begun = new CountDownLatch(1);
			Thread caller = Threads.start(() -> {
				try {
					processes.pipeline().pipe(planted(processes, "yes")).pipe("blocked", (input, output) -> {
						begun.countDown();
						block(input, output);
					}).pipe(planted(processes, "cat; sleep 300")).run();
				}
				catch (RuntimeException ex) {
					thrown.set(ex);
				}
			});
			begun.await();

			caller.interrupt();
			caller.join(SOON.toMillis());

			assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	// --- live

	@Test
	void isLive(ProcessManager processes) throws IOException {
		RunningPipeline running = processes.pipeline().pipe("cat").pipe("upper", (input, output) -> {
			for (int c = input.read(); c >= 0; c = input.read()) {
				output.write(Character.toUpperCase(c));
				output.flush();
			}
		}).pipe("cat").start();

		running.stdin().writeLine("one");
		assertThat(running.waitUntil((type, line) -> line.equals("ONE"), SOON)).isTrue();
		assertThat(running.isRunning()).isTrue();
		running.stdin().close();

		assertThat(running.waitFor().throwIfFailed().output()).isEqualTo("ONE\n");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void isStopped(boolean blocks) {
		try (ProcessManager processes = impatient()) {
			RunningPipeline running = processes.pipeline()
				.pipe(planted(processes, "sleep 300 & yes"))
				.pipe("busy", blocks ? PipelineStageIntegrationTests::block : COPY)
				.pipe(planted(processes, Scripts.IGNORES_TERM))
				.start();
			assertThat(running.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
			Stopwatch watch = Stopwatch.started();

			running.stop(Duration.ofMillis(200));

			assertThat(this.plant.alive()).isEmpty();
			assertThat(running.onExit()).succeedsWithin(SOON)
				.satisfies((result) -> assertThat(result.stages()).extracting(ProcessResult::cause)
					.containsOnly(ExitCause.STOPPED));
			assertThat(watch.elapsed()).isLessThan(SOON);
		}
	}

	@Test
	void endsWhenManagerCloses() throws InterruptedException {
		AtomicReference<Thread> stage = new AtomicReference<>();
		CountDownLatch begun = new CountDownLatch(2);
		StreamStage blocked = (input, output) -> {
			stage.set(Thread.currentThread());
			begun.countDown();
			block(input, output);
		};
		RunningPipeline running;
		CompletableFuture<PipelineResult> future;
		try (ProcessManager processes = impatient()) {
			Pipeline pipeline = processes.pipeline()
				.pipe(planted(processes, "yes"))
				.pipe("blocked", blocked)
				.pipe("cat");
			running = pipeline.start();
			future = pipeline.runAsync();
			begun.await();
		}

		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.onExit()).succeedsWithin(SOON)
			.satisfies((result) -> assertThat(result.stages()).extracting(ProcessResult::cause)
				.containsOnly(ExitCause.SHUTDOWN));
		await().atMost(SOON).until(future::isDone);
		await().atMost(SOON).until(() -> !stage.get().isAlive());
	}

	@Test
	void endsWhenManagerClosesAfterProgramsEnded() {
		RunningPipeline running;
		try (ProcessManager processes = ProcessManager.create()) {
			running = processes.command("true")
				.pipe("blocked", PipelineStageIntegrationTests::block)
				.pipe("true")
				.start();
			await().atMost(SOON).until(() -> !running.isRunning());
		}

		assertThat(running.waitFor(SOON)).hasValueSatisfying((result) -> assertThat(result.successful()).isTrue());
	}

	@Test
	void acquiresPermitsForProgramsOnly() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().maxConcurrent(3).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			Pipeline pipeline = processes.pipeline()
				.pipe("echo", "x")
				.pipe("copy", COPY)
				.pipe("cat")
				.pipe("again", COPY)
				.pipe("cat");
			for (int i = 0; i < 10; i++) {
				assertThat(pipeline.start().waitFor().output()).isEqualTo("x\n");
			}
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> processes.pipeline()
				.pipe("yes")
				.pipe("copy", COPY)
				.pipe("cat")
				.pipe("again", COPY)
				.pipe("no-such-program")
				.start());
			await().atMost(SOON).untilAsserted(() -> assertThat(pipeline.start().waitFor().output()).isEqualTo("x\n"));
		}
	}

}
