package io.procession.execution;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarted;
import io.procession.process.ExitCause;
import io.procession.process.OutputType;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.process.TimeLimit;
import io.procession.testing.MachineTime;
import io.procession.testing.OpenFiles;
import io.procession.testing.Pace;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

@RealProcesses
class PipelineIntegrationTests {

	private final Plant plant = Plant.fresh();

	@TempDir
	Path directory;

	private PendingProcess planted(ProcessManager processes, String script, String... arguments) {
		return processes.shell(script, arguments).env(Plant.NAME, this.plant.value());
	}

	private static ProcessManager limitedTo(int most, Duration acquireTimeout) {
		return ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().maxConcurrent(most).acquireTimeout(acquireTimeout).build())
			.build();
	}

	private static int openDescriptors() {
		return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
	}

	// --- stages

	@Test
	void acceptsStagesFromLists(ProcessManager processes) {
		List<PendingProcess> stages = List.of(processes.command("sort"), processes.command("uniq", "-c"));

		PipelineResult result = processes.pipeline()
			.pipe(List.of("printf", "b\na b\nb\n"))
			.pipeThrough(stages)
			.pipe(List.of("tr", "-d", " "))
			.run();

		assertThat(result.output()).isEqualTo("1ab\n2b\n");
		assertThat(result.stages()).hasSize(4);
		assertThatIllegalArgumentException().isThrownBy(() -> processes.pipeline().pipe(List.of()));
	}

	@Test
	void joinsTwoStages(ProcessManager processes) {
		PipelineResult result = processes.command("printf", "b\\na\\n").pipe("sort").run();

		assertThat(result.successful()).isTrue();
		assertThat(result.output()).isEqualTo("a\nb\n");
		assertThat(result.outputLines()).containsExactly("a", "b");
		assertThat(result.exitCode()).isZero();
		assertThat(result.throwIfFailed()).isSameAs(result);
		assertThat(result.stages()).extracting(ProcessResult::output).containsExactly("", "a\nb\n");
		assertThat(result.stages()).extracting(ProcessResult::cause).containsOnly(ExitCause.EXITED);
		assertThat(result.result()).isSameAs(result.stages().get(1));
	}

	@Test
	void runsSingleStage(ProcessManager processes) {
		PipelineResult result = processes.pipeline().pipe("tr", "a-z", "A-Z").input("text").run();

		assertThat(result.output()).isEqualTo("TEXT");
		assertThat(result.stages()).hasSize(1);
	}

	@Test
	void joinsManyStages(ProcessManager processes) {
		byte[] everyByte = new byte[256 * 400];
		for (int i = 0; i < everyByte.length; i++) {
			everyByte[i] = (byte) i;
		}
		Pipeline pipeline = processes.pipeline().input(new ByteArrayInputStream(everyByte));
		for (int i = 0; i < 25; i++) {
			pipeline = pipeline.pipe(processes.command("cat").name("stage-" + i));
		}

		PipelineResult result = pipeline.run();

		assertThat(result.outputBytes()).isEqualTo(everyByte);
		assertThat(result.successful()).isTrue();
		assertThat(result.stages()).hasSize(25);
		assertThat(result.stages().get(24).name()).isEqualTo("stage-24");
		assertThat(result.stages()).extracting(ProcessResult::pid).doesNotHaveDuplicates().doesNotContain(0L);
	}

	@Test
	void preservesSettingsOfEachStage(ProcessManager processes) throws IOException {
		Path first = Files.createDirectory(this.directory.resolve("first"));
		Path second = Files.createDirectory(this.directory.resolve("second"));

		PipelineResult result = processes.shell("echo $PLACE $OTHER; pwd")
			.env("PLACE", "one")
			.env("OTHER", "here")
			.directory(first)
			.name("from")
			.pipe(processes.shell("cat; echo $PLACE $OTHER; pwd").env("PLACE", "two").directory(second).name("to"))
			.run();

		assertThat(result.outputLines()).containsExactly("one here", first.toRealPath().toString(), "two",
				second.toRealPath().toString());
		assertThat(result.stages()).extracting(ProcessResult::name).containsExactly("from", "to");
	}

	@Test
	void isATemplate(ProcessManager processes) {
		Pipeline pipeline = processes.pipeline().pipe("cat").pipe("tr", "a-z", "A-Z");
		List<CompletableFuture<PipelineResult>> futures = new ArrayList<>();

		for (int i = 0; i < 20; i++) {
			futures.add(pipeline.input("text " + i).runAsync());
		}

		for (int i = 0; i < 20; i++) {
			assertThat(futures.get(i).join().output()).isEqualTo("TEXT " + i);
		}
		assertThat(pipeline.run().output()).isEmpty();
	}

	@Test
	void publishesEventsForEachStage(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);

		processes.command("echo", "x").name("one").pipe(processes.command("cat").name("two")).run();

		await().atMost(SOON).until(() -> events.size() >= 4);
		assertThat(events).filteredOn(ProcessStarted.class::isInstance)
			.extracting(ProcessEvent::name)
			.containsExactly("one", "two");
	}

	// --- input

	@Test
	void readsNothingWithoutInput(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		assertThat(processes.command("cat").pipe("cat").run().output()).isEmpty();
		assertThat(processes.command("cat").pipe("cat").runAsync().join().output()).isEmpty();

		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void readsText(ProcessManager processes) {
		String text = "grün\n\nlast".repeat(50_000);

		assertThat(processes.command("cat").pipe("cat").input(text).run().output()).isEqualTo(text);
		assertThat(processes.command("cat").input("of the first").pipe("cat").run().output()).isEqualTo("of the first");
	}

	@Test
	void readsAFile(ProcessManager processes) throws IOException {
		Path file = Files.writeString(this.directory.resolve("input"), "3\n1\n2\n");

		assertThat(processes.pipeline().pipe("sort").pipe("cat").input(file).run().output()).isEqualTo("1\n2\n3\n");
	}

	@Test
	void readsAStream(ProcessManager processes) {
		byte[] bytes = "0123456789".repeat(100_000).getBytes(StandardCharsets.UTF_8);

		PipelineResult result = processes.pipeline()
			.pipe("cat")
			.pipe("wc", "-c")
			.input(new ByteArrayInputStream(bytes))
			.run();

		assertThat(result.output().strip()).isEqualTo("1000000");
	}

	// --- output

	@Test
	void passesOutputToListeners(ProcessManager processes) {
		StringBuffer chunks = new StringBuffer();
		List<String> lines = Collections.synchronizedList(new ArrayList<>());

		PipelineResult result = processes.pipeline()
			.pipe(processes.shell("echo from one; echo error one >&2").name("one"))
			.pipe(processes.shell("cat; echo error two >&2; printf last").name("two"))
			.onOutput((type, chunk) -> chunks
				.append((type == OutputType.OUTPUT) ? StandardCharsets.UTF_8.decode(chunk) : ""))
			.onLine((stage, type, line) -> lines.add(stage + " " + type + " " + line))
			.run();

		assertThat(result.output()).isEqualTo("from one\nlast");
		assertThat(chunks).hasToString("from one\nlast");
		assertThat(lines).containsExactlyInAnyOrder("one ERROR error one", "two ERROR error two", "two OUTPUT from one",
				"two OUTPUT last");
	}

	@Test
	void passesErrorOutputToListenersOfStage(ProcessManager processes) {
		List<String> lines = Collections.synchronizedList(new ArrayList<>());

		processes.shell("echo out; echo err >&2")
			.onLine((type, line) -> lines.add(type + " " + line))
			.pipe("cat")
			.run();

		assertThat(lines).containsExactly("ERROR err");
	}

	@Test
	void writesOutputToAFile(ProcessManager processes) {
		Path file = this.directory.resolve("output");
		Pipeline pipeline = processes.command("printf", "b\\na\\n").pipe("sort");

		PipelineResult result = pipeline.outputTo(file).run();
		assertThat(result.output()).isEmpty();
		assertThat(file).hasContent("a\nb\n");
		pipeline.outputTo(file).run();
		assertThat(file).hasContent("a\nb\n");
		pipeline.appendOutputTo(file).run();
		assertThat(file).hasContent("a\nb\na\nb\n");
	}

	@Test
	void writesOutputToAFileAndToListeners(ProcessManager processes) {
		Path file = this.directory.resolve("output");
		List<String> lines = Collections.synchronizedList(new ArrayList<>());

		processes.command("printf", "b\\na\\n")
			.pipe("sort")
			.outputTo(file)
			.onLine((stage, type, line) -> lines.add(line))
			.run();

		assertThat(file).hasContent("a\nb\n");
		assertThat(lines).containsExactly("a", "b");
	}

	@Test
	void capturesNothingOfQuietLastStage(ProcessManager processes) {
		PipelineResult result = processes.command("seq", "100000").pipe("cat").quietly().run();

		assertThat(result.successful()).isTrue();
		assertThat(result.output()).isEmpty();
	}

	@Test
	void decodesInConfiguredCharset(ProcessManager processes) {
		PipelineResult result = processes.command("printf", "\\374")
			.pipe("cat")
			.charset(StandardCharsets.ISO_8859_1)
			.run();

		assertThat(result.output()).isEqualTo("ü");
	}

	@Test
	void separatesErrorOutputOfStages(ProcessManager processes) {
		PipelineResult result = processes.pipeline()
			.pipe(processes.shell("echo one >&2; echo text"))
			.pipe(processes.shell("cat; echo two >&2; exit 3"))
			.pipe(processes.shell("cat; echo three >&2"))
			.run();

		assertThat(result.output()).isEqualTo("text\n");
		assertThat(result.stages()).extracting(ProcessResult::errorOutput).containsExactly("one\n", "two\n", "three\n");
		assertThat(result.errorOutput()).isEqualTo("one\ntwo\nthree\n");
	}

	@Test
	void writesErrorOutputOfAllStagesToOneFile(ProcessManager processes) throws IOException {
		Path file = Files.writeString(this.directory.resolve("errors"), "of an earlier run\n");
		Pipeline pipeline = processes.pipeline()
			.pipe(processes.shell("echo one >&2; echo text"))
			.pipe(processes.shell("cat; echo two >&2"))
			.errorOutputTo(file);

		PipelineResult result = pipeline.run();
		assertThat(result.output()).isEqualTo("text\n");
		assertThat(result.errorOutput()).isEmpty();
		assertThat(Files.readAllLines(file)).containsExactlyInAnyOrder("one", "two");

		List<String> lines = Collections.synchronizedList(new ArrayList<>());
		pipeline.onLine((stage, type, line) -> lines.add(type + " " + line)).run();
		assertThat(Files.readAllLines(file)).containsExactlyInAnyOrder("one", "two");
		assertThat(lines).containsExactlyInAnyOrder("ERROR one", "ERROR two", "OUTPUT text");
	}

	@Test
	void reportsErrorFileThatCannotBeWritten(ProcessManager processes) {
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> processes.command("true").pipe("true").errorOutputTo(this.directory).run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.FILE_NOT_ACCESSIBLE))
			.withMessageContaining(this.directory.toString());
	}

	@Test
	void opensNoNamedPipeForErrorOutput(ProcessManager processes) {
		Path pipe = this.directory.resolve("pipe");
		processes.run("mkfifo", pipe.toString()).throwIfFailed();

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> processes.command("true").pipe("true").errorOutputTo(pipe).run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.FILE_NOT_ACCESSIBLE))
			.withMessageContaining("'" + pipe + "' is neither a file nor a device");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void mergesErrorOutputIntoInputOfNextStage(int merging, ProcessManager processes) {
		Pipeline pipeline = processes.pipeline();
		for (int i = 0; i < 3; i++) {
			pipeline = pipeline.pipe(processes.shell("cat; echo err $1 >&2", Integer.toString(i))
				.when(i == merging, PendingProcess::mergeErrorOutput));
		}

		PipelineResult result = pipeline.run();

		assertThat(result.output()).isEqualTo("err " + merging + "\n");
		assertThat(result.stages().get(merging).errorOutput()).isEmpty();
		assertThat(result.errorOutput()).hasLineCount(2).doesNotContain("err " + merging);
	}

	@Test
	void transfersOneGibibyte(ProcessManager processes) {
		PipelineResult result = processes.command("head", "-c", "1073741824", "/dev/zero")
			.pipe("cat")
			.pipe("wc", "-c")
			.timeout(Duration.ofSeconds(50))
			.run();

		assertThat(result.throwIfFailed().output().strip()).isEqualTo("1073741824");
	}

	@Test
	void losesNoBytesBetweenPrograms(ProcessManager processes) throws IOException {
		byte[] bytes = new byte[32 << 20];
		new Random(7).nextBytes(bytes);
		Path file = Files.write(this.directory.resolve("random"), bytes);

		PipelineResult result = processes.command("cat")
			.input(file)
			.pipe("dd", "bs=1000")
			.pipe("cat")
			.pipe("cat")
			.timeout(Duration.ofSeconds(50))
			.run();

		assertThat(result.throwIfFailed().outputBytes()).isEqualTo(bytes);
	}

	@Test
	void doesNotWaitForProcessesLeftBehindByLastStage(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		PipelineResult result = processes.command("echo", "text")
			.pipe(planted(processes, "cat; sleep 300 &").drain(Duration.ofMillis(200)))
			.run();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(result.output()).isEqualTo("text\n");
		assertThat(result.successful()).isTrue();
	}

	// --- success and failure

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void failsIfAnyStageFails(int failing, ProcessManager processes) {
		Pipeline pipeline = processes.pipeline();
		for (int i = 0; i < 3; i++) {
			String exit = (i == failing) ? "exit 3" : "true";
			pipeline = pipeline.pipe(processes.shell("cat; echo error " + i + " >&2; " + exit));
		}

		PipelineResult result = pipeline.input("x").run();

		assertThat(result.output()).isEqualTo("x");
		assertThat(result.failed()).isTrue();
		assertThat(result.successful()).isFalse();
		assertThat(result.failedStage()).containsSame(result.stages().get(failing));
		assertThat(result.stages().get(failing).exitCode()).isEqualTo(3);
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
			.withMessageContaining("exited with 3")
			.withMessageContaining("error " + failing)
			.satisfies((ex) -> assertThat(ex.result()).containsSame(result.stages().get(failing)));
	}

	@Test
	void failsOnlyWithLastStageIfConfigured(ProcessManager processes) {
		Pipeline early = processes.shell("exit 3").pipe("true").pipefail(false);
		Pipeline late = processes.command("true").pipe(processes.shell("exit 4")).pipefail(false);

		assertThat(early.run().successful()).isTrue();
		assertThat(early.run().stages().get(0).exitCode()).isEqualTo(3);
		assertThat(late.run().failedStage()).hasValueSatisfying((stage) -> assertThat(stage.exitCode()).isEqualTo(4));
	}

	@Test
	void failsAsConfiguredInSettings() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().pipefail(false).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			Pipeline pipeline = processes.shell("exit 3").pipe("true");

			assertThat(pipeline.run().successful()).isTrue();
			assertThat(pipeline.pipefail(true).run().failed()).isTrue();
		}
	}

	@Test
	void respectsSuccessExitCodesOfStage(ProcessManager processes) {
		PipelineResult result = processes.command("printf", "a\\n")
			.pipe(processes.command("grep", "b").successExitCodes(0, 1))
			.pipe("cat")
			.run();

		assertThat(result.successful()).isTrue();
		assertThat(result.stages().get(1).exitCode()).isEqualTo(1);
	}

	@Test
	void isSuccessfulWhenReaderStopsEarly(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		PipelineResult two = processes.command("yes").pipe("head", "-1").run();
		PipelineResult four = processes.command("yes").pipe("cat").pipe("head", "-1").pipe("cat").run();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(two.throwIfFailed().output()).isEqualTo("y\n");
		assertThat(two.stages().get(0).exitCode()).isEqualTo(141);
		assertThat(two.stages().get(0).signal()).contains(Signal.PIPE);
		assertThat(four.throwIfFailed().output()).isEqualTo("y\n");
	}

	@Test
	void failsWhenReaderThatStoppedEarlyFails(ProcessManager processes) {
		PipelineResult result = processes.command("yes").pipe("false").run();

		assertThat(result.failed()).isTrue();
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.failedStage()).containsSame(result.stages().get(1));
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
			.withMessageContaining("'false'");
	}

	@Test
	void failsWhenLastStageIsEndedBySigpipe(ProcessManager processes) {
		PipelineResult result = processes.command("true").pipe(processes.shell("kill -PIPE $$")).run();

		assertThat(result.failed()).isTrue();
		assertThat(result.exitCode()).isEqualTo(141);
	}

	@Test
	void failsWhenStoppedStageIsEndedBySigpipe(ProcessManager processes) {
		PendingProcess stoppedByPipe = processes.command("sleep", "300").stopSignal(Signal.PIPE);
		RunningPipeline stopped = stoppedByPipe.pipe("cat").start();
		stopped.stages().get(0).stop();
		PipelineResult late = stoppedByPipe.timeout(Duration.ofMillis(200)).pipe("cat").start().onExit().join();

		assertThat(stopped.waitFor().stages()).extracting(ProcessResult::exitCode).containsExactly(141, 0);
		assertThat(stopped.waitFor().failedStage()).map(ProcessResult::cause).contains(ExitCause.STOPPED);
		assertThat(late.stages()).extracting(ProcessResult::exitCode).containsExactly(141, 0);
		assertThat(late.failedStage()).map(ProcessResult::cause).contains(ExitCause.TIMED_OUT);
	}

	// --- stages that cannot start

	@ParameterizedTest
	@EnumSource(Unstartable.class)
	void reportsStageThatCannotStartAndStopsOthers(Unstartable kind, ProcessManager processes) throws Exception {
		PendingProcess bad = kind.pending(processes, this.directory);
		for (int place = 0; place < 3; place++) {
			List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
			processes.addListener(events::add);
			Pipeline pipeline = processes.pipeline();
			for (int i = 0; i < 3; i++) {
				pipeline = pipeline.pipe((i == place) ? bad : planted(processes, "sleep 300 & sleep 300"));
			}
			Pipeline whole = pipeline;

			assertThatExceptionOfType(ProcessStartException.class).as("place %s", place)
				.isThrownBy((place == 0) ? whole::start : whole::run)
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(kind.reason))
				.satisfies((ex) -> assertThat(ex.command()).isEqualTo(bad.command()))
				.satisfies((ex) -> assertThat(ex.result())
					.hasValueSatisfying((result) -> assertThat(result.pid()).isZero()));
			assertThat(processes.running()).isEmpty();
			await().atMost(SOON).until(() -> this.plant.alive().isEmpty());
			await().atMost(SOON).until(() -> !events.isEmpty());
			assertThat(events).singleElement()
				.isInstanceOfSatisfying(ProcessStartFailed.class,
						(failed) -> assertThat(failed.name()).isEqualTo(bad.toSpec().displayName()));
		}
	}

	@Test
	void distinguishesFailedStageAmongEqualCommands(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);
		PendingProcess cat = processes.command("cat");

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> cat.name("one")
			.pipe(cat.name("two").directory(this.directory.resolve("missing")))
			.pipe(cat.name("three"))
			.run());

		await().atMost(SOON).until(() -> !events.isEmpty());
		assertThat(events).extracting(ProcessEvent::name).containsExactly("two");
	}

	@Test
	void leaksNoDescriptorsAfterThousandFailedStarts(ProcessManager processes) throws Exception {
		List<Pipeline> pipelines = new ArrayList<>();
		for (Unstartable kind : EnumSet.complementOf(EnumSet.of(Unstartable.MANY_ARGUMENTS))) {
			PendingProcess bad = kind.pending(processes, this.directory);
			pipelines.add(bad.pipe("cat"));
			pipelines.add(processes.command("true").pipe(bad));
		}
		failToStart(pipelines, pipelines.size());
		int before = openDescriptors();

		failToStart(pipelines, 1000);

		assertThat(openDescriptors()).isLessThanOrEqualTo(before + 3);
	}

	private static void failToStart(List<Pipeline> pipelines, int times) {
		for (int i = 0; i < times; i++) {
			Pipeline pipeline = pipelines.get(i % pipelines.size());
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pipeline::run);
		}
	}

	@Test
	void hidesSecretsWhenStageCannotStart(ProcessManager processes) {
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> processes.command("true")
				.pipe(processes.command("no-such-program").secretArg(Secret.of("open-sesame")))
				.run())
			.withMessageContaining("no-such-program")
			.withMessageNotContaining("open-sesame");
	}

	// --- time

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void stopsAllProcessTreesOnTimeout(int trap, ProcessManager processes) {
		Pipeline pipeline = processes.pipeline().timeout(Duration.ofSeconds(1));
		for (int i = 0; i < 3; i++) {
			pipeline = pipeline.pipe(planted(processes,
					(i == trap) ? "echo begun; echo begun >&2; sleep 30 & sleep 20" : "cat; sleep 25"));
		}
		Pipeline whole = pipeline;
		Stopwatch watch = Stopwatch.started();

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(whole::run)
			.withMessageContaining("1s")
			.satisfies((ex) -> assertThat(ex.result())
				.hasValueSatisfying((result) -> assertThat(result.output()).isEqualTo("begun\n")));

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(processes.running()).isEmpty();
	}

	@Test
	void killsStageThatIgnoresStopSignalOnTimeout(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> planted(processes, Scripts.IGNORES_TERM).stopGrace(Duration.ofMillis(200))
				.pipe(planted(processes, Scripts.IGNORES_TERM).stopGrace(Duration.ofMillis(200)))
				.timeout(Duration.ofMillis(500))
				.run());

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void endsWhenTimeoutOfStageElapses(ProcessManager processes) {
		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> processes.command("echo", "x")
				.pipe(planted(processes, "cat; sleep 300").timeout(Duration.ofMillis(500)))
				.pipe("cat")
				.run())
			.withMessageContaining("sleep 300");

		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void hasDefaultTimeoutOfRun() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeout(TimeLimit.of(Duration.ofMillis(100)))
			.build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			Pipeline endless = processes.command("sleep", "300").pipe("cat");
			Pipeline slow = processes.command("sleep", "0.3").pipe("cat");

			assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(endless::run);
			assertThat(endless.runAsync()).failsWithin(SOON)
				.withThrowableThat()
				.withCauseInstanceOf(ProcessTimedOutException.class);
			assertThat(slow.noTimeout().run().successful()).isTrue();
			assertThat(slow.start().waitFor().successful()).isTrue();
		}
	}

	@Test
	void enforcesTimeoutOfStartWithoutWaitingThread(ProcessManager processes) {
		RunningPipeline running = planted(processes, "sleep 300").pipe(planted(processes, "sleep 300"))
			.timeout(Duration.ofMillis(300))
			.start();

		await().atMost(SOON).until(() -> !running.isRunning());
		assertThat(running.onExit()).succeedsWithin(SOON)
			.satisfies((result) -> assertThat(result.stages()).extracting(ProcessResult::cause)
				.containsOnly(ExitCause.TIMED_OUT));
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(running::waitFor);
	}

	@Test
	void keepsNoTimerOnceItHasEnded() {
		ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
		timers.setRemoveOnCancelPolicy(true);
		try (ProcessManager processes = ProcessManager.builder().timeSource(MachineTime.with(timers)).build()) {
			PipelineResult result = processes.command("echo", "x").pipe("cat").timeout(Duration.ofHours(1)).run();

			assertThat(result.output()).isEqualTo("x\n");
			await().atMost(SOON)
				.until(() -> timers.getQueue()
					.stream()
					.noneMatch((timer) -> ((Delayed) timer).getDelay(TimeUnit.SECONDS) > 100));
		}
		finally {
			timers.shutdownNow();
		}
	}

	@Test
	void stopsWhenCallerIsInterrupted(ProcessManager processes) throws InterruptedException {
		AtomicReference<ProcessInterruptedException> thrown = new AtomicReference<>();
		List<Boolean> flag = Collections.synchronizedList(new ArrayList<>());
		Thread caller = Threads.start(() -> {
			try {
				planted(processes, "sleep 300 & sleep 300").pipe(planted(processes, "echo begun; sleep 300")).run();
			}
			catch (ProcessInterruptedException ex) {
				thrown.set(ex);
				flag.add(Thread.currentThread().isInterrupted());
			}
		});
		await().atMost(SOON).until(() -> this.plant.alive().size() >= 5);

		caller.interrupt();
		caller.join(SOON.toMillis());

		assertThat(thrown.get()).isNotNull();
		assertThat(flag).containsExactly(true);
		assertThat(thrown.get().result())
			.hasValueSatisfying((result) -> assertThat(result.output()).isEqualTo("begun\n"));
		assertThat(this.plant.alive()).isEmpty();
	}

	// --- live pipelines

	@Test
	void returnsHandleToLivePipeline(ProcessManager processes) throws IOException {
		RunningPipeline running = processes.command("cat")
			.name("in")
			.pipe(processes.shell("while read -r line; do echo \"got $line\"; done").name("out"))
			.start();

		assertThat(running.name()).isEqualTo("in | out");
		assertThat(running).hasToString("RunningPipeline[in | out]");
		assertThat(running.isRunning()).isTrue();
		assertThat(running.stages()).extracting(RunningProcess::name).containsExactly("in", "out");
		assertThat(processes.running()).hasSize(2);
		assertThat(processes.find(running.stages().get(1).pid())).isPresent();
		running.stdin().writeLine("one");
		assertThat(running.waitUntil((type, line) -> line.equals("got one"), SOON)).isTrue();
		assertThat(running.latestOutput()).isEqualTo("got one\n");
		assertThat(running.waitFor(Duration.ofMillis(50))).isEmpty();
		running.stdin().writeLine("two");
		running.stdin().close();
		assertThat(running.waitFor(SOON)).hasValueSatisfying((result) -> assertThat(result.successful()).isTrue());
		assertThat(running.latestOutput()).isEqualTo("got two\n");
		assertThat(running.output()).isEqualTo("got one\ngot two\n");
		assertThat(running.waitFor().output()).isEqualTo("got one\ngot two\n");
		assertThat(running.onExit().join().output()).isEqualTo("got one\ngot two\n");
		assertThat(running.isRunning()).isFalse();
		assertThat(running.waitUntil((type, line) -> line.equals("never"), SOON)).isFalse();
	}

	@Test
	void doesNotLetListenerWaitForItsEnd(ProcessManager processes) throws IOException {
		AtomicReference<RunningPipeline> running = new AtomicReference<>();
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		running.set(processes.command("cat").pipe("cat").onLine((stage, type, line) -> {
			try {
				running.get().waitFor();
			}
			catch (IllegalStateException ex) {
				thrown.set(ex);
			}
		}).start());

		running.get().stdin().writeLine("text");
		running.get().stdin().close();

		assertThat(running.get().waitFor(SOON)).isPresent();
		assertThat(thrown.get()).hasMessageContaining("listener of 'cat'");
	}

	@Test
	void hasNoLiveInputIfProvided(ProcessManager processes) {
		RunningPipeline running = processes.command("cat").pipe("cat").input("given").start();

		assertThatIllegalStateException().isThrownBy(running::stdin);
		assertThat(running.waitFor().output()).isEqualTo("given");
	}

	@Test
	void signalsEveryStage(ProcessManager processes) {
		String script = "trap 'echo caught >&2; exit 7' USR1; echo ready >&2; while :; do sleep 0.05; done";
		RunningPipeline running = processes.shell(script).pipe(processes.shell(script)).start();
		await().atMost(SOON)
			.until(() -> running.stages().stream().allMatch((stage) -> stage.errorOutput().equals("ready\n")));

		running.signal(Signal.USR1);

		assertThat(running.waitFor().stages()).extracting(ProcessResult::exitCode).containsExactly(7, 7);
		assertThatIllegalStateException().isThrownBy(() -> running.signal(Signal.USR1)).withMessageContaining("ended");
	}

	@Test
	void stopsAllProcessTrees(ProcessManager processes) {
		RunningPipeline running = planted(processes, "sleep 300 & sleep 300")
			.pipe(planted(processes, Scripts.DAEMONIZES))
			.pipe(planted(processes, "sleep 300 & echo ready; sleep 300"))
			.start();
		assertThat(running.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
		await().atMost(SOON).until(() -> this.plant.alive().size() >= 8);
		Stopwatch watch = Stopwatch.started();

		running.stop(Duration.ofMillis(300));

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.isRunning()).isFalse();
		assertThat(running.waitFor().stages()).extracting(ProcessResult::cause).containsOnly(ExitCause.STOPPED);
		running.stop();
		running.kill();
	}

	@Test
	void stopsStagesConcurrently(ProcessManager processes) {
		Pipeline pipeline = processes.pipeline();
		for (int i = 0; i < 12; i++) {
			pipeline = pipeline
				.pipe(planted(processes, "exec >&2; " + Scripts.IGNORES_TERM).stopGrace(Duration.ofMillis(500)));
		}
		RunningPipeline running = pipeline.start();
		await().atMost(SOON)
			.until(() -> running.stages().stream().allMatch((stage) -> stage.errorOutput().equals("ready\n")));
		Stopwatch watch = Stopwatch.started();

		running.stop();

		// one after the other would take 6 s
		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(5));
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void killsAllProcessTrees(ProcessManager processes) {
		RunningPipeline running = planted(processes, "sleep 300 & sleep 300")
			.pipe(planted(processes, Scripts.IGNORES_TERM))
			.start();
		assertThat(running.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
		Stopwatch watch = Stopwatch.started();

		running.kill();

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(8));
		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.waitFor().stages()).extracting(ProcessResult::cause).containsOnly(ExitCause.KILLED);
		assertThat(running.waitFor().stages()).extracting(ProcessResult::exitCode).containsOnly(137);
	}

	@Test
	void continuesAfterInterruptedWait(ProcessManager processes) throws Exception {
		RunningPipeline running = processes.command("cat").pipe("cat").start();
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread waiting = Threads.start(() -> {
			try {
				running.waitFor();
			}
			catch (ProcessInterruptedException ex) {
				thrown.set(ex);
			}
		});

		waiting.interrupt();
		waiting.join(SOON.toMillis());

		assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
		assertThat(running.isRunning()).isTrue();
		running.stdin().close();
		assertThat(running.waitFor().successful()).isTrue();
	}

	@Test
	void runsWithoutWaitingThread(ProcessManager processes) {
		CompletableFuture<PipelineResult> good = processes.command("printf", "b\\na\\n").pipe("sort").runAsync();
		CompletableFuture<PipelineResult> missing = processes.command("true").pipe("no-such-program").runAsync();
		CompletableFuture<PipelineResult> slow = planted(processes, "sleep 300").pipe("cat")
			.timeout(Duration.ofMillis(300))
			.runAsync();

		assertThat(good).succeedsWithin(SOON).satisfies((result) -> assertThat(result.output()).isEqualTo("a\nb\n"));
		assertThat(missing).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(ProcessStartException.class);
		assertThat(slow).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(ProcessTimedOutException.class);
		assertThat(this.plant.alive()).isEmpty();
	}

	// --- permits

	@Test
	void neverExceedsConcurrencyLimit() throws Exception {
		Path journal = this.directory.resolve("journal");
		List<CompletableFuture<PipelineResult>> futures = new ArrayList<>();
		try (ProcessManager processes = limitedTo(5, Duration.ofSeconds(60))) {
			PendingProcess stage = processes.shell("echo + >> \"$1\"; cat; sleep 0.05; echo - >> \"$1\"",
					journal.toString());
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				threads.add(Threads.start(() -> stage.pipe(stage).pipe(stage).run()));
				futures.add(stage.pipe(stage).runAsync());
			}

			for (Thread thread : threads) {
				thread.join();
			}
			futures.forEach(CompletableFuture::join);
		}

		int running = 0;
		for (String line : Files.readAllLines(journal)) {
			running += line.equals("+") ? 1 : -1;
			assertThat(running).isBetween(0, 5);
		}
		assertThat(Files.readAllLines(journal)).hasSize(2 * (6 * 3 + 6 * 2));
	}

	@Test
	void waitsForPermitsForAllStages() throws InterruptedException {
		try (ProcessManager processes = limitedTo(3, Duration.ofSeconds(60))) {
			RunningProcess holder = processes.start("sleep", "300");
			Pipeline pipeline = processes.command("echo", "x").pipe("cat").pipe("cat");
			AtomicReference<PipelineResult> result = new AtomicReference<>();

			assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(pipeline::start)
				.withMessageContaining("max-concurrent");
			Thread waiting = Threads.start(() -> result.set(pipeline.run()));
			await().atMost(SOON).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
			CompletableFuture<PipelineResult> future = pipeline.runAsync();
			assertThat(result).hasNullValue();
			holder.kill();
			waiting.join(SOON.toMillis());

			assertThat(result.get().output()).isEqualTo("x\n");
			assertThat(future).succeedsWithin(SOON).satisfies((other) -> assertThat(other.output()).isEqualTo("x\n"));
		}
	}

	@Test
	void rejectsRunAfterAcquireTimeout() {
		try (ProcessManager processes = limitedTo(2, Duration.ofMillis(200))) {
			RunningProcess holder = processes.start("sleep", "300");
			Pipeline pipeline = processes.command("echo", "x").pipe("cat");

			assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(pipeline::run);
			assertThat(processes.run("true").successful()).isTrue();
			holder.kill();
			assertThat(pipeline.run().output()).isEqualTo("x\n");
		}
	}

	@Test
	void rejectsPipelineLargerThanLimit() {
		try (ProcessManager processes = limitedTo(2, Duration.ofSeconds(60))) {
			Pipeline pipeline = processes.command("echo", "x").pipe("cat").pipe("cat");
			Stopwatch watch = Stopwatch.started();

			assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(pipeline::run)
				.withMessageContaining("3 processes")
				.withMessageContaining("2");
			assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(pipeline::start);
			assertThat(pipeline.runAsync()).failsWithin(SOON)
				.withThrowableThat()
				.withCauseInstanceOf(ProcessRejectedException.class);
			assertThat(watch.elapsed()).isLessThan(SOON);
			assertThat(processes.command("echo", "x").pipe("cat").run().output()).isEqualTo("x\n");
		}
	}

	@Test
	void releasesPermitsOnFailure() throws Exception {
		try (ProcessManager processes = limitedTo(3, Duration.ofSeconds(5))) {
			List<Function<PendingProcess, Pipeline>> places = List.of((bad) -> bad.pipe("cat").pipe("cat"),
					(bad) -> processes.command("yes").pipe(bad).pipe("cat"),
					(bad) -> processes.command("yes").pipe("cat").pipe(bad));
			Unstartable[] kinds = Unstartable.values();
			// each kind at each place by each way
			for (int i = 0; i < 72; i++) {
				PendingProcess bad = kinds[i % kinds.length].pending(processes, this.directory);
				Pipeline pipeline = places.get(i % places.size()).apply(bad);
				switch (i / 3 % 3) {
					case 0 -> assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pipeline::run);
					case 1 -> assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pipeline::start);
					default -> assertThatExceptionOfType(CompletionException.class)
						.isThrownBy(() -> pipeline.runAsync().join())
						.withCauseInstanceOf(ProcessStartException.class);
				}
			}
			assertThatExceptionOfType(ProcessTimedOutException.class)
				.isThrownBy(() -> processes.command("yes").pipe("cat").quietly().timeout(Duration.ofMillis(200)).run());

			assertThat(processes.command("echo", "x").pipe("cat").pipe("cat").start().waitFor().output())
				.isEqualTo("x\n");
		}
	}

	@Test
	void leavesQueueWhenCanceled() {
		Path file = this.directory.resolve("output");
		try (ProcessManager processes = limitedTo(2, Duration.ofSeconds(60))) {
			RunningProcess holder = processes.start("sleep", "300");
			CompletableFuture<PipelineResult> waiting = processes.command("echo", "x")
				.pipe("cat")
				.outputTo(file)
				.runAsync();

			assertThat(waiting.cancel(true)).isTrue();
			holder.kill();

			assertThat(processes.command("echo", "y").pipe("cat").run().output()).isEqualTo("y\n");
			assertThat(file).doesNotExist();
		}
	}

	// --- closing

	@ParameterizedTest
	@EnumSource(Door.class)
	void closesFilesWhenManagerClosesBeforeStart(Door door) {
		Path output = this.directory.resolve("output");
		Path errors = this.directory.resolve("errors");
		AtomicReference<ProcessManager> manager = new AtomicReference<>();
		ByteArrayInputStream input = new ByteArrayInputStream(new byte[10]);
		try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> {
			manager.get().close();
			return "value";
		}).build()) {
			manager.set(processes);

			Throwable thrown = catchThrowable(() -> door.enter(processes.command("cat")
				.secretEnv("TOKEN", Secret.reference("token"))
				.pipe("copy", (in, out) -> in.transferTo(out))
				.pipe("cat")
				.input(input)
				.onLine((stage, type, line) -> {
				})
				.outputTo(output)
				.errorOutputTo(errors)));

			assertThat(OpenFiles.below(this.directory)).isEmpty();
			assertThat(List.of(output, errors)).allSatisfy((file) -> assertThat(file).isEmptyFile());
			assertThat((thrown instanceof CompletionException) ? thrown.getCause() : thrown)
				.isInstanceOf(ProcessRejectedException.class);
			assertThat(input.available()).isEqualTo(10);
		}
	}

	@Test
	void stopsWhenManagerCloses() throws InterruptedException {
		AtomicReference<PipelineResult> result = new AtomicReference<>();
		RunningPipeline running;
		CompletableFuture<PipelineResult> future;
		CompletableFuture<PipelineResult> waiting;
		Thread caller;
		Pipeline another;
		try (ProcessManager processes = limitedTo(6, Duration.ofSeconds(60))) {
			another = processes.command("echo").pipe("cat");
			Pipeline pipeline = planted(processes, "sleep 300 & sleep 300").pipe(planted(processes, Scripts.SLEEPS));
			running = pipeline.start();
			future = pipeline.runAsync();
			caller = Threads.start(() -> result.set(pipeline.run()));
			await().atMost(SOON).until(() -> processes.running().size() == 6);
			waiting = pipeline.runAsync();
		}

		caller.join(SOON.toMillis());
		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.waitFor(SOON).orElseThrow().stages()).extracting(ProcessResult::cause)
			.containsOnly(ExitCause.SHUTDOWN);
		assertThat(future).succeedsWithin(SOON).satisfies((other) -> assertThat(other.failed()).isTrue());
		assertThat(result.get().failed()).isTrue();
		assertThat(waiting).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(ProcessRejectedException.class);
		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(another::run);
		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(another::start);
		assertThat(another.runAsync()).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(ProcessRejectedException.class);
	}

	@Test
	void leavesNoProcessWhenStoppedAtAnyTime(ProcessManager processes) {
		for (int i = 0; i < 20; i++) {
			RunningPipeline running = planted(processes, "yes").pipe(planted(processes, "sleep 0.02; exec cat"))
				.pipe(planted(processes, "head -1000; sleep 0.03"))
				.start();
			Pace.slowly(Duration.ofMillis(3L * i));

			if (i % 2 == 0) {
				running.stop(Duration.ofMillis(100));
			}
			else {
				running.kill();
			}

			assertThat(this.plant.alive()).as("round %s", i).isEmpty();
			assertThat(running.waitFor().stages()).hasSize(3);
		}
	}

	/** Ways to start a pipeline. */
	enum Door {

		RUN {
			@Override
			void enter(Pipeline pipeline) {
				pipeline.run();
			}
		},

		START {
			@Override
			void enter(Pipeline pipeline) {
				pipeline.start();
			}
		},

		RUN_ASYNC {
			@Override
			void enter(Pipeline pipeline) {
				pipeline.runAsync().join();
			}
		};

		abstract void enter(Pipeline pipeline);

	}

	/** Reasons why a stage cannot start. */
	enum Unstartable {

		MISSING_PROGRAM(Reason.NOT_FOUND), NOT_EXECUTABLE(Reason.NOT_EXECUTABLE),

		MISSING_DIRECTORY(Reason.NO_SUCH_DIRECTORY), BAD_INTERPRETER(Reason.NO_INTERPRETER),

		BAD_INTERPRETER_OF_INTERPRETER(Reason.NO_INTERPRETER), LONG_ARGUMENT(Reason.ARGUMENT_LIST_TOO_LONG),

		LONG_VARIABLE(Reason.ARGUMENT_LIST_TOO_LONG), MANY_ARGUMENTS(Reason.ARGUMENT_LIST_TOO_LONG);

		private final Reason reason;

		Unstartable(Reason reason) {
			this.reason = reason;
		}

		PendingProcess pending(ProcessManager processes, Path directory) throws IOException {
			return switch (this) {
				case MISSING_PROGRAM -> processes.command("no-such-program");
				case NOT_EXECUTABLE ->
					processes.command(Files.writeString(directory.resolve("plain-file"), "text").toString());
				case MISSING_DIRECTORY -> processes.command("echo").directory(directory.resolve("no-such-directory"));
				case BAD_INTERPRETER -> processes.command(script(directory, "bad", "/no/such/interpreter"));
				case BAD_INTERPRETER_OF_INTERPRETER ->
					processes.command(script(directory, "outer", script(directory, "inner", "/no/such/interpreter")));
				case LONG_ARGUMENT -> processes.command("echo", "x".repeat(128 * 1024));
				case LONG_VARIABLE -> processes.command("echo").env("LONG", "x".repeat(128 * 1024));
				case MANY_ARGUMENTS ->
					processes.command("echo", Collections.nCopies(100, "x".repeat(100_000)).toArray(String[]::new));
			};
		}

		private static String script(Path directory, String name, String interpreter) throws IOException {
			Path script = Files.writeString(directory.resolve(name), "#!" + interpreter + "\n");
			Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
			return script.toString();
		}

	}

}
