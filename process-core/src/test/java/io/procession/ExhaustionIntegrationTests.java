package io.procession;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import io.procession.process.ProcessResult;
import io.procession.testing.BlockedLog;
import io.procession.testing.FullHeap;
import io.procession.testing.OutOfThreads;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.TestChild;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for timeouts and stops in a JVM that has run out of threads or memory, or cannot
 * write its log.
 */
@RealProcesses
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExhaustionIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(60);

	/** Maximum number of threads and processes of the user of the child. */
	private static final int PROCESSES = 80;

	@Test
	@RequiresProgram({ "prlimit", "setpriv" })
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void stopsProcessesWhenJvmCannotCreateThreads(ProcessManager processes) {
		List<String> lines = limited(processes, "threads");

		assertThat(lines).contains("deadline: TIMED_OUT", "silence: IDLE_TIMED_OUT", "stop: STOPPED", "kill: KILLED",
				"future: STOPPED", "terminals left: 0", "timed out: 2", "stopping: 3", "exited: 5");
		assertThat(lines).anyMatch((line) -> line.startsWith("start: NO_RESOURCES"))
			.anyMatch((line) -> line.startsWith("terminal: NO_RESOURCES"));
	}

	@Test
	@RequiresProgram({ "prlimit", "setpriv", "perl" })
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void stopsProcessesWhenUserReachesProcessLimit(ProcessManager processes) {
		assertThat(limited(processes, "children")).contains("deadline: TIMED_OUT", "stop: STOPPED", "left: 0");
	}

	@Test
	@RequiresProgram({ "prlimit", "setpriv" })
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void killsProcessWhenNoThreadCanWaitForIt(ProcessManager processes) {
		List<String> lines = limited(processes, "reaper");

		assertThat(lines)
			.anyMatch((line) -> line.matches("start: NO_RESOURCES .*cannot create a thread to wait for it.*"));
		assertThat(lines).contains("unknown: 0");
	}

	// as a user without other processes
	private static List<String> limited(ProcessManager processes, String how) {
		String user = Long.toString(100_000 + ProcessHandle.current().pid());
		List<String> command = new ArrayList<>(
				List.of("prlimit", "--nproc=" + PROCESSES, "setpriv", "--reuid=" + user, "--clear-groups",
						"--inh-caps=+dac_read_search,+dac_override", "--ambient-caps=+dac_read_search,+dac_override"));
		command.addAll(TestChild.javaCommand(OutOfThreads.class, how));
		return processes.command(command).timeout(BOUND).run().throwIfFailed().outputLines();
	}

	@Test
	@RequiresProgram("mkfifo")
	void stopsProcessesWhileLogIsBlocked(ProcessManager processes, @TempDir Path directory) {
		List<String> command = new ArrayList<>(
				List.of("sh", "-c", "mkfifo \"$1\" && exec 3<>\"$1\" && shift && exec \"$@\" 2>&3", "sh",
						directory.resolve("full").toString()));
		command.addAll(TestChild.javaCommand(BlockedLog.class));

		ProcessResult result = processes.command(command).timeout(BOUND).run().throwIfFailed();

		assertThat(result.outputLines()).contains("deadline: TIMED_OUT", "silence: IDLE_TIMED_OUT", "stop: STOPPED",
				"listener: [a, b]", "run: TIMED_OUT", "close: done");
	}

	@Test
	void stopsProcessWhoseOutputExceedsMemory(ProcessManager processes) {
		ProcessResult result = processes.command(TestChild.javaCommand(FullHeap.class))
			.timeout(BOUND)
			.run()
			.throwIfFailed();

		assertThat(result.outputLines()).contains("flood: OUTPUT_LIMIT", "output: 0", "other: TIMED_OUT", "next: hi")
			.anyMatch((line) -> line.startsWith("message: ") && line.contains("procession.defaults.output-limit"));
	}

}
