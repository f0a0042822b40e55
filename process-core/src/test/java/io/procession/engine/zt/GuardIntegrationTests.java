package io.procession.engine.zt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;
import io.procession.testing.LogCapture;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestChild;
import io.procession.testing.Threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@RealProcesses
@RequiresProgram("setsid")
class GuardIntegrationTests {

	private static final Duration SOON = Duration.ofSeconds(8);

	@Test
	void holdsUpNoCloseThoughItDoesNotReadAndItsPipeIsFull(ProcessManager processes) throws Exception {
		Guard guard = new Guard(Marker.create(null), Duration.ofMillis(200));
		guard.ensureRunning();
		ProcessTable.Entry shell = shell();
		processes.shell("kill -s STOP $1", Long.toString(shell.pid())).run().throwIfFailed();
		// the pipe holds 64 KiB
		Thread heartbeat = Threads.start(() -> guard.remember("1:1 ".repeat(1 << 16)));
		await().atMost(SOON)
			.until(() -> List.of(heartbeat.getStackTrace())
				.stream()
				.anyMatch((frame) -> frame.getMethodName().equals("writeBytes")));
		Stopwatch watch = Stopwatch.started();

		guard.close();

		assertThat(watch.elapsed()).isLessThan(SOON);
		await().atMost(SOON).until(() -> !shell.isAlive());
		heartbeat.join(SOON.toMillis());
		assertThat(heartbeat.isAlive()).isFalse();
	}

	@Test
	void isStartedAgainThoughNothingElseIs(ProcessManager processes) {
		processes.start("sleep", "300");
		ProcessTable.Entry first = shell();

		ProcessHandle.of(first.pid()).ifPresent(ProcessHandle::destroyForcibly);

		await().atMost(SOON).until(() -> !first.isAlive());
		assertThat(shell().pid()).isNotEqualTo(first.pid());
	}

	@Test
	void holdsNothingOfItsManagerAndHeedsNoSignalThatAsks(ProcessManager processes) throws IOException {
		RunningProcess process = processes.start("sleep", "300");
		ProcessTable.Entry guard = shell();
		Path proc = Path.of("/proc", Long.toString(guard.pid()));

		// it traps them first of all, and then reads
		await().atMost(SOON).until(() -> Files.readString(proc.resolve("wchan")).contains("pipe"));
		processes.shell("for signal in INT TERM HUP; do kill -s $signal $1; done", Long.toString(guard.pid()))
			.run()
			.throwIfFailed();

		assertThat(guard.session()).isEqualTo(guard.pid());
		assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).hasToString("/");
		assertThat(Files.readSymbolicLink(proc.resolve("fd/1"))).hasToString("/dev/null");
		assertThat(Files.readSymbolicLink(proc.resolve("fd/2"))).hasToString("/dev/null");
		String marker = ProcessTable.find(process.pid())
			.orElseThrow()
			.environment()
			.stream()
			.filter((variable) -> variable.startsWith("PROCESSION_") && variable.contains("=" + process.id()))
			.findFirst()
			.orElseThrow();
		String name = marker.substring(0, marker.indexOf('='));
		assertThat(guard.environment()).noneMatch((variable) -> variable.startsWith(name));
		processes.close();
		await().atMost(SOON).until(() -> !guard.isAlive());
	}

	@Test
	void isMissedWithOneWarningWhereItsToolsAreNotThere(ProcessManager processes, @TempDir Path tools)
			throws IOException {
		for (String tool : List.of("grep", "sleep")) {
			Files.createSymbolicLink(tools.resolve(tool), Path.of("/bin", tool));
		}

		ProcessResult result = processes.command(TestChild.javaCommand(Unguarded.class))
			.env("PATH", tools.toString())
			.run()
			.throwIfFailed();

		assertThat(result.outputLines()).filteredOn((line) -> line.startsWith("ran ")).hasSize(2);
		assertThat(result.outputLines()).filteredOn((line) -> line.startsWith("lacks "))
			.singleElement()
			.asString()
			.contains("no guard", "'setsid' is not in the PATH");
		assertThat(result.outputLines()).filteredOn((line) -> line.contains("WARN"))
			.singleElement()
			.asString()
			.contains("There is no guard");
	}

	private static ProcessTable.Entry shell() {
		long self = ProcessHandle.current().pid();
		await().atMost(SOON)
			.until(() -> ProcessTable.descendants(self).stream().anyMatch(GuardIntegrationTests::isGuard));
		return ProcessTable.descendants(self).stream().filter(GuardIntegrationTests::isGuard).findFirst().orElseThrow();
	}

	private static boolean isGuard(ProcessTable.Entry entry) {
		return entry.toString().contains("trap '' INT TERM HUP");
	}

	/**
	 * Runs two processes and tells what it lacks.
	 */
	static final class Unguarded {

		private Unguarded() {
		}

		public static void main(String[] arguments) {
			try (LogCapture log = LogCapture.begin(); ProcessManager processes = ProcessManager.create()) {
				for (int i = 0; i < 2; i++) {
					System.out.println("ran " + processes.run("/bin/true").exitCode());
				}
				processes.limitations().forEach((limitation) -> System.out.println("lacks " + limitation));
				log.text().lines().filter((line) -> line.contains("WARN")).forEach(System.out::println);
			}
		}

	}

}
