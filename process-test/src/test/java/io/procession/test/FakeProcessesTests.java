package io.procession.test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.ProcessManager;
import io.procession.execution.ExecutionObserver;
import io.procession.execution.PipelineResult;
import io.procession.execution.RunningProcess;
import io.procession.execution.StartingExecution;
import io.procession.pool.PoolResults;
import io.procession.pool.RunningPool;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.Origin;
import io.procession.process.OutputType;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.security.CommandPolicy;
import io.procession.stats.ProcessStats;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

@Timeout(60)
class FakeProcessesTests {

	private final FakeProcesses processes = FakeProcesses.create();

	private final ProcessManager manager = this.processes.manager();

	@AfterEach
	void reset() {
		this.processes.reset();
	}

	// --- stubs

	@Test
	void succeedsWithoutOutputByDefault() {
		this.processes.stub("*");

		ProcessResult result = this.manager.shell("ls -la && echo 'two\nlines'").run();

		assertThat(result).isSuccessful().hasExitCode(0).hasOutput("").hasErrorOutput("");
		assertThatNoException().isThrownBy(() -> result.throwIfFailed().throwIf(false));
		assertThat(result.outputComplete()).isTrue();
		assertThat(result.pid()).isGreaterThan(4_194_304);
	}

	@Test
	void matchesAcrossLines() {
		this.processes.stub("*--branch main*").outputLines("main");
		this.processes.stub("*--branch develop*").outputLines("develop");

		assertThat(this.manager.shell("git clone \\\n  --branch develop \\\n  there").run()).hasOutput("develop");
	}

	@Test
	void usesFirstMatchingStub() {
		this.processes.stub("ls -la").outputLines("long");
		this.processes.stub("ls *").outputLines("any");
		this.processes.stub("cat file?.txt").outputLines("cat");

		assertThat(this.manager.run("ls", "-la")).hasOutput("long");
		assertThat(this.manager.run("ls", "-l")).hasOutput("any");
		assertThat(this.manager.run("cat", "file1.txt")).hasOutput("cat");
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("cat", "file10.txt"));
	}

	@Test
	void patternMatchesWholeLine() {
		this.processes.stub("git pull");

		assertThat(this.manager.run("git", "pull")).isSuccessful();
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("git", "pull", "--force"));
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("my-git", "pull"));
	}

	@Test
	void quotesOfPatternsDoNotMatter() {
		for (String pattern : List.of("git commit -m 'two words'", "git commit -m \"two words\"",
				"git commit -m two words")) {
			FakeProcesses others = FakeProcesses.create();
			others.stub(pattern).outputLines("committed");

			assertThat(others.manager().run("git", "commit", "-m", "two words")).hasOutput("committed");
		}
		this.processes.stub("it's [odd] (really)");
		assertThat(this.manager.run("it's", "[odd]", "(really)")).isSuccessful();
	}

	@Test
	void matchesScriptsByTheirText() {
		this.processes.stub("git pull && make").outputLines("made");

		assertThat(this.manager.shell("git pull && make").run()).hasOutput("made");
		assertThat(this.processes).ran("git pull && make").ran("/bin/sh", "-c", "git pull && make", "sh");
	}

	@Test
	void matchesExactArguments() {
		this.processes.stub("echo", "*").outputLines("star");
		this.processes.stub("echo *").outputLines("any");

		assertThat(this.manager.run("echo", "*")).hasOutput("star");
		assertThat(this.manager.run("echo", "hello")).hasOutput("any");
		assertThat(this.processes).ran("echo", "*").ran("echo", "hello").didNotRun("echo", "h*");
	}

	@Test
	void matchesByPredicate() {
		Path there = Path.of("/srv/import");
		this.processes.stub((spec) -> there.equals(spec.directory())).exitCode(2);
		this.processes.stub("*");

		assertThat(this.manager.command("ls").directory(there).run()).hasExitCode(2);
		assertThat(this.manager.run("ls")).isSuccessful();
	}

	@Test
	void environmentDoesNotMatter() {
		this.processes.stub("printenv").outputLines("one").then().outputLines("two");

		assertThat(this.manager.command("printenv").env("TEST", "1").env("OTHER", "2").run()).hasOutput("one");
		assertThat(this.manager.command("printenv").env("TEST", "2").run()).hasOutput("two");
		assertThat(this.processes)
			.ranSatisfying((spec) -> assertThat(spec.environment().variables()).contains(entry("TEST", "2")));
	}

	@Test
	void passesTextUnchanged() {
		this.processes.stub("text").output("no line end").errorOutput("neither\n");
		this.processes.stub("lines").outputLines("one", "", "three").errorOutputLines("bad");
		this.processes.stub("bytes").output(new byte[] { 1, 0, -1 });

		assertThat(this.manager.run("text").output()).isEqualTo("no line end");
		assertThat(this.manager.run("text").errorOutput()).isEqualTo("neither\n");
		assertThat(this.manager.run("lines").outputLines()).containsExactly("one", "", "three");
		assertThat(this.manager.run("lines").errorOutput()).isEqualTo("bad\n");
		assertThat(this.manager.run("bytes").outputBytes()).containsExactly(1, 0, -1);
	}

	@Test
	void failsAsConfiguredByStub() {
		this.processes.stub("broken").errorOutputLines("no such table").exitCode(3);
		this.processes.stub("crash").killedBy(Signal.SEGV);

		ProcessResult broken = this.manager.run("broken");
		assertThat(broken).hasFailed().hasExitCode(3).hasCause(ExitCause.EXITED);
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(broken::throwIfFailed)
			.withMessageContaining("exited with 3")
			.withMessageContaining("no such table")
			.satisfies((ex) -> assertThat(ex.result()).containsSame(broken));
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(() -> broken.throwIf(true));
		assertThatNoException().isThrownBy(() -> broken.throwIf(false));
		assertThat(this.manager.run("crash")).wasSignaledBy(Signal.SEGV).hasCause(ExitCause.SIGNALED);
		assertThat(this.manager.command("broken").successExitCodes(3).run()).isSuccessful();
	}

	@Test
	void failsToStartAsConfiguredByStub() {
		this.processes.stub("missing").failsToStart(Reason.NOT_FOUND);
		this.processes.stub("odd").failsToStart(new UnsupportedOperationException("not here"));

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> this.manager.run("missing"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_FOUND))
			.satisfies((ex) -> assertThat(ex.result().orElseThrow()).hasExitCode(127));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> this.manager.start("odd"))
			.withMessage("not here");
		assertThat(this.processes).ran("missing");
	}

	@Test
	void sequenceIsExhausted() {
		this.processes.stub("fetch").exitCode(1).then().outputLines("ok");

		assertThat(this.manager.run("fetch")).hasExitCode(1);
		assertThat(this.manager.run("fetch")).hasOutput("ok");
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("fetch"))
			.withMessageContaining("\"fetch\" defines 2 processes, but another one was started")
			.withMessageContaining(".otherwise()");
	}

	@Test
	void sequenceHasDefault() {
		this.processes.stub("fetch").exitCode(1).then().exitCode(2).otherwise().outputLines("ok");

		assertThat(List.of(this.manager.run("fetch").exitCode(), this.manager.run("fetch").exitCode(),
				this.manager.run("fetch").exitCode(), this.manager.run("fetch").exitCode()))
			.containsExactly(1, 2, 0, 0);
	}

	@Test
	void sequenceEndsWithSilentDefault() {
		this.processes.stub("fetch").exitCode(1).then().exitCode(2).otherwise();

		assertThat(this.manager.run("fetch")).hasExitCode(1);
		assertThat(this.manager.run("fetch")).hasExitCode(2);
		assertThat(this.manager.run("fetch")).isSuccessful().hasOutput("").hasErrorOutput("");
	}

	@Test
	void failureHasExactMessage() {
		this.processes.stub("silent").exitCode(1);
		this.processes.stub("loud").outputLines("not this").errorOutputLines("but this").exitCode(2);

		assertThatExceptionOfType(ProcessFailedException.class)
			.isThrownBy(() -> this.manager.run("silent").throwIfFailed())
			.withMessage("Command 'silent' exited with 1 after 0ms (success is 0)");
		assertThatExceptionOfType(ProcessFailedException.class)
			.isThrownBy(() -> this.manager.run("loud").throwIfFailed())
			.withMessage("Command 'loud' exited with 2 after 0ms (success is 0); stderr ends: \"but this\"");
	}

	@Test
	void misuseOfStubsIsReported() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.stub(" "))
			.withMessageContaining("use \"*\" for any");
		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.stub("x").exitCode(256));
		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.stub("x").ignores(Signal.KILL))
			.withMessageContaining("signal(7)");
		assertThatIllegalStateException().isThrownBy(() -> this.processes.stub("x").otherwise().then());
		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.stub("x").after(Duration.ofSeconds(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.stub("x").pid(0))
			.withMessageContaining("0");
	}

	// --- input

	@Test
	void respondsToInput() {
		this.processes.stub("sort")
			.repliesWith((call) -> String.join("\n", call.input().lines().sorted().toList()) + "\n");
		this.processes.stub("cat").repliesWith(ProcessCall::input);

		assertThat(this.manager.command("sort").input("b\nc\na\n").run()).hasOutput("a\nb\nc");
		assertThat(this.manager.run("cat")).hasOutput("");
		String large = "x".repeat(1_000_000);
		assertThat(this.manager.command("cat").input(large).run().output()).isEqualTo(large);
		assertThat(this.manager.command("cat")
			.input(new ByteArrayInputStream("stream".getBytes(StandardCharsets.UTF_8)))
			.run()).hasOutput("stream");
		assertThat(this.processes.calls().get(0).input()).isEqualTo("b\nc\na\n");
	}

	@Test
	void respondsLineByLine() throws IOException {
		this.processes.stub("bc").repliesToLines((line) -> line.equals("quiet") ? null : line + "=?").exitCode(4);
		RunningProcess process = this.manager.start("bc");

		process.stdin().writeLine("1+1");
		assertThat(process.latestOutput()).isEqualTo("1+1=?\n");
		process.stdin().writeLine("quiet");
		process.stdin().write("2+");
		assertThat(process.latestOutput()).isEmpty();
		process.stdin().write("2\r\n3");
		assertThat(process.latestOutput()).isEqualTo("2+2=?\n");
		assertThat(process.isRunning()).isTrue();
		process.stdin().close();

		assertThat(process.waitFor()).hasExitCode(4).hasOutput("1+1=?\n2+2=?\n3=?");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> process.stdin().writeLine("late"))
			.withMessageContaining("pipe");
	}

	@Test
	void respondsToOneLineThenContinues() throws IOException {
		this.processes.stub("login").output("Name: ").repliesToLine((name) -> "Hello " + name).exitCode(0);
		RunningProcess process = this.manager.start("login");

		assertThat(process.latestOutput()).isEqualTo("Name: ");
		process.stdin().writeLine("Ada");

		assertThat(process.waitFor()).isSuccessful().hasOutput("Name: Hello Ada");
		assertThat(this.manager.run("login")).hasOutput("Name: ");
	}

	@Test
	void endsWhenItsInputCloses() throws IOException {
		this.processes.stub("agent").readsInput().outputLines("bye");
		RunningProcess process = this.manager.start("agent");

		this.processes.advance(Duration.ofHours(1));
		assertThat(process.isRunning()).isTrue();
		process.stdin().close();

		assertThat(process.isRunning()).isFalse();
		assertThat(process.waitFor()).isSuccessful().hasOutput("bye");
	}

	@Test
	void decidesByCall() {
		this.processes.stub("git *").readsInput().decides((call, rest) -> {
			if (call.arguments().contains("push")) {
				rest.errorOutputLines("rejected: " + call.input()).exitCode(1);
			}
			else {
				rest.after(Duration.ofSeconds(1)).outputLines("ok");
			}
		});

		assertThat(this.manager.command("git", "push").input("secret").run()).hasExitCode(1)
			.hasErrorOutput("rejected: secret");
		assertThat(this.manager.run("git", "pull")).isSuccessful().hasOutput("ok");
		assertThatIllegalStateException().isThrownBy(() -> new FakeProcess(null).then())
			.withMessageContaining("on stubs only");
	}

	@Test
	void decidesHowSignalsAreHandled() {
		this.processes.stub("server").decides((call, rest) -> rest.ignores(Signal.TERM).exitsOn(Signal.HUP, 7).hangs());
		RunningProcess process = this.manager.start("server");

		process.signal(Signal.TERM);
		assertThat(process.isRunning()).isTrue();
		process.signal(Signal.HUP);

		assertThat(process.waitFor()).hasExitCode(7);
		assertThat(this.processes.calls().get(0).exitCode()).hasValue(7);
	}

	@Test
	void closedInputRejectsWrites() throws IOException {
		this.processes.stub("server").hangs();
		RunningProcess process = this.manager.start("server");

		process.stdin().close();

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> process.stdin().writeLine("late"));
		assertThat(this.processes.calls().get(0).input()).isEmpty();
		assertThat(this.processes.calls().get(0).exitCode()).isEmpty();
	}

	@Test
	void failingFunctionFailsTest() {
		this.processes.stub("bad").repliesWith((call) -> {
			throw new IllegalStateException("my mistake");
		});
		this.processes.stub("checked").repliesWith((call) -> {
			assertThat(call.input()).isEqualTo("expected");
			return "";
		});

		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.manager.run("bad"))
			.withMessageContaining("'bad'")
			.withRootCauseInstanceOf(IllegalStateException.class);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.manager.command("checked").input("other").run())
			.withMessageContaining("expected");
	}

	@Test
	void readsAndWritesFiles(@TempDir Path directory) throws IOException {
		this.processes.stub("sort").repliesWith(ProcessCall::input).errorOutputLines("warning");
		Path input = Files.writeString(directory.resolve("in"), "a\n");
		Path output = directory.resolve("out");

		this.manager.command("sort").input(input).outputTo(output).mergeErrorOutput().run();
		assertThat(output).hasContent("a\nwarning\n");
		this.manager.command("sort").input(input).appendOutputTo(output).run();
		assertThat(output).hasContent("a\nwarning\na\n");
		List<String> lines = new ArrayList<>();
		this.manager.command("sort").input(input).outputTo(output).onLine((type, line) -> lines.add(line)).run();
		assertThat(output).hasContent("a\n");
		assertThat(lines).containsExactly("a", "warning");
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> this.manager.command("sort").outputTo(directory.resolve("none/out")).run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.FILE_NOT_ACCESSIBLE));
	}

	@Test
	void capturesConfiguredOutput() {
		this.processes.stub("loud").outputLines("0123456789").errorOutputLines("bad").exitCode(1);

		ProcessResult quiet = this.manager.command("loud").quietly().run();
		assertThat(quiet).hasFailed().hasOutput("").hasErrorOutput("");
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(quiet::throwIfFailed);
		assertThat(this.manager.command("loud").mergeErrorOutput().run()).hasOutput("0123456789\nbad");
		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> this.manager.command("loud").outputLimit(5).run())
			.satisfies((ex) -> assertThat(ex.result().orElseThrow().output()).isEqualTo("01234"));
	}

	@Test
	void usesMemoryAsConfiguredByStub() {
		this.processes.stub("leak")
			.memory(100)
			.after(Duration.ofSeconds(10))
			.memory(1000, 50)
			.after(Duration.ofSeconds(10));
		RunningProcess process = this.manager.start("leak");

		assertThat(resident(process)).hasValue(100);
		this.processes.advance(Duration.ofSeconds(14));
		assertThat(resident(process)).hasValue(1200);
		assertThat(process.stats().map(ProcessStats::uptime)).contains(Duration.ofSeconds(14));
		process.kill();
		assertThat(process.stats()).isEmpty();
	}

	private static OptionalLong resident(RunningProcess process) {
		return process.stats().orElseThrow().residentBytes();
	}

	// --- live processes

	@Test
	void streamsReachListenersInOrder() {
		this.processes.stub("mixed")
			.outputLines("one")
			.errorOutputLines("two")
			.after(Duration.ofSeconds(1))
			.outputLines("three");
		List<String> seen = new ArrayList<>();

		this.manager.command("mixed").onLine((type, line) -> seen.add(type + " " + line)).run();

		assertThat(seen).containsExactly("OUTPUT one", "ERROR two", "OUTPUT three");
	}

	@Test
	void waitUntilScansFromBeginningAndEndsWithProcess() {
		this.processes.stub("server").outputLines("one").after(Duration.ofSeconds(1)).outputLines("two");
		RunningProcess process = this.manager.start("server");

		assertThat(process.waitUntil((type, line) -> line.equals("one"))).isTrue();
		assertThat(process.waitUntil((type, line) -> line.equals("two"))).isTrue();
		assertThat(process.waitUntil((type, line) -> line.equals("one"))).isTrue();
		assertThat(process.waitUntil((type, line) -> line.equals("three"))).isFalse();
		assertThat(process.waitFor()).isSameAs(process.waitFor());
		assertThat(process.waitUntil((type, line) -> type == OutputType.OUTPUT)).isTrue();
	}

	@Test
	void signalsAreSentAndSeen() {
		this.processes.stub("server").ignores(Signal.HUP).exitsOn(Signal.INT, 7).hangs();
		RunningProcess process = this.manager.start("server");

		process.signal(Signal.HUP);
		process.signal(Signal.STOP);
		assertThat(process.isRunning()).isTrue();
		process.signal(Signal.INT);

		assertThat(process.isRunning()).isFalse();
		assertThat(process.waitFor()).hasExitCode(7);
		assertThat(this.processes.calls().get(0).signals()).containsExactly(Signal.HUP, Signal.STOP, Signal.INT);
		assertThatIllegalStateException().isThrownBy(() -> process.signal(Signal.TERM));
	}

	@ParameterizedTest
	@ValueSource(strings = { "STOP", "TSTP", "TTIN", "TTOU", "CONT", "CHLD", "URG", "WINCH" })
	void harmlessSignalsDoNotEndFakes(String name) {
		Signal signal = Signal.of(name);
		this.processes.stub("server").hangs();
		RunningProcess process = this.manager.start("server");

		process.signal(signal);

		assertThat(process.isRunning()).isTrue();
		assertThat(this.processes.calls().get(0).signals()).containsExactly(signal);
	}

	@Test
	void stopEndsDelivery() {
		this.processes.stub("chatty").outputLines("one").after(Duration.ofSeconds(1)).outputLines("two");
		List<String> seen = new ArrayList<>();
		RunningProcess process = this.manager.command("chatty").onLine((type, line) -> seen.add(line)).start();

		process.stop();
		this.processes.advance(Duration.ofSeconds(2));

		assertThat(seen).containsExactly("one");
		assertThat(process.waitFor()).hasExitCode(143).hasCause(ExitCause.STOPPED);
		assertThat(this.manager.running()).isEmpty();
	}

	@Test
	void laterStubOfSamePatternReplacesEarlier() {
		this.processes.stub("date").outputLines("first");
		this.processes.stub("echo", "*").outputLines("first");
		this.processes.stub("echo *").outputLines("pattern");

		this.processes.stub("date").outputLines("second");
		this.processes.stub("echo", "*").outputLines("second");
		// behind the stub that matches first
		this.processes.stub("date *").outputLines("any date");
		this.processes.stub("date -u").outputLines("hidden");
		this.processes.stub("date -u").outputLines("hidden still");

		assertThat(this.manager.run("date")).hasOutput("second");
		assertThat(this.manager.run("echo", "*")).hasOutput("second");
		assertThat(this.manager.run("echo", "x")).hasOutput("pattern");
		assertThat(this.manager.run("date", "-u")).hasOutput("any date");
		assertThat(this.processes.unusedStubs()).containsExactly("\"date -u\"");
	}

	@Test
	void predicatesReplaceNoOther() {
		this.processes.stub((spec) -> spec.command().arguments().contains("a")).outputLines("first");
		this.processes.stub((spec) -> spec.command().arguments().contains("b")).outputLines("second");

		assertThat(this.manager.run("x", "a")).hasOutput("first");
		assertThat(this.manager.run("x", "b")).hasOutput("second");
	}

	@Test
	void hasPidChosenByTest() {
		this.processes.stub("server").pid(4711).hangs();
		RunningProcess server = this.manager.start("server");

		assertThat(server.pid()).isEqualTo(4711);
		assertThat(this.manager.find(4711)).isPresent();
		assertThat(server.stats().map(ProcessStats::pid)).contains(4711L);
		this.processes.reset();
		assertThat(server.isRunning()).isFalse();
	}

	// --- pools, pipelines, supervisors

	@Test
	void poolPreservesKeysAndReportsFailures() {
		this.processes.stub("good").outputLines("fine");
		this.processes.stub("bad").exitCode(1);
		List<String> seen = new ArrayList<>();

		PoolResults results = this.manager.pool()
			.add("first", this.manager.command("good").onLine((type, line) -> seen.add(line)))
			.add("second", this.manager.command("bad").quietly())
			.run();

		assertThat(results.failed()).isTrue();
		assertThat(results.get("first")).isSuccessful().hasOutput("fine");
		assertThat(results.get("second")).hasExitCode(1);
		assertThat(seen).containsExactly("fine");
	}

	@Test
	void poolCanBeStopped() {
		this.processes.stub("slow *").hangs();
		RunningPool pool = this.manager.pool()
			.concurrency(2)
			.add(this.manager.command("slow", "1"))
			.add(this.manager.command("slow", "2"))
			.start();

		this.processes.advance(Duration.ZERO);
		assertThat(pool.running()).hasSize(2);
		Instant before = this.processes.time().now();
		pool.stop();

		assertThat(Duration.between(before, this.processes.time().now())).isLessThan(Duration.ofSeconds(1));
		assertThat(pool.running()).isEmpty();
		assertThat(pool.waitFor().asMap().values()).hasSize(2)
			.allSatisfy((result) -> assertThat(result).hasCause(ExitCause.STOPPED).wasSignaledBy(Signal.TERM));
		assertThat(this.processes.calls())
			.allSatisfy((call) -> assertThat(call.signals()).containsExactly(Signal.TERM));
	}

	@Test
	void poolHasStartedFirstProcessesWhenStartReturns() {
		this.processes.stub("slow *").hangs();
		RunningPool pool = this.manager.pool()
			.concurrency(2)
			.add("b", this.manager.command("slow", "1"))
			.add("a", this.manager.command("slow", "2"))
			.add("c", this.manager.command("slow", "3"))
			.start();

		assertThat(pool.running().keySet()).containsExactly("b", "a");
		pool.signal(Signal.KILL);
		assertThat(pool.running().keySet()).containsExactly("c");
		pool.signal(Signal.KILL);

		assertThat(pool.running()).isEmpty();
		assertThat(pool.waitFor().asMap().values())
			.allSatisfy((result) -> assertThat(result).hasCause(ExitCause.SIGNALED).wasSignaledBy(Signal.KILL));
		assertThat(this.processes.time().now()).isEqualTo(ManualTime.START);
	}

	@Test
	void poolOfThousandIsQuick() {
		this.processes.stub("job *").after(Duration.ofSeconds(1)).outputLines("done");
		var pool = this.manager.pool().concurrency(100);
		for (int i = 0; i < 1000; i++) {
			pool.add(this.manager.command("job", String.valueOf(i)));
		}

		assertThat(pool.run().successful()).isTrue();
		assertThat(Duration.between(ManualTime.START, this.processes.time().now())).isEqualTo(Duration.ofSeconds(10));
	}

	@Test
	void pipelineStagesReadFromEachOther() {
		this.processes.stub("cat *").outputLines("b", "a", "b");
		this.processes.stub("sort")
			.repliesWith((call) -> call.input().lines().sorted(Comparator.naturalOrder()).toList() + "\n");
		this.processes.stub("wc").repliesWith((call) -> call.input().length() + "\n").errorOutputLines("counted");

		PipelineResult result = this.manager.command("cat", "log").pipe("sort").pipe("wc").run();

		assertThat(result.successful()).isTrue();
		assertThat(result.output()).isEqualTo("10\n");
		assertThat(this.processes).ranInOrder("cat log", "sort", "wc");
		assertThat(this.processes.calls().get(1).input()).isEqualTo("b\na\nb\n");
	}

	@Test
	void pipelineFailsWithFirstFailure() {
		this.processes.stub("cat").exitCode(1);
		this.processes.stub("grep *").repliesWith(ProcessCall::input);

		assertThat(this.manager.command("cat").pipe("grep", "x").run().failed()).isTrue();
	}

	@Test
	void stageThatCannotStartPreventsAllStarts() {
		this.processes.stub("cat").hangs();
		this.processes.stub("sort").failsToStart(Reason.NOT_EXECUTABLE);

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> this.manager.command("cat").pipe("sort").run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_EXECUTABLE));
		assertThat(this.manager.running()).isEmpty();
		assertThat(this.processes).ran("sort").didNotRun("cat");
	}

	@Test
	void pipelineOfFakeAndRealIsRefused() {
		this.processes.allowStrayProcesses().stub("cat *").outputLines("b").then().outputLines("c");
		this.processes.stub("wc");

		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.command("cat", "log").pipe("sort", "-u").pipe("wc").run())
			.withMessageContaining("  cat log | sort -u | wc\n")
			.withMessageContaining("Add stubs for the others\n  processes.stub(\"sort -u\").outputLines(\"...\");\nor");
		assertThat(this.processes).ranNothing();

		this.processes.stub("sort *").repliesWith(ProcessCall::input);
		this.manager.command("cat", "log").pipe("sort", "-u").pipe("wc").run();
		assertThat(this.processes.calls().get(1).input()).isEqualTo("b\n");
	}

	@Test
	void pipelineSupportsJavaStages() {
		this.processes.stub("cat").outputLines("one").after(Duration.ofSeconds(3)).outputLines("two");
		this.processes.stub("tail").repliesWith(ProcessCall::input);

		PipelineResult result = this.manager.pipeline().pipe("cat").pipe("upper", (input, output) -> {
			byte[] all = input.readAllBytes();
			output.write(
					new String(all, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
		}).pipe("tail").run();

		assertThat(result.output()).isEqualTo("ONE\nTWO\n");
	}

	@Test
	void writerOfBrokenPipeIsEnded() {
		this.processes.stub("yes").outputLines("y").after(Duration.ofSeconds(1)).outputLines("y").hangs();
		this.processes.stub("head").repliesToLine((line) -> line);

		PipelineResult result = this.manager.command("yes").pipe("head").run();

		assertThat(result.output()).isEqualTo("y\n");
		assertThat(result.stages().get(0)).wasSignaledBy(Signal.PIPE);
	}

	// --- the rest of the library

	@Test
	void policyAppliesToFakes() {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		CommandPolicy policy = CommandPolicy.builder().allow(java, "-version").build();
		ProcessManager strict = ProcessManager.builder().engine(this.processes).commandPolicy(policy).build();
		this.processes.stub("*").outputLines("fake");

		assertThat(strict.run(java, "-version")).hasOutput("fake");
		assertThatExceptionOfType(ProcessDeniedException.class).isThrownBy(() -> strict.run(java, "-jar"));
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> strict.run("no-such-program"));
		assertThat(this.processes).ranInOrder("*java -version");
		strict.close();
	}

	// --- strays

	@Test
	void strayIsRefused() {
		this.processes.stub("git pull *");

		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.run("git", "push", "say \"hi\""))
			.withMessageContaining("No stub matches the process that was started:\n  git push say \"hi\"\n")
			.withMessageContaining("processes.stub(\"git push say \\\"hi\\\"\")")
			.withMessageContaining("processes.allowStrayProcesses()")
			.withMessageContaining("\"git pull *\"");
		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.shell("git push && date").run())
			.withMessageContaining("git push && date");
		assertThat(this.processes).ranNothing();
		assertThat(this.processes.strays()).hasSize(2).contains("git push say \"hi\"");
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(this.processes::verifyNoStrays)
			.withMessageContaining("git push");
	}

	@Test
	void swallowedStrayIsReportedWithRemedy() {
		this.processes.stub("fetch").then();
		this.manager.run("fetch");
		this.manager.run("fetch");
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("fetch"));
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("say", "\"hi\""));

		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(this.processes::verifyNoStrays)
			.withMessageContaining("  fetch\n  say \"hi\"\n")
			.withMessageContaining("The stub \"fetch\" defines 2 processes")
			.withMessageContaining(".otherwise()");
		assertThat(this.processes.strays()).containsExactly("fetch", "say \"hi\"");
	}

	@Test
	void lineByLineIsFastForLargeOutput() {
		String lines = "a line of some length\n".repeat(100_000);
		this.processes.stub("upper").repliesToLines((line) -> line);

		assertThat(this.manager.command("upper").input(lines).run().output()).isEqualTo(lines);
	}

	@Test
	void strayShowsNoSecret() {
		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.command("login").secretArg(Secret.of("hunter2")).run())
			.withMessageContaining("login ***")
			.satisfies((error) -> assertThat(error.getMessage()).doesNotContain("hunter2"));
	}

	@Test
	void strayOfPoolFailsTest() {
		this.processes.stub("good");

		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.concurrently(this.manager.command("good"), this.manager.command("bad")))
			.withMessageContaining("bad");
	}

	@Test
	void strayOfPoolFailsCallThatStartedIt() {
		this.processes.stub("good");

		for (int i = 0; i < 100; i++) {
			String bad = "bad" + i;
			assertThatExceptionOfType(StrayProcessError.class)
				.isThrownBy(() -> this.manager.concurrently(this.manager.command("good"), this.manager.command(bad)))
				.withMessageContaining(bad + "\n");
			assertThat(this.manager.run("good")).isSuccessful();
		}
	}

	@Test
	void straysOfPoolAreSingleFailure() {
		this.processes.stub("good");

		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.concurrently(this.manager.command("bad", "1"),
					this.manager.command("bad", "2"), this.manager.command("bad", "3")))
			.withMessageContaining("bad 1\n")
			.satisfies((error) -> assertThat(error.getSuppressed()).extracting(Throwable::getMessage)
				.satisfiesExactly((two) -> assertThat(two).contains("bad 2\n"),
						(three) -> assertThat(three).contains("bad 3\n")));
		assertThat(this.manager.run("good")).isSuccessful();
	}

	@Test
	void strayOfOtherThreadFailsItsCall() {
		this.processes.stub("good");
		List<FutureTask<Throwable>> others = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			String bad = "bad" + i;
			ProcessManager own = this.processes.manager();
			FutureTask<Throwable> other = new FutureTask<>(
					() -> catchThrowable(() -> own.concurrently(own.command("good"), own.command(bad))));
			others.add(other);
			new Thread(other, bad).start();
		}

		for (int i = 0; i < 4; i++) {
			int number = i;
			assertThat(others.get(i)).succeedsWithin(Duration.ofSeconds(30))
				.satisfies((thrown) -> assertThat(thrown).isInstanceOf(StrayProcessError.class)
					.hasMessageContaining("bad" + number + "\n")
					.hasNoSuppressedExceptions());
		}
		assertThat(this.manager.run("good")).isSuccessful();
	}

	@Test
	void strayAfterCallOfOtherThreadFailsTest() throws Exception {
		Thread other = new Thread(
				() -> this.processes.time().scheduler().schedule(() -> this.manager.run("bad"), 1, TimeUnit.HOURS));
		other.start();
		other.join();

		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.processes.advance(Duration.ofHours(1)))
			.withMessageContaining("bad");
	}

	@Test
	void pendingFailureIsThrownAtEnd() throws Exception {
		this.processes.stub("checked").repliesWith((call) -> {
			throw new IllegalStateException("my mistake");
		});
		Thread other = new Thread(() -> this.processes.time().executor().execute(() -> this.manager.run("checked")));
		other.start();
		other.join();

		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.processes::verifyNoStrays)
			.withMessageContaining("'checked'");
		assertThatNoException().isThrownBy(this.processes::verifyNoStrays);
	}

	@Test
	void strayOfPipelineFailsTest() {
		this.processes.stub("good");

		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.command("good").pipe("bad").run())
			.withMessageContaining("bad");
		assertThat(this.manager.running()).isEmpty();
	}

	@Test
	void strayBehindJavaStagePreventsAllStarts() {
		this.processes.stub("good");

		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.pipeline()
				.pipe("good")
				.pipe("copy", (input, output) -> input.transferTo(output))
				.pipe("bad")
				.run())
			.withMessageContaining("bad");
		assertThat(this.processes).ranNothing();
	}

	@Test
	void strayOfSupervisorFailsTest() {
		ProcessSupervisor supervisor = ProcessSupervisor.create(this.manager.launcher());
		supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("bad"))).build());

		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> {
			supervisor.start();
			this.processes.advance(Duration.ofSeconds(1));
		}).withMessageContaining("bad");
		this.processes.stub("bad").hangs();
		this.processes.advance(Duration.ofSeconds(1));
		assertThat(this.processes).ran("bad");
		supervisor.close();
	}

	@Test
	void strayOfTaskFailsAdvance() {
		this.processes.time().scheduler().schedule(() -> this.manager.run("bad"), 1, TimeUnit.HOURS);

		assertThatNoException().isThrownBy(() -> this.processes.advance(Duration.ofMinutes(59)));
		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.processes.advance(Duration.ofMinutes(1)))
			.withMessageContaining("bad");
	}

	@Test
	void strayListsClosestStubsFirst() {
		this.processes.stub("make");
		this.processes.stub("git pull");

		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("git", "push"))
			.withMessageContaining("Stubs are defined for:\n  \"git pull\"\n  \"make\"");
	}

	@Test
	void strayOfRunAsyncFailsTest() {
		assertThatExceptionOfType(StrayProcessError.class)
			.isThrownBy(() -> this.manager.command("bad").runAsync().join());
	}

	// --- reset

	@Test
	void resetRemovesStubsAndCalls() {
		this.processes.stub("slow").hangs();
		this.processes.stub("date");
		RunningProcess process = this.manager.start("slow");
		this.manager.run("date");

		this.processes.reset();

		assertThat(process.isRunning()).isFalse();
		assertThat(this.processes).ranNothing();
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("date"));
	}

	@Test
	void resetCompletesDespiteRejections() {
		this.processes.stub("slow *").hangs();
		RunningPool pool = this.manager.pool()
			.concurrency(1)
			.add(this.manager.command("slow", "1"))
			.add(this.manager.command("slow", "2"))
			.start();
		this.processes.advance(Duration.ZERO);
		assertThat(pool.running()).hasSize(1);

		this.processes.reset();

		assertThat(pool.running()).isEmpty();
		assertThat(this.processes).ranNothing();
		assertThatNoException().isThrownBy(() -> {
			this.processes.verifyNoStrays();
			this.processes.advance(Duration.ofSeconds(1));
		});
	}

	@Test
	void resetRejectsStraysAgain() {
		this.processes.allowStrayProcesses();

		this.processes.reset();

		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("no-such-program"));
	}

	@Test
	void resetRestartsPermanentSequences() {
		this.processes.stubAlways((given) -> given.stub("fetch").exitCode(1).then().outputLines("ok"));
		this.manager.run("fetch");

		this.processes.reset();

		assertThat(this.manager.run("fetch")).hasExitCode(1);
	}

	@Test
	void resetRetainsPermanentStubs() {
		this.processes.stubAlways((given) -> given.stub("date").outputLines("given"));
		this.processes.stub("date").outputLines("mine");

		assertThat(this.manager.run("date")).hasOutput("mine");
		this.processes.reset();
		assertThat(this.manager.run("date")).hasOutput("given");
	}

	@Test
	void callsObservers() {
		this.processes.stub("date").outputLines("now");
		List<String> finished = new ArrayList<>();
		ProcessManager observed = ProcessManager.builder().engine(this.processes).observer(new ExecutionObserver() {

			@Override
			public void starting(StartingExecution execution, Origin origin) {
				execution.variable("TRACEPARENT", "00-1");
			}

			@Override
			public void finished(String executionId, ProcessSpec spec, Origin origin, ProcessResult result) {
				finished.add(result.output());
			}

		}).build();

		observed.run("date");
		observed.close();

		assertThat(this.processes)
			.ranSatisfying((spec) -> assertThat(spec.environment().variables()).containsEntry("TRACEPARENT", "00-1"));
		assertThat(finished).containsExactly("now\n");
	}

}
