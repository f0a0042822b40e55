package io.procession;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import io.procession.process.ProcessResult;
import io.procession.testing.Namespaces;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.RestrictedMachine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for timeouts, stops and kills if other processes cannot be read, or {@code /proc}
 * cannot be trusted.
 */
@RealProcesses
@RequiresProgram({ "setsid", "unshare", "mount" })
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestrictedMachineIntegrationTests {

	@Test
	@RequiresProgram("setpriv")
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void stopsProcessesWhenProcHidesOtherUsers(ProcessManager processes) {
		Namespaces hiding = new Namespaces(List.of("--mount", "--pid", "--fork", "--kill-child"),
				"mount -t proc -o hidepid=1 proc /proc; setpriv --reuid=65534 --clear-groups sleep 300 &"
						+ " setpriv --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all -- \"$@\"");

		ProcessResult result = hiding.run(processes, RestrictedMachine.class);

		assertEndsTrees(result, "timeout TIMED_OUT 143 left 0", "stop STOPPED 143 left 0", "kill STOPPED 137 left 0");
		assertThat(limitations(result)).singleElement().asString().contains("hides the processes of other users");
	}

	@Test
	@RequiresProgram("setpriv")
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void stopsProcessOfUserHiddenByProc(ProcessManager processes) {
		Namespaces hiding = new Namespaces(List.of("--mount", "--pid", "--fork", "--kill-child"),
				"mount -t proc -o hidepid=2 proc /proc; setpriv --regid=65534 --clear-groups --inh-caps=-all"
						+ " --bounding-set=-all,+setuid,+setgid,+kill -- \"$@\"");

		ProcessResult result = hiding.run(processes, RestrictedMachine.class, "nobody");

		assertEndsTrees(result, "timeout TIMED_OUT 143 left 0", "stop STOPPED 143 left 0", "kill STOPPED 137 left 0",
				"other STOPPED 143");
	}

	@Test
	void stopsProcessesWhenEnvironmentCannotBeRead(ProcessManager processes, @TempDir Path directory) {
		Namespaces blocking = new Namespaces(Namespaces.CONTAINER, "fifo='" + directory
				+ "/fifo'; [ -p \"$fifo\" ] || mkfifo \"$fifo\"; sleep 300 & mount --bind \"$fifo\" /proc/$!/environ; \"$@\"");

		ProcessResult result = blocking.run(processes, RestrictedMachine.class);

		assertEndsTrees(result, "timeout TIMED_OUT 143 left 0", "stop STOPPED 143 left 0", "kill STOPPED 137 left 0");
		assertThat(limitations(result)).singleElement()
			.asString()
			.contains("The environment of 1 processes cannot be read in time");
	}

	@Test
	@RequiresProgram("python3")
	void stopsProcessesDespiteHugeEnvironment(ProcessManager processes) throws Exception {
		Path program = Path.of(getClass().getResource("/huge-environment.py").toURI());
		Namespaces crowded = new Namespaces(Namespaces.CONTAINER, "out=$(mktemp); python3 '" + program
				+ "' > \"$out\" & until grep -q ready \"$out\"; do sleep 0.05; done;" + " rm \"$out\"; \"$@\"");

		ProcessResult result = crowded.run(processes, RestrictedMachine.class);

		assertEndsTrees(result, "timeout TIMED_OUT 143 left 0", "stop STOPPED 143 left 0", "kill STOPPED 137 left 0");
		assertThat(limitations(result)).isEmpty();
	}

	@Test
	void stopsStartedProcessWithProcOfAnotherNamespace(ProcessManager processes) {
		Namespaces foreign = new Namespaces(List.of("--user", "--map-root-user", "--pid", "--fork", "--kill-child"),
				"\"$@\"");

		ProcessResult result = foreign.run(processes, RestrictedMachine.class);

		assertEndsTrees(result, "timeout TIMED_OUT 143 left ?", "stop STOPPED 143 left ?", "kill STOPPED 137 left ?");
		assertThat(limitations(result)).anyMatch((line) -> line.contains("belongs to a different PID namespace"))
			.anyMatch((line) -> line.contains("No guard process is available"));
	}

	@Test
	void stopsStartedProcessWithoutProc(ProcessManager processes) {
		Namespaces without = new Namespaces(
				List.of("--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"),
				"mount -t tmpfs none /proc; export LD_LIBRARY_PATH='" + Path.of(System.getProperty("java.home"), "lib")
						+ "'; \"$@\"");

		ProcessResult result = without.run(processes, RestrictedMachine.class);

		assertEndsTrees(result, "timeout TIMED_OUT 143 left ?", "stop STOPPED 143 left ?", "kill STOPPED 137 left ?");
		assertThat(limitations(result)).anyMatch((line) -> line.contains("/proc is missing"))
			.anyMatch((line) -> line.contains("No guard process is available"));
	}

	@Test
	void reportsThatFirstProcessOfContainerDoesNotReap(ProcessManager processes) {
		Namespaces container = new Namespaces(Namespaces.CONTAINER, "exec \"$@\"");

		ProcessResult result = container.run(processes, RestrictedMachine.class);

		assertEndsTrees(result, "timeout TIMED_OUT 143 left 0", "stop STOPPED 143 left 0", "kill STOPPED 137 left 0");
		// two processes have left a child that was not reaped
		assertThat(limitations(result)).singleElement()
			.asString()
			.contains("process 1 of its container", "docker run --init")
			.doesNotContain(" 0 at present");
	}

	private static void assertEndsTrees(ProcessResult result, String... ends) {
		List<String> lines = result.outputLines().stream().filter((line) -> !line.startsWith("lacks ")).toList();
		assertThat(lines).startsWith(ends).noneMatch((line) -> line.contains("ERROR") || line.contains("scan"));
		int seconds = lines.stream()
			.filter((line) -> line.startsWith("closed "))
			.mapToInt((line) -> Integer.parseInt(line.split(" ")[1]))
			.findFirst()
			.orElseThrow();
		assertThat(seconds).isLessThan(25);
	}

	private static List<String> limitations(ProcessResult result) {
		return result.outputLines().stream().filter((line) -> line.startsWith("lacks ")).toList();
	}

}
