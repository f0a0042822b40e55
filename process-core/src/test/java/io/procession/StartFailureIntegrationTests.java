package io.procession;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessStartFailed;
import io.procession.execution.PendingProcess;
import io.procession.execution.output.LineListener;
import io.procession.isolation.Priority;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Secret;
import io.procession.security.CommandPolicy;
import io.procession.testing.LogCapture;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresDefaultSignals;
import io.procession.testing.TestChild;
import io.procession.testing.UnencodableArgument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class StartFailureIntegrationTests {

	@TempDir
	Path directory;

	@Test
	void reportsMissingProgram(ProcessManager processes) {
		ProcessStartException ex = fails(processes.command("no-such-program", "--flag"), Reason.NOT_FOUND,
				"'no-such-program'");

		assertThat(ex.command().arguments()).containsExactly("no-such-program", "--flag");
		ProcessResult result = ex.result().orElseThrow();
		assertThat(result.exitCode()).isEqualTo(127);
		assertThat(result.pid()).isZero();
		assertThat(result.cause()).isEqualTo(ExitCause.START_FAILED);
		assertThat(result.signal()).isEmpty();
		assertThat(result.failed()).isTrue();
		assertThat(result.startError()).containsSame(ex);
		assertThat(result.output()).isEmpty();
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(result::throwIfFailed).isSameAs(ex);
		assertThat(result.throwIf(false)).isSameAs(result);
	}

	@Test
	void reportsTriedPath(ProcessManager processes) {
		String here = Path.of("").toAbsolutePath().toString();

		fails(processes.command("./no/program"), Reason.NOT_FOUND,
				"program './no/program' not found at '" + here + "/no/program'");
		fails(processes.command("no/program").directory(Path.of("target")), Reason.NOT_FOUND,
				"'" + here + "/target/no/program', in its working directory");
		fails(processes.command("./no/program").directory(Path.of("/")), Reason.NOT_FOUND,
				"at '/no/program', in its working directory");
		fails(processes.command("true").directory(Path.of("no/folder")), Reason.NO_SUCH_DIRECTORY,
				"its working directory 'no/folder' (" + here + "/no/folder) does not exist");
		fails(processes.command("true").input(Path.of("no/file")), Reason.FILE_NOT_ACCESSIBLE,
				"its input file 'no/file' (" + here + "/no/file) does not exist");
	}

	@Test
	void reportsUnexpandedCharacters(ProcessManager processes) {
		String here = Path.of("").toAbsolutePath().toString();
		String hint = "; '~' is not expanded: use the full path";

		fails(processes.command("~/bin/program"), Reason.NOT_FOUND, "at '" + here + "/~/bin/program'" + hint);
		fails(processes.command("$HOME/program"), Reason.NOT_FOUND, "'$' is not expanded: use the full path");
		fails(processes.command("true").directory(Path.of("~/folder")), Reason.NO_SUCH_DIRECTORY, hint);
		fails(processes.command("true").input(Path.of("~/file")), Reason.FILE_NOT_ACCESSIBLE, hint);
		fails(processes.command("true").outputTo(Path.of("~/file")), Reason.FILE_NOT_ACCESSIBLE,
				"'" + here + "/~/file'", hint);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			export | use env(...)
			source | use shell(". file && command")
			pushd  | use directory(...)
			""")
	void suggestsReplacementsForShellBuiltins(String program, String hint, ProcessManager processes) {
		fails(processes.command(program, "x"), Reason.NOT_FOUND, "program '" + program + "' not found",
				"it is a shell builtin, which affects only the shell that runs it: " + hint);
	}

	@Test
	void suggestsReplacementsUnderPolicyToo() {
		CommandPolicy policy = CommandPolicy.builder().deny("rm").build();
		try (ProcessManager processes = ProcessManager.builder().commandPolicy(policy).build()) {
			fails(processes.command("./no/program").directory(Path.of("/")), Reason.NOT_FOUND,
					"program './no/program' not found at '/no/program'");
			fails(processes.command("/no/program"), Reason.NOT_FOUND, "at that path");
			fails(processes.command("no-program"), Reason.NOT_FOUND, "in the JVM's PATH, so that");
		}
	}

	@Test
	void suggestsEnvForVariableAssignments(ProcessManager processes) {
		fails(processes.commandLine("LEVEL=1 true"), Reason.NOT_FOUND, "program 'LEVEL=1' not found",
				"variable assignments are shell syntax: use env(...)");
	}

	@Test
	void warnsOnceOfShellSyntax(ProcessManager processes) {
		try (LogCapture log = LogCapture.begin()) {
			processes.commandLine("echo a | cat").run();
			processes.commandLine("echo a | cat").run();
			processes.commandLine("echo --password=hunter2 > file").run();
			processes.commandLine("echo '|'").run();

			assertThat(log.text().lines().filter((line) -> line.contains("WARN"))).satisfiesExactly(
					(line) -> assertThat(line).contains("unquoted |")
						.contains("use shell(...)")
						.contains("command=echo a '|' cat"),
					(line) -> assertThat(line).contains("unquoted >").doesNotContain("hunter2"));
		}
	}

	private static ProcessStartException fails(PendingProcess pending, Reason reason, String... culprits) {
		AtomicReference<ProcessStartException> thrown = new AtomicReference<>();
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pending::run).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(reason);
			assertThat(ex.getMessage()).contains("could not be started");
			assertThat(List.of(culprits)).allSatisfy((culprit) -> assertThat(ex.getMessage()).contains(culprit));
			assertThat(ex.result().orElseThrow().exitCode()).isEqualTo((reason == Reason.NOT_FOUND) ? 127 : 126);
			thrown.set(ex);
		});
		return thrown.get();
	}

	@Test
	void reportsSameFailureHoweverStarted(ProcessManager processes) {
		PendingProcess pending = processes.command("no-such-program");

		CompletableFuture<ProcessResult> future = pending.runAsync();

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pending::start)
			.withMessageContaining("no-such-program");
		assertThatExceptionOfType(CompletionException.class).isThrownBy(future::join)
			.havingCause()
			.isInstanceOf(ProcessStartException.class)
			.withMessageContaining("no-such-program");
	}

	@Test
	void reportsMissingPath(ProcessManager processes) {
		String missing = this.directory.resolve("missing").toString();

		fails(processes.command(missing), Reason.NOT_FOUND, missing);
	}

	@Test
	void reportsLinkLoop(ProcessManager processes) throws IOException {
		Path loop = this.directory.resolve("loop");
		Files.createSymbolicLink(loop, loop);

		fails(processes.command(loop.toString()), Reason.NOT_FOUND, "loop");
		fails(processes.command("true").directory(loop), Reason.NO_SUCH_DIRECTORY, "loop");
		fails(processes.command("echo " + "x".repeat(300)), Reason.NOT_FOUND, "commandLine(");
	}

	@Test
	void createsNoFileIfStartFails(ProcessManager processes) {
		Path output = this.directory.resolve("output");

		fails(processes.command("no-such-program").appendOutputTo(output), Reason.NOT_FOUND, "no-such-program");
		fails(processes.command("no-such-program").errorOutputTo(output), Reason.NOT_FOUND, "no-such-program");

		assertThat(output).doesNotExist();
	}

	@Test
	void suggestsCommandLineForProgramWithBlanks(ProcessManager processes) {
		fails(processes.command("ls -la"), Reason.NOT_FOUND, "program 'ls -la' not found", "commandLine(", "shell(");
	}

	@Test
	void reportsProgramMissingInPathOfEnvironment(ProcessManager processes) {
		fails(processes.command("cat").env("PATH", this.directory.toString()), Reason.NOT_FOUND, "cat");
	}

	@Test
	void reportsMissingDirectory(ProcessManager processes) {
		Path missing = this.directory.resolve("missing");

		fails(processes.command("true").directory(missing), Reason.NO_SUCH_DIRECTORY, missing.toString());
	}

	@Test
	void reportsDirectoryThatIsFile(ProcessManager processes) throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));

		fails(processes.command("true").directory(file), Reason.NOT_A_DIRECTORY, file.toString());
	}

	@Test
	void reportsProgramThatIsNotExecutable(ProcessManager processes) throws IOException {
		Path file = Files.writeString(this.directory.resolve("script"), "#!/bin/sh\n");

		fails(processes.command(file.toString()), Reason.NOT_EXECUTABLE, file.toString());
		fails(processes.command(this.directory.toString()), Reason.NOT_EXECUTABLE, this.directory.toString());
	}

	@Test
	void reportsMissingInterpreter(ProcessManager processes) throws IOException {
		Path script = script("#!/no/such/interpreter -x\necho hi\n");

		fails(processes.command(script.toString()), Reason.NO_INTERPRETER, script.toString(), "/no/such/interpreter");
	}

	private Path script(String content) throws IOException {
		Path script = Files.writeString(this.directory.resolve("script"), content);
		assertThat(script.toFile().setExecutable(true)).isTrue();
		return script;
	}

	@Test
	void reportsInterpreterEndingInCarriageReturn(ProcessManager processes) throws IOException {
		Path script = script("#!/bin/sh\r\necho hi\r\n");

		fails(processes.command(script.toString()), Reason.NO_INTERPRETER, script.toString(), "/bin/sh");
	}

	@Test
	void reportsArgumentsThatAreTooLong(ProcessManager processes) {
		ProcessStartException ex = fails(processes.command("true", "x".repeat(300_000)), Reason.ARGUMENT_LIST_TOO_LONG,
				"true", "too long");

		assertThat(ex.getMessage()).hasSizeLessThan(2000);
		fails(processes.command("true").env("LONG", "y".repeat(300_000)), Reason.ARGUMENT_LIST_TOO_LONG);
	}

	@Test
	@RequiresDefaultSignals
	void reportsProgramOpenForWriting(ProcessManager processes) throws IOException {
		Path program = copyOfTrue();
		try (OutputStream writer = Files.newOutputStream(program, StandardOpenOption.APPEND)) {
			fails(processes.command(program.toString()), Reason.BUSY, program.toString(), "open for writing");
			assertThat(writer).isNotNull();
		}

		assertThat(processes.command(program.toString()).run().successful()).isTrue();
	}

	@Test
	void reportsProgramForAnotherProcessor(ProcessManager processes) throws IOException {
		Path foreign = forAnotherProcessor(copyOfTrue());
		PendingProcess pending = processes.command(foreign.toString());

		for (PendingProcess each : List.of(pending, pending.env("PATH", "/bin"), pending.newSession(),
				processes.command("./program").directory(this.directory),
				processes.command("program").env("PATH", this.directory.toString()))) {
			fails(each, Reason.NOT_EXECUTABLE,
					"program' is built for another processor architecture (ELF machine 51966)");
		}
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pending.start()::waitFor)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_EXECUTABLE));
		// a script that names it is a program of its own
		assertThat(processes.shell("\"$1\"", foreign.toString()).run().cause()).isEqualTo(ExitCause.EXITED);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void reportsProgramForAnotherProcessorOnTerminal(boolean isolated, ProcessManager processes) throws IOException {
		Path foreign = forAnotherProcessor(copyOfTrue());
		PendingProcess pending = processes.command(foreign.toString()).pty(80, 24);

		fails(isolated ? pending.priority(Priority.ofNice(1)) : pending, Reason.NOT_EXECUTABLE,
				"'" + foreign + "' is built for another processor architecture (ELF machine 51966)");
	}

	private static Path forAnotherProcessor(Path program) throws IOException {
		byte[] content = Files.readAllBytes(program);
		content[18] = (byte) 0xFE;
		content[19] = (byte) 0xCA;
		return Files.write(program, content);
	}

	@ParameterizedTest
	@RequiresDefaultSignals
	@ValueSource(strings = { "grep: x", "$folder/grep: x", "./grep: x", "grep/grep: x" })
	void doesNotOpenFileNamedByFailedProgram(String message, ProcessManager processes) {
		Path pipe = this.directory.resolve("grep");
		processes.run("mkfifo", pipe.toString()).throwIfFailed();

		ProcessResult named = processes.command("sh", "-c", "echo \"" + message + "\" >&2; exit 2")
			.env("folder", this.directory.toString())
			.directory(this.directory)
			.run();
		ProcessResult own = processes.command("grep", "x", "/no/such/file")
			.directory(this.directory)
			.env("LC_ALL", "C")
			.run();

		assertThat(named.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(own.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(own.errorOutput()).startsWith("grep: ");
	}

	@Test
	void ignoresMessageNamingAnotherFileThanProgram(ProcessManager processes) throws IOException {
		Path foreign = forAnotherProcessor(copyOfTrue());
		Path sh = Files.move(foreign, this.directory.resolve("sh"));

		for (String name : List.of("sh", "./sh", sh.toString())) {
			ProcessResult result = processes.command("sh", "-c", "echo \"$1: x\" >&2; exit 126", "sh", name)
				.directory(this.directory)
				.run();

			assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
			assertThat(result.exitCode()).isEqualTo(126);
		}
	}

	@Test
	void reportsNamedPipeAsProgram(ProcessManager processes) {
		Path pipe = this.directory.resolve("pipe");
		processes.run("mkfifo", "-m", "777", pipe.toString()).throwIfFailed();
		PendingProcess pending = processes.command(pipe.toString());

		for (PendingProcess each : List.of(pending, pending.newSession(), pending.pty(80, 24),
				pending.env("PATH", "/bin"))) {
			fails(each, Reason.NOT_EXECUTABLE, "'" + pipe + "' is not a regular file");
		}
	}

	private Path copyOfTrue() throws IOException {
		Path program = Files.copy(Path.of("/bin/true").toRealPath(), this.directory.resolve("program"));
		assertThat(program.toFile().setExecutable(true)).isTrue();
		return program;
	}

	@Test
	@RequiresDefaultSignals
	void startsProgramOpenForWritingOnceClosed(ProcessManager processes) throws Exception {
		Path program = copyOfTrue();
		OutputStream writer = Files.newOutputStream(program, StandardOpenOption.APPEND);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> {
			try {
				writer.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));

		assertThat(processes.command(program.toString()).run().successful()).isTrue();
		closed.get();
	}

	@ParameterizedTest
	@ValueSource(strings = { "missing", "another version", "not executable" })
	void suggestsJvmRestartWhenJdkWasChanged(String change, ProcessManager processes) throws Exception {
		Path home = copyOfTheJdk();
		Path helper = home.resolve("lib/jspawnhelper");
		Files.delete(helper);
		if (!change.equals("missing")) {
			Files.writeString(helper, "#!/bin/sh\nexit 1\n");
			assertThat(helper.toFile().setExecutable(change.equals("another version"))).isTrue();
		}
		List<String> command = new ArrayList<>(TestChild.javaCommand(StartsTrue.class));
		command.set(0, home.resolve("bin/java").toString());

		ProcessResult result = processes.command(command).run().throwIfFailed();

		assertThat(result.output())
			.contains("OTHER Command 'true' could not be started: the JDK's process launch helper")
			.contains("'" + home + "'")
			.contains("restart the JVM");
	}

	// links, but for what tells the JVM where it is
	private Path copyOfTheJdk() throws IOException {
		Path source = Path.of(System.getProperty("java.home"));
		Path target = this.directory.toRealPath().resolve("jdk");
		List<String> copied = List.of("bin/java", "lib/libjli.so", "lib/libjava.so", "lib/server/libjvm.so",
				"lib/jspawnhelper");
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : files.toList()) {
				Path copy = target.resolve(source.relativize(file).toString());
				if (Files.isDirectory(file)) {
					Files.createDirectories(copy);
				}
				else if (copied.contains(source.relativize(file).toString())) {
					Files.copy(file, copy);
				}
				else {
					Files.createSymbolicLink(copy, file);
				}
			}
		}
		return target;
	}

	@Test
	void reportsMissingInputFile(ProcessManager processes) {
		Path missing = this.directory.resolve("missing");

		fails(processes.command("cat").input(missing), Reason.FILE_NOT_ACCESSIBLE, missing.toString());
		fails(processes.command("cat").input(this.directory), Reason.FILE_NOT_ACCESSIBLE, this.directory.toString());
	}

	@Test
	void reportsMissingDirectoryOfOutputFile(ProcessManager processes) {
		Path file = this.directory.resolve("missing").resolve("file");
		PendingProcess pending = processes.command("true");

		fails(pending.outputTo(file), Reason.FILE_NOT_ACCESSIBLE, file.toString());
		fails(pending.appendOutputTo(file), Reason.FILE_NOT_ACCESSIBLE, file.toString());
		fails(pending.errorOutputTo(file), Reason.FILE_NOT_ACCESSIBLE, file.toString());
		fails(pending.outputTo(this.directory), Reason.FILE_NOT_ACCESSIBLE, this.directory.toString());
		fails(pending.onLine((type, line) -> {
		}).outputTo(file), Reason.FILE_NOT_ACCESSIBLE, file.toString());
	}

	@Test
	void reportsOutputFileThatIsNotFile(ProcessManager processes) {
		Path pipe = this.directory.resolve("pipe");
		processes.run("mkfifo", pipe.toString()).throwIfFailed();
		PendingProcess pending = processes.command("true").outputTo(pipe);

		for (PendingProcess each : List.of(pending, pending.onLine((type, line) -> {
		}))) {
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(each::run)
				.withMessageContaining("its output file '" + pipe + "' is neither a file nor a device")
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.FILE_NOT_ACCESSIBLE));
		}
	}

	@Test
	void refusesCharactersOutsideNativeEncoding(ProcessManager processes) {
		fails(processes.command("echo", "lone surrogate \uD800"), Reason.NOT_ENCODABLE);
		fails(processes.command("true").env("VALUE", "lone surrogate \uD800"), Reason.NOT_ENCODABLE, "VALUE");
	}

	@Test
	void refusesUndecodableNames(ProcessManager processes) throws IOException {
		processes.shell("mkdir \"$1/$(printf 'bad\\377')\"", this.directory.toString()).run().throwIfFailed();
		Path bad;
		try (Stream<Path> files = Files.list(this.directory)) {
			bad = files.findFirst().orElseThrow();
		}
		Path file = Files.createFile(bad.resolve("file"));

		fails(processes.command("pwd").directory(bad), Reason.NOT_ENCODABLE, bad.toString());
		fails(processes.command("cat").input(file), Reason.NOT_ENCODABLE, file.toString());
		fails(processes.command("true").outputTo(file), Reason.NOT_ENCODABLE, file.toString());
		Path replacement = Files.createDirectory(this.directory.resolve("a \uFFFD is a character"));
		assertThat(processes.command("pwd").directory(replacement).run().output()).isEqualTo(replacement + "\n");
	}

	@Test
	void refusesCharactersOutsideAsciiLocale(ProcessManager processes) {
		ProcessResult result = processes.command(TestChild.javaCommand(UnencodableArgument.class))
			.env("LC_ALL", "POSIX")
			.run();

		assertThat(result.output()).isEqualTo("argument NOT_ENCODABLE\nvariable NOT_ENCODABLE\n");
	}

	@Test
	void reportsSecretThatCannotBeRead(ProcessManager processes) {
		fails(processes.command("true").secretArg(Secret.reference("db-password")), Reason.NO_SUCH_SECRET,
				"db-password");
		fails(processes.command("true").secretEnv("PASSWORD", Secret.reference("db-password")), Reason.NO_SUCH_SECRET,
				"db-password");
	}

	@Test
	void reportsSecretUnknownToResolver() {
		try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> null).build()) {
			fails(processes.command("true").secretArg(Secret.reference("db-password")), Reason.NO_SUCH_SECRET,
					"db-password");
		}
		try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> {
			throw new IllegalStateException("the vault is closed");
		}).build()) {
			fails(processes.command("true").secretArg(Secret.reference("db-password")), Reason.NO_SUCH_SECRET,
					"db-password");
		}
	}

	@Test
	void notifiesListeners(ProcessManager processes) {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);

		fails(processes.command("true").name("import").directory(this.directory.resolve("missing")),
				Reason.NO_SUCH_DIRECTORY);

		await().until(() -> !events.isEmpty());
		assertThat(events).singleElement().isInstanceOfSatisfying(ProcessStartFailed.class, (failed) -> {
			assertThat(failed.name()).isEqualTo("import");
			assertThat(failed.reason()).isEqualTo(Reason.NO_SUCH_DIRECTORY);
			assertThat(failed.message()).contains("missing");
		});
	}

	@Test
	void leavesNothingBehindAfterManyFailures(ProcessManager processes) throws IOException {
		String script = script("#!/no/such/interpreter\n").toString();
		Path missing = this.directory.resolve("missing");
		List<PendingProcess> failing = List.of(processes.command("no-such-program"),
				processes.command("true").directory(missing), processes.command(script),
				processes.command("true", "x".repeat(300_000)), processes.command("cat").input(missing),
				processes.command("true").outputTo(missing.resolve("file")),
				processes.command("true").outputTo(missing.resolve("file")).onLine((type, line) -> {
				}), processes.command("true").secretArg(Secret.reference("unknown")),
				processes.command("no-such-program").outputTo(this.directory.resolve("file")),
				processes.command(script).errorOutputTo(this.directory.resolve("file")).onLine((type, line) -> {
				}));
		failing.forEach((pending) -> assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pending::run));
		int descriptors = openDescriptors();
		int children = ProcessTable.descendants(ProcessHandle.current().pid()).size();

		for (int i = 0; i < 200; i++) {
			PendingProcess pending = failing.get(i % failing.size());
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pending::run);
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pending::start);
		}

		assertThat(openDescriptors()).isLessThan(descriptors + 10);
		assertThat(ProcessTable.descendants(ProcessHandle.current().pid())).hasSizeLessThanOrEqualTo(children);
		assertThat(processes.running()).isEmpty();
		assertThat(processes.run("true").successful()).isTrue();
	}

	private static int openDescriptors() {
		return Objects.requireNonNull(Path.of("/proc/self/fd").toFile().list()).length;
	}

	@Test
	void preservesOutputFileOnFailure(ProcessManager processes) throws IOException {
		Path script = Files.writeString(this.directory.resolve("script"), "#!/no/such/interpreter\n");
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
		PendingProcess missing = processes.command("no-such-program");
		PendingProcess broken = processes.command(script.toString());
		PendingProcess tooLong = processes.command("true", "x".repeat(1 << 22));
		PendingProcess cat = processes.command("cat");
		LineListener listener = (type, line) -> {
		};
		for (PendingProcess bad : List.of(missing, broken, tooLong)) {
			preservesFile((file) -> bad.outputTo(file).run());
			preservesFile((file) -> bad.errorOutputTo(file).run());
			preservesFile((file) -> bad.outputTo(file).detached().start());
			preservesFile((file) -> bad.outputTo(file).onLine(listener).run());
			preservesFile((file) -> bad.errorOutputTo(file).onLine(listener).start());
			preservesFile((file) -> cat.pipe(bad.outputTo(file)).run());
			preservesFile((file) -> cat.pipe(bad.outputTo(file).onLine(listener)).run());
			preservesFile((file) -> cat.pipe(bad).errorOutputTo(file).run());
			preservesFile((file) -> cat.pipe("copy", InputStream::transferTo).pipe(bad).outputTo(file).run());
		}
	}

	private void preservesFile(Consumer<Path> start) throws IOException {
		Path file = Files.writeString(this.directory.resolve("precious"), "precious");

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> start.accept(file));

		assertThat(file).hasContent("precious");
	}

	@Test
	void truncatesFileOnceStarted(ProcessManager processes) throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "something longer");

		processes.command("echo", "new").outputTo(file).onLine((type, line) -> {
		}).run();
		assertThat(file).hasContent("new\n");
		processes.command("true").outputTo(file).onLine((type, line) -> {
		}).run();
		assertThat(file).isEmptyFile();
	}

	static final class StartsTrue {

		public static void main(String[] arguments) {
			try (ProcessManager processes = ProcessManager.builder().guard(false).build()) {
				System.out.println(processes.command("true").run());
			}
			catch (ProcessStartException ex) {
				System.out.println(ex.reason() + " " + ex.getMessage());
			}
		}

	}

}
