package io.procession.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.ProcessManager;
import io.procession.engine.EngineProcess;
import io.procession.engine.EnvironmentPlan;
import io.procession.engine.Launch;
import io.procession.engine.OutputSink;
import io.procession.engine.ProcessEngine;
import io.procession.execution.PipelineResult;
import io.procession.execution.RunningProcess;
import io.procession.isolation.Isolation;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ExitStatus;
import io.procession.process.OutputFile;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Contract for every engine, the real one and the fake: each script is run by the real
 * engine and stubbed for the fake.
 */
abstract class ProcessEngineContract {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private ProcessEngine engine;

	private ProcessManager manager;

	@TempDir
	private Path directory;

	abstract ProcessEngine engine();

	/**
	 * Prepare a program for the scripts of this test; the real engine needs no
	 * preparation.
	 */
	abstract void script(String script, Consumer<FakeProcess> life);

	@BeforeEach
	void createManager() {
		this.engine = engine();
		this.manager = ProcessManager.builder().engine(this.engine).shutdownHook(false).build();
	}

	@AfterEach
	void closeManager() {
		this.manager.close();
		this.threads.shutdownNow();
	}

	private static Launch launch(String script, Launch.Input input, Launch.Output output, boolean merge) {
		ProcessSpec spec = ProcessSpec.of(Command.shell(script));
		return new Launch("test-" + script.hashCode(), spec, null, spec.command().arguments(), null,
				EnvironmentPlan.INHERITED, input, output, Launch.Output.pipe(), merge, false, null, Isolation.none());
	}

	private static Launch launch(String script) {
		return launch(script, Launch.Input.pipe(), Launch.Output.pipe(), false);
	}

	private Executor threads() {
		return this.threads;
	}

	// --- the engine alone

	@Test
	void reportsExitCodeAndSeparateStreams() throws Exception {
		script("printf 'a\\nb'; printf c >&2; exit 3", (life) -> life.output("a\nb").errorOutput("c").exitCode(3));
		EngineProcess process = this.engine.start(launch("printf 'a\\nb'; printf c >&2; exit 3"));
		Sink output = new Sink();
		Sink error = new Sink();

		process.connect(output, error, threads());

		assertThat(process.pid()).isPositive();
		assertThat(process.waitFor(LONG)).isTrue();
		assertThat(process.exitStatus()).hasValue(ExitStatus.exited(3));
		assertThat(output.text()).isEqualTo("a\nb");
		assertThat(error.text()).isEqualTo("c");
	}

	@Test
	void canBeSignaledWhileAlive() throws Exception {
		script("exec sleep 60", FakeProcess::hangs);
		EngineProcess process = this.engine.start(launch("exec sleep 60"));
		process.connect(new Sink(), new Sink(), threads());

		assertThat(process.exitStatus()).isEmpty();
		assertThat(process.waitFor(Duration.ofMillis(1))).isFalse();
		this.engine.scan();
		assertThat(process.tree().alive()).containsExactly(process.pid());
		assertThat(process.signal(Signal.TERM)).isTrue();
		assertThat(process.waitFor(LONG)).isTrue();
		assertThat(process.exitStatus()).hasValue(ExitStatus.signaled(Signal.TERM));
		assertThat(process.signal(Signal.TERM)).isFalse();
		this.engine.scan();
		assertThat(process.tree().alive()).isEmpty();
		assertThat(process.stats()).isEmpty();
	}

	@Test
	void killsTreeThatIgnoresOtherSignals() throws Exception {
		script("trap '' TERM; echo ready; while :; do sleep 1; done",
				(life) -> life.ignores(Signal.TERM).outputLines("ready").hangs());
		EngineProcess process = this.engine.start(launch("trap '' TERM; echo ready; while :; do sleep 1; done"));
		Sink output = new Sink();
		process.connect(output, new Sink(), threads());
		output.awaitBytes(6);

		this.engine.scan();
		process.tree().signal(Signal.TERM);
		assertThat(process.waitFor(Duration.ofMillis(50))).isFalse();
		process.tree().signal(Signal.KILL);

		assertThat(process.waitFor(LONG)).isTrue();
		assertThat(process.exitStatus()).hasValue(ExitStatus.signaled(Signal.KILL));
	}

	@Test
	void reportsExitBeforeOrAfterRegistration() throws Exception {
		script("exit 0", (life) -> life.exitCode(0));
		EngineProcess process = this.engine.start(launch("exit 0"));
		CompletableFuture<Void> early = new CompletableFuture<>();
		CompletableFuture<Void> late = new CompletableFuture<>();
		process.onExit(() -> early.complete(null));
		process.connect(new Sink(), new Sink(), threads());

		assertThat(process.waitFor(LONG)).isTrue();
		early.get(30, TimeUnit.SECONDS);
		process.onExit(() -> late.complete(null));
		late.get(30, TimeUnit.SECONDS);
	}

	@Test
	void readsInputToEnd() throws Exception {
		script("cat", (life) -> life.repliesWith(ProcessCall::input));
		EngineProcess process = this.engine.start(launch("cat"));
		Sink output = new Sink();
		process.connect(output, new Sink(), threads());

		try (OutputStream input = process.input()) {
			input.write("text".getBytes(StandardCharsets.UTF_8));
		}

		assertThat(process.waitFor(LONG)).isTrue();
		assertThat(output.text()).isEqualTo("text");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
			process.input().write(1);
			process.input().flush();
		});
	}

	@Test
	void readsAndWritesFilesDirectly() throws Exception {
		script("cat; echo bad >&2", (life) -> life.repliesWith(ProcessCall::input).errorOutputLines("bad"));
		Path in = Files.writeString(this.directory.resolve("in"), "text\n");
		Path out = Files.writeString(this.directory.resolve("out"), "old\n");

		EngineProcess process = this.engine.start(launch("cat; echo bad >&2", new Launch.Input.FromFile(in),
				new Launch.Output.ToFile(new OutputFile(out, true)), true));
		process.connect(null, null, threads());

		assertThat(process.waitFor(LONG)).isTrue();
		assertThat(out).hasContent("old\ntext\nbad\n");
	}

	@Test
	void nullDeviceEndsImmediately() throws Exception {
		script("cat; echo end", (life) -> life.repliesWith(ProcessCall::input).outputLines("end"));
		EngineProcess process = this.engine
			.start(launch("cat; echo end", Launch.Input.none(), Launch.Output.discard(), true));
		process.connect(null, null, threads());

		assertThat(process.waitFor(LONG)).isTrue();
		process.input().close();
	}

	@Test
	void sinkThatStopsReadingBreaksThePipe() throws Exception {
		script("exec yes", (life) -> life.outputLines("y").after(Duration.ofMillis(1)).outputLines("y").hangs());
		EngineProcess process = this.engine.start(launch("exec yes"));
		process.connect(new Sink(1), new Sink(), threads());

		assertThat(process.waitFor(LONG)).isTrue();
		assertThat(process.exitStatus()).hasValue(ExitStatus.signaled(Signal.PIPE));
	}

	@Test
	void stagesReadFromEachOther() throws Exception {
		script("echo a; echo b", (life) -> life.outputLines("a", "b"));
		script("wc -l", (life) -> life.repliesWith((call) -> call.input().lines().count() + "\n"));

		List<EngineProcess> stages = this.engine.startPipeline(List.of(launch("echo a; echo b"), launch("wc -l")));
		Sink output = new Sink();
		stages.get(0).connect(null, new Sink(), threads());
		stages.get(1).connect(output, new Sink(), threads());
		for (EngineProcess stage : stages) {
			assertThat(stage.waitFor(LONG)).isTrue();
		}

		assertThat(output.text().trim()).isEqualTo("2");
	}

	@Test
	void leavesNothingBehind() {
		this.engine.scan();

		assertThat(this.engine.leftovers().alive()).isEmpty();
	}

	// --- through a manager

	@Test
	void runs() {
		script("echo out; echo err >&2; exit 2", (life) -> life.outputLines("out").errorOutputLines("err").exitCode(2));

		ProcessResult result = this.manager.shell("echo out; echo err >&2; exit 2").run();

		assertThat(result).hasExitCode(2).hasCause(ExitCause.EXITED).hasOutput("out").hasErrorOutput("err");
		assertThat(result.outputComplete()).isTrue();
		assertThat(this.manager.running()).isEmpty();
	}

	@Test
	void timesOut() {
		script("echo half; exec sleep 60", (life) -> life.outputLines("half").hangs());

		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> this.manager.shell("echo half; exec sleep 60").timeout(Duration.ofMillis(300)).run())
			.satisfies((ex) -> assertThat(ex.result().orElseThrow()).timedOut().hasOutput("half").hasExitCode(143));
		assertThatExceptionOfType(ProcessIdleTimedOutException.class)
			.isThrownBy(() -> this.manager.shell("echo half; exec sleep 60").idleTimeout(Duration.ofMillis(300)).run());
	}

	@Test
	void killsAfterTheGrace() {
		script("trap '' TERM; echo ready; while :; do sleep 1; done",
				(life) -> life.ignores(Signal.TERM).outputLines("ready").hangs());
		RunningProcess process = this.manager.shell("trap '' TERM; echo ready; while :; do sleep 1; done").start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"))).isTrue();

		process.stop(Duration.ofMillis(100));

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED).hasExitCode(137);
		assertThat(process.isRunning()).isFalse();
	}

	@Test
	void supportsDialogue() throws IOException {
		script("read line; echo \"got $line\"; cat",
				(life) -> life.repliesToLine((line) -> "got " + line).repliesToLines((line) -> line));
		List<String> lines = new ArrayList<>();
		RunningProcess process = this.manager.shell("read line; echo \"got $line\"; cat")
			.onLine((type, line) -> lines.add(line))
			.start();

		process.stdin().writeLine("one");
		assertThat(process.waitUntil((type, line) -> line.equals("got one"))).isTrue();
		process.stdin().writeLine("two");
		process.stdin().close();

		assertThat(process.waitFor()).isSuccessful().hasOutput("got one\ntwo");
		assertThat(lines).containsExactly("got one", "two");
	}

	@Test
	void pipes() {
		script("echo b; echo a", (life) -> life.outputLines("b", "a"));
		script("sort",
				(life) -> life.repliesWith((call) -> String.join("\n", call.input().lines().sorted().toList()) + "\n"));
		script("exit 4", (life) -> life.exitCode(4));

		PipelineResult result = this.manager.shell("echo b; echo a").pipe(this.manager.shell("sort")).run();
		assertThat(result.output()).isEqualTo("a\nb\n");
		PipelineResult failed = this.manager.shell("exit 4").pipe(this.manager.shell("sort")).run();
		assertThat(failed.failed()).isTrue();
		assertThat(failed.stages().get(0)).hasExitCode(4);
	}

	@Test
	void reportsOutputFileThatCannotBeOpened() {
		script("true", (life) -> life.exitCode(0));
		Path file = this.directory.resolve("none/out");

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> this.manager.shell("true").outputTo(file).run())
			.withMessageContaining(file.toString())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.FILE_NOT_ACCESSIBLE));
	}

	@Test
	void closeStopsRunningProcesses() {
		script("exec sleep 60", FakeProcess::hangs);
		RunningProcess process = this.manager.shell("exec sleep 60").start();

		this.manager.close();

		assertThat(process.waitFor()).hasCause(ExitCause.SHUTDOWN).hasExitCode(143);
	}

	/**
	 * Accepts bytes up to a maximum number.
	 */
	private static final class Sink implements OutputSink {

		private final int most;

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		private final ByteBuffer space = ByteBuffer.allocate(64);

		private final CompletableFuture<Void> ended = new CompletableFuture<>();

		private Sink() {
			this(Integer.MAX_VALUE);
		}

		private Sink(int most) {
			this.most = most;
		}

		@Override
		public ByteBuffer space() {
			return this.space;
		}

		@Override
		public synchronized boolean received(int count) {
			this.bytes.write(this.space.array(), 0, count);
			notifyAll();
			return this.bytes.size() < this.most;
		}

		@Override
		public void failed(Throwable failure) {
			this.ended.completeExceptionally(failure);
		}

		@Override
		public void ended() {
			assertThat(this.ended.complete(null)).as("ended once").isTrue();
		}

		synchronized void awaitBytes(int count) throws InterruptedException {
			while (this.bytes.size() < count) {
				wait();
			}
		}

		String text() throws Exception {
			this.ended.get(30, TimeUnit.SECONDS);
			return this.bytes.toString(StandardCharsets.UTF_8);
		}

	}

}
