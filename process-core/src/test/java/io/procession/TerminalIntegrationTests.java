package io.procession;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.isolation.Isolation;
import io.procession.pool.PoolResults;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.testing.OpenFiles;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresDefaultSignals;
import io.procession.testing.RequiresProgram;
import io.procession.testing.TestChild;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@RealProcesses
class TerminalIntegrationTests {

	@Test
	void reportsSupportedTerminals(ProcessManager processes) {
		assertThat(processes.terminals().pty()).isTrue();
		if (processes.terminals().tty()) {
			assertThat(processes.command("true").tty().run().exitCode()).isZero();
		}
		else {
			assertThatExceptionOfType(ProcessStartException.class)
				.isThrownBy(() -> processes.command("true").tty().run())
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NO_TERMINAL));
		}
	}

	@Test
	void createsTerminalOfGivenSize(ProcessManager processes) {
		ProcessResult result = processes.shell("tty; stty size; echo amiss >&2; exit 3").pty(100, 30).run();

		assertThat(result.outputLines()).element(0).asString().startsWith("/dev/pts/");
		assertThat(result.outputLines()).endsWith("30 100", "amiss");
		assertThat(result.errorOutput()).isEmpty();
		assertThat(result.exitCode()).isEqualTo(3);
		assertThat(result.outputComplete()).isTrue();
	}

	@Test
	void resizesAndNotifiesProgram(ProcessManager processes) {
		RunningProcess shell = processes.shell("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done")
			.pty(80, 24)
			.start();
		assertThat(shell.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(30))).isTrue();

		shell.resize(132, 50);

		assertThat(shell.waitFor().outputLines()).containsExactly("ready", "50 132");
		shell.resize(10, 10);
	}

	@Test
	void typesInputAndItsEnd(ProcessManager processes) {
		assertThat(processes.shell("stty -echo; cat").pty(80, 24).input("a\nb").run().output()).endsWith("a\r\nb");
		assertThat(processes.shell("stty -echo; cat")
			.pty(80, 24)
			.input(new ByteArrayInputStream("typed\n".getBytes(UTF_8)))
			.run()
			.output()).endsWith("typed\r\n");
		assertThat(processes.command("cat").pty(80, 24).run().output()).isEmpty();
	}

	@Test
	void writesToRunningProgram(ProcessManager processes) throws Exception {
		RunningProcess shell = processes.shell("printf 'name? '; read name; echo \"hello $name\"").pty(80, 24).start();

		shell.stdin().write("Ada\n".getBytes(UTF_8));

		ProcessResult result = shell.waitFor();
		assertThat(result.output()).contains("name? ").endsWith("hello Ada\r\n");
	}

	@Test
	@RequiresProgram("less")
	void runsAFullScreenProgram(ProcessManager processes, @TempDir Path directory) throws Exception {
		RunningProcess less = processes.shell("seq 1000 > numbers; exec less numbers")
			.directory(directory)
			.env("TERM", "xterm")
			.env("LESS", "")
			.pty(80, 24)
			.start();
		assertThat(less.waitUntil((type, line) -> line.contains("22"), Duration.ofSeconds(30))).isTrue();

		less.stdin().write("q".getBytes(UTF_8));

		assertThat(less.waitFor().successful()).isTrue();
	}

	@Test
	void losesNoOutput(ProcessManager processes) {
		ProcessResult result = processes.shell("seq 200000").pty(80, 24).run();

		List<String> lines = result.outputLines();
		assertThat(lines).hasSize(200_000).endsWith("200000");
	}

	@Test
	void enforcesTimeoutAndStopsProcessTree(ProcessManager processes) {
		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> processes.shell("trap '' TERM HUP; echo up; sleep 300 & sleep 300")
				.pty(80, 24)
				.timeout(Duration.ofSeconds(2))
				.stopGrace(Duration.ofMillis(200))
				.run())
			.satisfies((ex) -> assertThat(ex.result().orElseThrow().output()).startsWith("up"));

		RunningProcess sleeper = processes.command("sleep", "300").pty(80, 24).start();
		sleeper.stop();
		assertThat(sleeper.waitFor().signal()).contains(Signal.TERM);
		assertThat(sleeper.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	void runsScriptWithoutInterpreterLine(ProcessManager processes, @TempDir Path location) throws IOException {
		Path script = Files.writeString(location.resolve("script"), "[ -t 1 ] && echo \"$1 $2\"; exit 42");
		assertThat(script.toFile().setExecutable(true)).isTrue();

		ProcessResult result = processes.command(script.toString(), "a b", "c").pty(80, 24).run();

		assertThat(result.output().strip()).isEqualTo("a b c");
		assertThat(result.exitCode()).isEqualTo(42);
	}

	@Test
	void returnsExitCodeOfProgramThatClosesItsStreams(ProcessManager processes) {
		ProcessResult result = processes.shell("exec <&- >&- 2>&-; sleep 0.5; exit 3").pty(80, 24).run();

		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.exitCode()).isEqualTo(3);
		assertThat(result.outputComplete()).isTrue();
	}

	@Test
	void losesNoOutputOfProgramThatReopensTerminal(ProcessManager processes) {
		ProcessResult result = processes
			.shell("echo early; exec <&- >&- 2>&-; sleep 0.5; echo late >/dev/tty; sleep 0.2; echo last >/dev/tty")
			.pty(80, 24)
			.run();

		assertThat(result.outputLines()).containsExactly("early", "late", "last");
		assertThat(result.exitCode()).isZero();
	}

	@RepeatedTest(20)
	void endsFilterOnTerminal(ProcessManager processes) {
		assertThat(processes.command("wc", "-l").pty(80, 24).input("b\na\n").run().exitCode()).isZero();
		assertThat(processes.command("sort").pty(80, 24).input("b\na\n").run().outputLines()).endsWith("a", "b");
	}

	@Test
	void endsWhenInputIsNeverRead(ProcessManager processes) {
		List<Path> before = terminals();

		ProcessResult result = processes.command("true").pty(80, 24).input("x\n".repeat(200_000)).run();

		assertThat(result.exitCode()).isZero();
		await().untilAsserted(() -> assertThat(terminals()).isEqualTo(before));
		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.equals("procession-pty-reaper")));
	}

	private static List<Path> terminals() {
		return OpenFiles.below(Path.of("/dev")).stream().filter((file) -> file.endsWith("ptmx")).toList();
	}

	@Test
	void resizesWhenInputIsNotRead(ProcessManager processes) {
		List<Path> before = terminals();
		RunningProcess process = processes
			.shell("trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.05; done")
			.pty(80, 24)
			.input("x\n".repeat(200_000))
			.start();
		// input is echoed in between
		assertThat(process.waitUntil((type, line) -> line.contains("ready"), Duration.ofSeconds(30))).isTrue();

		process.resize(132, 50);

		assertThat(process.waitFor().exitCode()).isEqualTo(3);
		assertThat(process.waitFor().output()).contains("50 132");
		await().untilAsserted(() -> assertThat(terminals()).isEqualTo(before));
	}

	@Test
	void writesMoreThanTerminalBuffers(ProcessManager processes) {
		ProcessResult result = processes.shell("stty -echo; echo ready; sleep 0.5; wc -l")
			.pty(80, 24)
			.input("x\n".repeat(200_000))
			.run();

		assertThat(result.outputLines()).endsWith("200000");
	}

	@Test
	void leavesNoSignalBlocked(ProcessManager processes) {
		assertThat(processes.command("grep", "SigBlk", "/proc/self/status").pty(80, 24).run().output())
			.isEqualTo("SigBlk:\t0000000000000000\r\n");
	}

	@Test
	@RequiresDefaultSignals
	void reportsWhyProgramCannotBeExecuted(ProcessManager processes, @TempDir Path location) throws IOException {
		byte[] program = Files.readAllBytes(Path.of("/bin/true").toRealPath());
		Path busy = executable(location.resolve("busy"), program);
		Path empty = executable(location.resolve("empty"), new byte[0]);
		Path data = executable(location.resolve("data"), new byte[] { 1, 2, 0, 3 });
		program[18] = (byte) 0xFE;
		program[19] = (byte) 0xCA;
		Path foreign = executable(location.resolve("foreign"), program);

		assertNotExecuted(processes.command(empty.toString()), Reason.NOT_EXECUTABLE, "'" + empty + "' is empty");
		assertNotExecuted(processes.command(foreign.toString()), Reason.NOT_EXECUTABLE,
				"'" + foreign + "' is built for another processor architecture (ELF machine 51966)");
		assertNotExecuted(processes.command(data.toString()), Reason.NOT_EXECUTABLE,
				"'" + data + "' is not in an executable format");
		try (OutputStream writer = Files.newOutputStream(busy, StandardOpenOption.APPEND)) {
			assertNotExecuted(processes.command(busy.toString()), Reason.BUSY, "'" + busy + "' is open for writing");
			assertThat(writer).isNotNull();
		}
		assertThat(processes.command(busy.toString()).pty(80, 24).run().exitCode()).isZero();
	}

	private static Path executable(Path file, byte[] content) throws IOException {
		Files.write(file, content);
		assertThat(file.toFile().setExecutable(true)).isTrue();
		return file;
	}

	private static void assertNotExecuted(PendingProcess process, Reason reason, String message) {
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(process.pty(80, 24)::start)
			.withMessageContaining(message)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
	}

	@ParameterizedTest
	@ValueSource(strings = { "C", "C.UTF-8" })
	void passesInheritedVariablesByteForByte(String locale, ProcessManager processes) {
		List<String> command = new ArrayList<>(List.of("sh", "-c",
				"export INHERITED=\"$(printf 'caf\\303\\251 \\377')\" REPLACED=$INHERITED UNSET=1; exec \"$@\"", "sh"));
		command.addAll(TestChild.javaCommand(InheritedVariables.class));

		assertThat(processes.command(command).env("LC_ALL", locale).run().throwIfFailed().outputLines())
			.containsExactly("63 61 66 c3 a9 20 ff", "6e 65 77", "unset");
	}

	@Test
	void hidesSecretsInTheNamesOfThreads(ProcessManager processes) {
		RunningProcess sleeper = processes.shell("sleep 300")
			.secretArg(Secret.of("hunter2hunter2"))
			.pty(80, 24)
			.start();

		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.contains("hunter2"));
		sleeper.kill();
	}

	@Test
	void refusesConflictingOptions(ProcessManager processes) {
		assertThatIllegalArgumentException().isThrownBy(() -> processes.command("cat").pty(0, 24))
			.withMessage("A terminal must have 1 to 65535 columns and rows: 0 x 24");
		assertThatIllegalArgumentException().isThrownBy(() -> processes.command("cat").detached().pty(80, 24))
			.withMessageContaining("pty(...) cannot be combined with detached()");
		assertThatIllegalArgumentException().isThrownBy(() -> processes.command("cat").newSession().pty(80, 24))
			.withMessageContaining("newSession()");
		assertThatIllegalArgumentException().isThrownBy(() -> processes.command("cat").input("x").tty())
			.withMessageContaining("tty() cannot be combined with input");
		assertThatIllegalStateException().isThrownBy(() -> processes.command("cat").tty().onLine((type, line) -> {
		}).run()).withMessageContaining("use pty(...)");
		assertThatIllegalStateException().isThrownBy(() -> processes.command("ls").pty(80, 24).pipe("cat").run())
			.withMessageContaining("A pipeline stage cannot have a terminal: 'ls'");
		RunningProcess plain = processes.command("sleep", "300").start();
		assertThatIllegalStateException().isThrownBy(() -> plain.resize(80, 24))
			.withMessageContaining("start it with pty(...)");
	}

	@Test
	@RequiresDefaultSignals
	void passesNameAndEnvironmentLikeWithoutTerminal(ProcessManager processes) {
		PendingProcess term = processes.shell("echo $TERM").pty(80, 24);

		assertThat(processes.command("cat", "/proc/self/cmdline").pty(80, 24).run().output())
			.isEqualTo("cat\0/proc/self/cmdline\0");
		assertThat(term.env("TERM", "vt100").run().output()).isEqualTo("vt100\r\n");
		assertThat(term.unsetEnv("TERM").run().output()).isEqualTo("xterm\r\n");
		// the guard identifies the processes to end by it
		assertThat(processes.command("env").inheritEnv(false).pty(80, 24).run().output()).contains("PROCESSION_");
	}

	@Test
	void combinesPseudoterminalWithNewSessionByDefault() {
		try (ProcessManager processes = ProcessManager.builder().settings(withNewSession()).build()) {
			assertThat(processes.shell("stty size < /dev/tty").pty(80, 24).run().output()).isEqualTo("24 80\r\n");
		}
	}

	private static ProcessSettings withNewSession() {
		return ProcessSettings.DEFAULTS.toBuilder().isolation(Isolation.none().withNewSession(true)).build();
	}

	@Test
	void usesTerminalOfJvm(ProcessManager processes) {
		List<String> application = TestChild.javaCommand(OnTerminal.class);
		List<String> withoutTerminal = new ArrayList<>(List.of("setsid", "-w"));
		withoutTerminal.addAll(application);

		assertThat(processes.command(application).pty(90, 20).run().outputLines()).contains("20 90", "0 true")
			.last()
			.asString()
			.contains("new-session: a process in a new session cannot use the JVM's terminal");
		assertThat(processes.command(withoutTerminal).run().outputLines()).singleElement()
			.asString()
			.contains("could not be started: tty() requires the JVM to be started from a terminal, but it has none")
			.contains("use pty(columns, rows)");
	}

	@Test
	void usesTerminalOfJvmWithoutWaitingThread(ProcessManager processes) {
		List<String> application = TestChild.javaCommand(InAPool.class);
		List<String> withoutTerminal = new ArrayList<>(List.of("setsid", "-w"));
		withoutTerminal.addAll(application);

		assertThat(processes.command(application).pty(90, 20).run().outputLines()).containsExactly("20 90", "0",
				"20 90", "0, 0");
		assertThat(processes.command(withoutTerminal).run().outputLines()).containsExactly("NO_TERMINAL", "0, 126");
	}

	@Test
	void reportsMissingDependency() throws Exception {
		List<URL> classPath = new ArrayList<>();
		for (String entry : TestChild.classPath().split(File.pathSeparator)) {
			if (!entry.contains("pty4j")) {
				classPath.add(Path.of(entry).toUri().toURL());
			}
		}
		try (URLClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			assertThat(loader.loadClass(WithoutLibrary.class.getName()).getMethod("message").invoke(null)).asString()
				.contains("pty(...) needs pty4j, which is not on the class path")
				.endsWith("add the dependency org.jetbrains.pty4j:pty4j:0.13.12");
		}
	}

	@Test
	void reportsWhyItCannotStart(ProcessManager processes) {
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> processes.command("no-such-program").pty(80, 24).run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_FOUND));
	}

	static final class OnTerminal {

		public static void main(String[] arguments) {
			try (ProcessManager processes = ProcessManager.create();
					ProcessManager inSessions = ProcessManager.builder().settings(withNewSession()).build()) {
				ProcessResult result = processes.shell("stty size").tty().run();
				System.out.println(result.exitCode() + " " + result.output().isEmpty());
				inSessions.shell("stty size").tty().run();
			}
			catch (ProcessStartException ex) {
				System.out.println(ex.getMessage());
			}
		}

	}

	static final class InAPool {

		public static void main(String[] arguments) {
			try (ProcessManager processes = ProcessManager.create()) {
				PendingProcess onTerminal = processes.shell("stty size").tty();
				System.out.println(onTerminal.runAsync()
					.handle((result, failure) -> (result != null) ? result.exitCode()
							: ((ProcessStartException) failure).reason())
					.join());
				PoolResults results = processes.pool()
					.concurrency(1)
					.timeout(Duration.ofSeconds(10))
					.add(processes.command("true"))
					.add(onTerminal)
					.run();
				System.out.println(results.get(0).exitCode() + ", " + results.get(1).exitCode());
			}
		}

	}

	static final class InheritedVariables {

		public static void main(String[] arguments) {
			try (ProcessManager processes = ProcessManager.create()) {
				for (String name : List.of("INHERITED", "REPLACED")) {
					System.out.println(processes.shell("printf %s \"$" + name + "\" | od -An -tx1")
						.env("REPLACED", "new")
						.pty(80, 24)
						.run()
						.output()
						.strip());
				}
				System.out.println(
						processes.shell("echo ${UNSET-unset}").unsetEnv("UNSET").pty(80, 24).run().output().strip());
			}
		}

	}

	public static final class WithoutLibrary {

		public static String message() {
			try (ProcessManager processes = ProcessManager.create()) {
				processes.run("true");
				processes.command("true").pty(80, 24).run();
				return "";
			}
			catch (ProcessStartException ex) {
				return String.valueOf(ex.getMessage());
			}
		}

	}

}
