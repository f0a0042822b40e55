package io.procession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.isolation.RunAs;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.testing.OrdinaryUser;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for isolation in a JVM without privileges: this one, or a child of it if root
 * runs the tests.
 */
@RealProcesses
@RequiresProgram({ "setsid", "prlimit", "choom", "chrt", "nice", "ionice", "setpriv" })
class OrdinaryUserIntegrationTests {

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isOrdinary", disabledReason = "this JVM is root's")
	void worksInThisJvm(ProcessManager processes) {
		assertReport(OrdinaryUser.report(processes));
	}

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void worksInChildJvm(ProcessManager processes) throws IOException {
		Path directory = Files.createTempDirectory(Path.of("/tmp"), "ordinary-user");
		try {
			String classPath = copyClassPath(directory);
			String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

			assertReport(processes
				.command(java, "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", classPath,
						OrdinaryUser.class.getName())
				.runAs(RunAs.user("nobody").withSupplementaryGroups())
				.directory(Path.of("/"))
				.run()
				.throwIfFailed()
				.outputLines());
		}
		finally {
			processes.run("rm", "-r", directory.toString());
		}
	}

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void switchesUsersByCapabilitiesAlone(ProcessManager processes) throws IOException {
		Path directory = Files.createTempDirectory(Path.of("/tmp"), "ordinary-user");
		try {
			String classPath = copyClassPath(directory);
			Path here = Files.createDirectory(directory.resolve("here"));
			Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwx------"));
			Files.setAttribute(here, "unix:uid", 65534);

			assertThat(report(processes, "+setuid,+setgid,+kill", classPath, here)).satisfiesExactly(
					(line) -> is(line, "supported: true"), (line) -> is(line, "other user: 1"),
					(line) -> is(line, "0000000000000000"), (line) -> is(line, "stopped: Optional[TERM]"),
					(line) -> is(line, "here: NOT_A_DIRECTORY",
							"'" + here + "' (inherited from the JVM) is not accessible to the user 'daemon': "),
					(line) -> is(line, "inherited: ISOLATION", "unsetEnv(\"my.setting\")"),
					(line) -> is(line, "not inherited: 0077"));
			assertThat(report(processes, "+setuid,+setgid", classPath, here)).startsWith("supported: false")
				.element(1)
				.satisfies((line) -> is(line, "other user: ISOLATION", "it lacks CAP_KILL. "));
		}
		finally {
			processes.run("rm", "-r", directory.toString());
		}
	}

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can switch users")
	void reportsThatRootProcessCannotBeSignaled(ProcessManager processes) throws IOException {
		Path directory = Files.createTempDirectory(Path.of("/tmp"), "ordinary-user");
		try {
			String classPath = copyClassPath(directory);
			Path setpriv = Files.copy(Path.of("/usr/bin/setpriv"), directory.resolve("setpriv-of-root"));
			processes.run("chmod", "4755", setpriv.toString()).throwIfFailed();

			List<String> lines = processes
				.command(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
						"-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", classPath, SignalsRoot.class.getName(),
						setpriv.toString())
				.runAs(RunAs.user("nobody").withSupplementaryGroups())
				.directory(Path.of("/"))
				.run()
				.throwIfFailed()
				.outputLines();

			List<String> printed = lines.stream().filter((line) -> !line.startsWith("SLF4J")).toList();
			assumeThat(printed).as("a folder where set-user-ID works").first().isEqualTo("root");
			assertThat(printed).satisfiesExactly((line) -> is(line, "root"),
					(line) -> is(line, "TERM", "not permitted to signal it (kill(2): EPERM)"),
					(line) -> is(line, "USR1", "not permitted to signal it (kill(2): EPERM)"),
					(line) -> is(line, "own", "null"),
					(line) -> is(line, "timeout", "exceeded its timeout", "and could not be stopped"));
		}
		finally {
			processes.run("rm", "-r", directory.toString());
		}
	}

	private static List<String> report(ProcessManager processes, String capabilities, String classPath, Path here) {
		return processes
			.command("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=" + capabilities,
					"--ambient-caps=" + capabilities,
					Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
					"-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", classPath, OrdinaryUser.class.getName(),
					"with capabilities")
			.directory(here)
			.env("my.setting", "x")
			.run()
			.throwIfFailed()
			.outputLines()
			.stream()
			.filter((line) -> !line.startsWith("SLF4J"))
			.toList();
	}

	// the directory of the build may be accessible to root only
	private static String copyClassPath(Path directory) throws IOException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		StringBuilder copies = new StringBuilder();
		int number = 0;
		for (String entry : classPath.split(":")) {
			Path source = Path.of(entry);
			boolean needed = Files.isDirectory(source) || source.getFileName().toString().matches("(zt-exec|slf4j).*");
			if (needed) {
				Path target = directory.resolve(number++ + source.getFileName().toString());
				copy(source, target);
				copies.append(target).append(':');
			}
		}
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		return copies.substring(0, copies.length() - 1);
	}

	private static void copy(Path source, Path target) throws IOException {
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : files.toList()) {
				Path copy = target.resolve(source.relativize(file).toString());
				Files.copy(file, file.equals(source) ? target : copy);
			}
		}
	}

	private static void assertReport(List<String> report) {
		assertThat(report).filteredOn((line) -> !line.startsWith("SLF4J"))
			.satisfiesExactly((line) -> is(line, "supported: false"),
					(line) -> is(line, "other user: ISOLATION",
							"is not permitted to switch users: it lacks CAP_SETUID"),
					(line) -> is(line, "other group: ISOLATION", "lacks CAP_SETGID"),
					(line) -> is(line, "same user: same"),
					(line) -> is(line, "first: ISOLATION", "priority.nice: -5 is less than the JVM's own, "),
					(line) -> is(line, "later: 18"), (line) -> is(line, "realtime: ISOLATION", "requires privileges"),
					(line) -> is(line, "idle: idle"), (line) -> is(line, "batch: 19"),
					(line) -> is(line, "more files: ISOLATION", "exceeds the hard limit of this JVM"),
					(line) -> is(line, "fewer files: 50"),
					(line) -> is(line, "never killed: ISOLATION", "CAP_SYS_RESOURCE"),
					(line) -> is(line, "killed first: 900"), (line) -> is(line, "no privileges: NoNewPrivs:\t1"),
					(line) -> is(line, "umask: 0077"), (line) -> is(line, "session: leads"));
	}

	private static void is(String line, String start, String... parts) {
		assertThat(line).startsWith(start);
		assertThat(List.of(parts)).allSatisfy((part) -> assertThat(line).contains(part));
	}

	/**
	 * Starts a program that switches to root, and signals it.
	 */
	public static final class SignalsRoot {

		/**
		 * Print the outcome.
		 * @param arguments a set-user-ID copy of {@code setpriv(1)}
		 * @throws IOException if its input cannot be closed
		 */
		public static void main(String[] arguments) throws IOException {
			ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
				.stopGrace(Duration.ofMillis(100))
				.timeoutGrace(Duration.ofMillis(100))
				.lostAfter(Duration.ofMillis(500))
				.build();
			try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
				List<String> asRoot = List.of(arguments[0], "--reuid=0", "--regid=0", "--clear-groups");
				RunningProcess process = processes.command(with(asRoot, "sh", "-c", "id -un; read line")).start();
				process.waitUntil((type, line) -> true, Duration.ofSeconds(30));
				System.out.println(process.output().strip());
				System.out.println("TERM " + failure(process, Signal.TERM));
				System.out.println("USR1 " + failure(process, Signal.USR1));
				process.stdin().close();
				process.waitFor();
				RunningProcess own = processes.start("sleep", "300");
				System.out.println("own " + failure(own, Signal.TERM));
				try {
					processes.command(with(asRoot, "sleep", "5")).timeout(Duration.ofMillis(500)).run();
				}
				catch (ProcessTimedOutException ex) {
					System.out.println("timeout " + ex.getMessage());
				}
			}
		}

		private static List<String> with(List<String> command, String... more) {
			List<String> all = new ArrayList<>(command);
			all.addAll(List.of(more));
			return all;
		}

		private static String failure(RunningProcess process, Signal signal) {
			try {
				process.signal(signal);
				return "null";
			}
			catch (IllegalStateException ex) {
				return String.valueOf(ex.getMessage());
			}
		}

	}

}
