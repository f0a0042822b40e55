package io.procession;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.execution.PendingProcess;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.OutputType;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessResult;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestChild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@RealProcesses
class RunIntegrationTests {

	@TempDir
	Path directory;

	@Test
	void returnsBothStreamsAndExitCode(ProcessManager processes) {
		Instant before = Instant.now();

		ProcessResult result = processes.shell("printf out; printf err >&2").run();

		assertThat(result.output()).isEqualTo("out");
		assertThat(result.errorOutput()).isEqualTo("err");
		assertThat(result.outputBytes()).isEqualTo(new byte[] { 'o', 'u', 't' });
		assertThat(result.errorOutputBytes()).isEqualTo(new byte[] { 'e', 'r', 'r' });
		assertThat(result.exitCode()).isZero();
		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.signal()).isEmpty();
		assertThat(result.startError()).isEmpty();
		assertThat(result.successful()).isTrue();
		assertThat(result.failed()).isFalse();
		assertThat(result.outputComplete()).isTrue();
		assertThat(result.pid()).isPositive();
		assertThat(result.name()).isEqualTo("sh");
		assertThat(result.command()).isEqualTo(Command.shell("printf out; printf err >&2"));
		assertThat(result.startedAt()).isBetween(before, Instant.now());
		assertThat(result.duration()).isPositive().isLessThan(Duration.ofSeconds(30));
	}

	@Test
	void findsTextInItsOutput(ProcessManager processes) {
		ProcessResult result = processes.shell("echo one two; echo three >&2").run();

		assertThat(result.seeInOutput("two")).isTrue();
		assertThat(result.seeInOutput("three")).isFalse();
		assertThat(result.seeInErrorOutput("three")).isTrue();
		assertThat(result.seeInErrorOutput("two")).isFalse();
	}

	@Test
	void doesNotThrowWhenSuccessful(ProcessManager processes) {
		ProcessResult result = processes.run("true");

		assertThat(result.throwIfFailed()).isSameAs(result);
		assertThat(result.throwIf(true)).isSameAs(result);
		assertThat(result.throwIf(false)).isSameAs(result);
	}

	@Test
	void throwsOnlyOnRequest(ProcessManager processes) {
		ProcessResult result = processes.shell("printf 'some %s' output; echo no such table >&2; exit 3").run();

		assertThat(result.failed()).isTrue();
		assertThat(result.throwIf(false)).isSameAs(result);
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(() -> result.throwIf(true));
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed).satisfies((ex) -> {
			assertThat(ex.exitCode()).isEqualTo(3);
			assertThat(ex.result()).containsSame(result);
			assertThat(ex.command()).isEqualTo(result.command());
			assertThat(ex).hasMessageContaining("exited with 3")
				.hasMessageContaining("success is 0")
				.hasMessageContaining("no such table")
				.hasMessageNotContaining("some output")
				.hasNoCause();
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 123, 127, 255 })
	void returnsExitCode(int code, ProcessManager processes) {
		ProcessResult result = processes.shell("exit " + code).run();

		assertThat(result.exitCode()).isEqualTo(code);
		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.successful()).isEqualTo(code == 0);
	}

	@Test
	void returnsExitCodeOfShellThatFindsNoProgram(ProcessManager processes) {
		ProcessResult result = processes.shell("no-such-program --flag").run();

		assertThat(result.exitCode()).isEqualTo(127);
		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.errorOutput()).contains("no-such-program");
	}

	@Test
	void runsAJavaProgram(ProcessManager processes) {
		ProcessResult result = processes.command(TestChild.command("exit", "42")).run();

		assertThat(result.exitCode()).isEqualTo(42);
		assertThat(result.name()).isEqualTo("java");
	}

	@ParameterizedTest
	@ValueSource(strings = { "KILL", "TERM", "USR1", "FPE", "ILL", "BUS", "PROF" })
	void reportsSignalThatEndedProcess(String name, ProcessManager processes) {
		ProcessResult result = processes.shell("kill -" + name + " $$").run();

		Signal signal = Signal.of(name);
		assertThat(result.cause()).isEqualTo(ExitCause.SIGNALED);
		assertThat(result.exitCode()).isEqualTo(signal.exitCode());
		assertThat(result.signal()).contains(signal);
		assertThat(result.failed()).isTrue();
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
			.withMessageContaining("signal " + name);
	}

	@Test
	@RequiresProgram("bash")
	void usesSignalNumbersOfSystem(ProcessManager processes) {
		List<Signal> signals = new ArrayList<>(Signal.standard());
		signals.addAll(List.of(Signal.realTime(0), Signal.realTime(3)));
		String numbers = signals.stream()
			.map((signal) -> Integer.toString(signal.number()))
			.collect(Collectors.joining(" "));

		ProcessResult names = processes.command("bash", "-c", "kill -l " + numbers).run().throwIfFailed();

		assertThat(names.outputLines()).hasSize(33).isEqualTo(signals.stream().map(Signal::name).toList());
	}

	@Test
	void passesArgumentsVerbatim(ProcessManager processes) {
		String[] arguments = { "", "a b", "'", "\"", "\\", "it's \"quoted\"", "$HOME", "`id`", "$(id)", "*", "~", "%c%",
				"^", "!", "a\tb", "a\nb", "\n", "trailing\\", "--", "-x", "é", "日本", "😀", ";", "&&", "|", ">out",
				"#" };

		ProcessResult result = processes.command(TestChild.command("echo-args", arguments)).run().throwIfFailed();

		assertThat(result.outputLines()).isEqualTo(Arrays.stream(arguments).map(RunIntegrationTests::hex).toList());
	}

	private static String hex(String text) {
		return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void passesArgumentsToShellScriptsAsData(ProcessManager processes) {
		String evil = "'; touch " + this.directory.resolve("hacked") + "; echo '$(id)\"";

		ProcessResult result = processes.shell("printf '%s|' \"$#\" \"$1\" \"$2\"", evil, "").run();

		assertThat(result.output()).isEqualTo("2|" + evil + "||");
		assertThat(this.directory.resolve("hacked")).doesNotExist();
	}

	@Test
	void runsShellOperators(ProcessManager processes) {
		assertThat(processes.shell("echo a && echo b; echo c | tr c d").run().output()).isEqualTo("a\nb\nd\n");
	}

	@Test
	void splitsCommandLineWithoutExpansion(ProcessManager processes) {
		ProcessResult result = processes.commandLine("printf '%s|' 'a b' \"c d\" e\\ f $HOME *").run();

		assertThat(result.output()).isEqualTo("a b|c d|e f|$HOME|*|");
	}

	@Test
	void acceptsCommandAsList(ProcessManager processes) {
		assertThat(processes.command(List.of("printf", "%s", "x")).run().output()).isEqualTo("x");
	}

	@Test
	void setsAndOverridesVariables(ProcessManager processes) {
		PendingProcess printing = processes.shell("printf '%s|' \"$A\" \"$B\" \"$C\"")
			.env("A", "1")
			.env(Map.of("B", "2"))
			.env("C", "c");

		assertThat(printing.run().output()).isEqualTo("1|2|c|");
		assertThat(printing.env("A", "é'\"\n $B").env(Map.of("C", "")).run().output()).isEqualTo("é'\"\n $B|2||");
		assertThat(System.getenv("A")).isNull();
	}

	@Test
	void distinguishesEmptyFromUnsetVariable(ProcessManager processes) {
		PendingProcess printing = processes.shell("printf '%s' \"${VALUE-unset}\"");

		assertThat(printing.env("VALUE", "").run().output()).isEmpty();
		assertThat(printing.env("VALUE", "x").unsetEnv("VALUE").run().output()).isEqualTo("unset");
		assertThat(printing.unsetEnv("VALUE").env("VALUE", "x").run().output()).isEqualTo("x");
	}

	@Test
	void inheritsEnvironmentUnlessDisabled(ProcessManager processes) {
		String inherited = processes.command("env").run().output();
		String unset = processes.command("env").unsetEnv("PATH").run().output();

		assertThat(inherited.lines()).contains("PATH=" + System.getenv("PATH"));
		assertThat(unset.lines()).noneMatch((line) -> line.startsWith("PATH="));
	}

	@Test
	void startsWithEmptyEnvironment(ProcessManager processes) {
		ProcessResult result = processes.command("/usr/bin/env").inheritEnv(false).env("ONLY", "this").run();

		Set<String> names = new TreeSet<>();
		result.outputLines().forEach((line) -> names.add(line.substring(0, line.indexOf('='))));
		names.removeIf((name) -> name.startsWith("PROCESSION_"));
		assertThat(names).containsExactly("ONLY");
	}

	@Test
	void looksUpProgramInPathOfItsEnvironment(ProcessManager processes) throws IOException {
		Path program = executable("only-here", "#!/bin/sh\necho found\n");

		ProcessResult result = processes.command("only-here").env("PATH", this.directory.toString()).run();

		assertThat(result.output()).isEqualTo("found\n");
		assertThat(result.name()).isEqualTo(program.getFileName().toString());
		// an empty entry is the working directory: execvp(3)
		PendingProcess here = processes.command("only-here").directory(this.directory);
		assertThat(here.env("PATH", "/no:").run().output()).isEqualTo("found\n");
		assertThat(here.env("PATH", ":/no").run().output()).isEqualTo("found\n");
	}

	private Path executable(String name, String content) throws IOException {
		Path program = Files.writeString(this.directory.resolve(name), content);
		assertThat(program.toFile().setExecutable(true)).isTrue();
		return program;
	}

	@Test
	void runsInWorkingDirectory(ProcessManager processes) throws IOException {
		ProcessResult result = processes.command("pwd").directory(this.directory).run();

		assertThat(result.outputLines()).containsExactly(this.directory.toRealPath().toString());
		assertThat(processes.command("pwd").run().outputLines())
			.containsExactly(Path.of("").toAbsolutePath().toRealPath().toString());
	}

	@Test
	void closesInputImmediatelyIfNoneIsProvided(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = processes.run("cat");

		assertThat(result.output()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(10));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "false", "a", "no newline", "line\n", "é日😀" })
	void passesTextAsInputUnchanged(String text, ProcessManager processes) {
		assertThat(processes.command("cat").input(text).run().output()).isEqualTo(text);
	}

	@Test
	void passesTextAsUtf8RegardlessOfOutputCharset(ProcessManager processes) {
		ProcessResult result = processes.command("cat").charset(StandardCharsets.ISO_8859_1).input("é").run();

		assertThat(result.outputBytes()).isEqualTo("é".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void passesBytesFilesAndStreamsAsInput(ProcessManager processes) throws IOException {
		byte[] bytes = { 0, 1, -1, '\n', -128 };
		Path file = Files.write(this.directory.resolve("input"), bytes);

		assertThat(processes.command("cat").input(bytes).run().outputBytes()).isEqualTo(bytes);
		assertThat(processes.command("cat").input(file).run().outputBytes()).isEqualTo(bytes);
		assertThat(processes.command("cat").input(new ByteArrayInputStream(bytes)).run().outputBytes())
			.isEqualTo(bytes);
		assertThat(processes.command("cat").input(ProcessInput.of(bytes)).run().outputBytes()).isEqualTo(bytes);
	}

	@Test
	void copiesTheBytesOfItsInput(ProcessManager processes) {
		byte[] bytes = { 'a' };
		PendingProcess pending = processes.command("cat").input(bytes);
		bytes[0] = 'b';

		assertThat(pending.run().output()).isEqualTo("a");
	}

	@Test
	void readsNullDeviceWithoutInput(ProcessManager processes) {
		ProcessResult result = processes.shell("readlink /proc/self/fd/0; cat").input(ProcessInput.none()).run();

		assertThat(result.output()).isEqualTo("/dev/null\n");
	}

	@Test
	void usesLastConfiguredInput(ProcessManager processes) {
		PendingProcess cat = processes.command("cat");

		assertThat(cat.input(new ByteArrayInputStream(new byte[] { 'a' })).input("b").run().output()).isEqualTo("b");
		assertThat(cat.input("a").input(new ByteArrayInputStream(new byte[] { 'b' })).run().output()).isEqualTo("b");
	}

	@Test
	void mergesErrorOutputInOrderOfWriting(ProcessManager processes) {
		List<OutputType> types = new ArrayList<>();

		ProcessResult result = processes.shell("echo 1; echo 2 >&2; echo 3; echo 4 >&2; exit 1")
			.mergeErrorOutput()
			.onLine((type, line) -> types.add(type))
			.run();

		assertThat(result.output()).isEqualTo("1\n2\n3\n4\n");
		assertThat(result.errorOutput()).isEmpty();
		assertThat(types).hasSize(4).containsOnly(OutputType.OUTPUT);
	}

	@Test
	void writesOutputToFiles(ProcessManager processes) throws IOException {
		Path output = Files.writeString(this.directory.resolve("output"), "something longer that was there before");
		Path error = this.directory.resolve("error");

		ProcessResult result = processes.shell("echo out; echo err >&2").outputTo(output).errorOutputTo(error).run();

		assertThat(output).hasContent("out\n");
		assertThat(error).hasContent("err\n");
		assertThat(result.output()).isEmpty();
		assertThat(result.errorOutput()).isEmpty();
		assertThat(result.outputComplete()).isTrue();
	}

	@Test
	void capturesErrorOutputWhenOnlyOutputGoesToFile(ProcessManager processes) {
		Path output = this.directory.resolve("output");

		ProcessResult result = processes.shell("echo out; echo err >&2").outputTo(output).run();

		assertThat(output).hasContent("out\n");
		assertThat(result.errorOutput()).isEqualTo("err\n");
	}

	@Test
	void capturesLastBytesOnlyOfOutputNotWrittenToFile(ProcessManager processes) {
		Path output = this.directory.resolve("output");
		PendingProcess pending = processes.shell("echo whole output; printf 12345 >&2").outputTo(output).keepLast(3);

		for (PendingProcess each : List.of(pending, pending.onLine((type, line) -> {
		}))) {
			ProcessResult result = each.run();

			assertThat(output).hasContent("whole output\n");
			assertThat(result.output()).isEmpty();
			assertThat(result.errorOutput()).isEqualTo("345");
		}
	}

	@Test
	void appendsOutputToAFile(ProcessManager processes) {
		Path output = this.directory.resolve("output");

		processes.shell("echo 1").appendOutputTo(output).run();
		processes.shell("echo 2").appendOutputTo(output).run();
		processes.shell("echo 3").onLine((type, line) -> {
		}).appendOutputTo(output).run();

		assertThat(output).hasContent("1\n2\n3\n");
	}

	@Test
	void appendsErrorOutputToAFile(ProcessManager processes) {
		Path error = this.directory.resolve("error");
		PendingProcess pending = processes.shell("echo out; echo err >&2").appendErrorOutputTo(error);

		assertThat(pending.run().output()).isEqualTo("out\n");
		assertThat(pending.onLine((type, line) -> {
		}).run().errorOutput()).isEmpty();

		assertThat(error).hasContent("err\nerr\n");
	}

	@Test
	void letsProcessWriteItsFilesDirectly(ProcessManager processes) throws IOException {
		Path output = this.directory.resolve("output");
		Path error = this.directory.resolve("error");
		PendingProcess pending = processes.shell("readlink /proc/$$/fd/1; readlink /proc/$$/fd/2 >&2")
			.outputTo(output)
			.errorOutputTo(error);

		pending.run();
		assertThat(output).hasContent(output.toRealPath() + "\n");
		assertThat(error).hasContent(error.toRealPath() + "\n");
		pending.onLine((type, line) -> {
		}).run();
		assertThat(Files.readString(output)).startsWith("pipe:");
	}

	@Test
	void writesMergedOutputToOneFile(ProcessManager processes) {
		Path output = this.directory.resolve("output");

		processes.shell("echo 1; echo 2 >&2; echo 3").mergeErrorOutput().outputTo(output).run();

		assertThat(output).hasContent("1\n2\n3\n");
	}

	@Test
	void writesOutputToAFileAndToAListener(ProcessManager processes) throws IOException {
		Path output = Files.writeString(this.directory.resolve("output"), "something longer that was there before");
		Path error = this.directory.resolve("error");
		List<String> lines = new ArrayList<>();

		processes.shell("printf 'a\\nb'; echo c >&2")
			.outputTo(output)
			.errorOutputTo(error)
			.onLine((type, line) -> lines.add(type + " " + line))
			.run();

		assertThat(Files.readString(output)).isEqualTo("a\nb");
		assertThat(Files.readString(error)).isEqualTo("c\n");
		assertThat(lines).containsExactlyInAnyOrder("OUTPUT a", "OUTPUT b", "ERROR c");
	}

	@Test
	void capturesNothingWhenQuiet(ProcessManager processes) {
		ProcessResult result = processes.shell("echo out; echo err >&2; exit 7").quietly().run();

		assertThat(result.output()).isEmpty();
		assertThat(result.errorOutput()).isEmpty();
		assertThat(result.seeInOutput("out")).isFalse();
		assertThat(result.seeInErrorOutput("err")).isFalse();
		assertThat(result.exitCode()).isEqualTo(7);
		assertThat(result.outputComplete()).isTrue();
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
			.withMessageMatching("Command '.*' exited with 7 after [0-9.]+m?s \\(success is 0\\)")
			.satisfies((ex) -> assertThat(ex.result()).containsSame(result));
	}

	@Test
	void writesToTheNullDeviceWhenQuietWithoutListeners(ProcessManager processes) {
		Path links = this.directory.resolve("links");

		processes.shell("readlink /proc/self/fd/2 > \"$1\"", links.toString()).quietly().run().throwIfFailed();

		assertThat(links).hasContent("/dev/null");
	}

	@Test
	void notifiesListenersEvenWhenQuiet(ProcessManager processes) {
		List<String> lines = new ArrayList<>();

		ProcessResult result = processes.shell("echo a; echo b")
			.quietly()
			.onLine((type, line) -> lines.add(line))
			.run();

		assertThat(lines).containsExactly("a", "b");
		assertThat(result.output()).isEmpty();
	}

	@Test
	void decodesTextInConfiguredCharset(ProcessManager processes) {
		List<String> lines = new ArrayList<>();

		ProcessResult result = processes.shell("printf '\\351t\\351\\n'")
			.charset(StandardCharsets.ISO_8859_1)
			.onLine((type, line) -> lines.add(line))
			.run();

		assertThat(result.output()).isEqualTo("été\n");
		assertThat(lines).containsExactly("été");
		assertThat(result.outputBytes()).containsExactly(0xE9, 't', 0xE9, '\n');
	}

	@Test
	void treatsConfiguredExitCodesAsSuccess(ProcessManager processes) {
		PendingProcess pending = processes.shell("exit $CODE").successExitCodes(1, 3);

		assertThat(pending.env("CODE", "1").run().successful()).isTrue();
		assertThat(pending.env("CODE", "3").run().throwIfFailed().exitCode()).isEqualTo(3);
		assertThat(pending.env("CODE", "0").run().failed()).isTrue();
		assertThatExceptionOfType(ProcessFailedException.class)
			.isThrownBy(() -> pending.env("CODE", "2").run().throwIfFailed())
			.withMessageContaining("success is 1, 3");
	}

	@Test
	void usesConfiguredName(ProcessManager processes) {
		assertThat(processes.command("/bin/true").run().name()).isEqualTo("true");
		assertThat(processes.command("/bin/true").name("nightly import").run().name()).isEqualTo("nightly import");
	}

	@Test
	void describesItself(ProcessManager processes) {
		PendingProcess pending = processes.command("echo", "a b").name("greeting").tag("nightly");

		assertThat(pending).hasToString("PendingProcess[greeting: echo 'a b']");
		assertThat(pending.secretArg(Secret.of("hunter2")).toString()).doesNotContain("hunter2");
		assertThat(pending.toSpec().tags()).containsExactly("nightly");
		assertThat(processes.pending(pending.toSpec()).run().output()).isEqualTo("a b\n");
	}

	@Test
	void appliesChangesOnlyIfConditionHolds(ProcessManager processes) {
		PendingProcess pending = processes.shell("printf \"$A\"").env("A", "1");

		assertThat(pending.when(true, (p) -> p.env("A", "2")).run().output()).isEqualTo("2");
		assertThat(pending.when(false, (p) -> p.env("A", "2")).run().output()).isEqualTo("1");
	}

	@Test
	void isTemplateSharedByThreads(ProcessManager processes) throws Exception {
		PendingProcess template = processes.shell("echo \"$NUMBER\"; cat").input("in");
		ExecutorService threads = Executors.newFixedThreadPool(8);
		List<Callable<String>> runs = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			String number = Integer.toString(i);
			runs.add(() -> template.env("NUMBER", number).run().output());
		}

		List<Future<String>> outputs = threads.invokeAll(runs);
		threads.shutdown();

		for (int i = 0; i < outputs.size(); i++) {
			assertThat(outputs.get(i).get()).isEqualTo(i + "\nin");
		}
		assertThat(template.run().output()).isEqualTo("\nin");
	}

	@Test
	void runsAgainAfterAFailure(ProcessManager processes) {
		PendingProcess pending = processes.shell("test -e \"$1\" && exit 1; touch \"$1\"; exit 2",
				this.directory.resolve("flag").toString());

		assertThat(pending.run().exitCode()).isEqualTo(2);
		assertThat(pending.run().exitCode()).isEqualTo(1);
	}

}
