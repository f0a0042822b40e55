package io.procession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import io.procession.isolation.RunAs;
import io.procession.testing.OrdinaryUser;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What isolation looks like to a JVM without privilege: this one, or, where root runs the
 * tests, a child of it.
 */
@RealProcesses
@RequiresProgram({ "setsid", "prlimit", "choom", "chrt", "nice", "ionice", "setpriv" })
class OrdinaryUserIntegrationTests {

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isOrdinary", disabledReason = "this JVM is root's")
	void triesItInThisJvm(ProcessManager processes) {
		assertReport(OrdinaryUser.report(processes));
	}

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can be somebody else")
	void triesItInAChild(ProcessManager processes) throws IOException {
		Path folder = Files.createTempDirectory(Path.of("/tmp"), "ordinary-user");
		try {
			String classPath = copyClassPath(folder);
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
			processes.run("rm", "-r", folder.toString());
		}
	}

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root can be somebody else")
	void switchesUsersByCapabilitiesAlone(ProcessManager processes) throws IOException {
		Path folder = Files.createTempDirectory(Path.of("/tmp"), "ordinary-user");
		try {
			String classPath = copyClassPath(folder);
			Path here = Files.createDirectory(folder.resolve("here"));
			Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwx------"));
			Files.setAttribute(here, "unix:uid", 65534);

			assertThat(report(processes, "+setuid,+setgid,+kill", classPath, here)).satisfiesExactly(
					(line) -> is(line, "supported: true"), (line) -> is(line, "other user: 1"),
					(line) -> is(line, "0000000000000000"), (line) -> is(line, "stopped: Optional[TERM]"),
					(line) -> is(line, "here: NOT_A_DIRECTORY",
							"'" + here + "', the JVM's, may not be entered by the user 'daemon': "),
					(line) -> is(line, "inherited: ISOLATION", "unsetEnv(\"my.setting\")"),
					(line) -> is(line, "not inherited: 0077"));
			assertThat(report(processes, "+setuid,+setgid", classPath, here)).startsWith("supported: false")
				.element(1)
				.satisfies((line) -> is(line, "other user: ISOLATION", "it lacks CAP_KILL. "));
		}
		finally {
			processes.run("rm", "-r", folder.toString());
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

	// that of the build may be root's alone
	private static String copyClassPath(Path folder) throws IOException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		StringBuilder copies = new StringBuilder();
		int number = 0;
		for (String entry : classPath.split(":")) {
			Path source = Path.of(entry);
			boolean needed = Files.isDirectory(source) || source.getFileName().toString().matches("(zt-exec|slf4j).*");
			if (needed) {
				Path target = folder.resolve(number++ + source.getFileName().toString());
				copy(source, target);
				copies.append(target).append(':');
			}
		}
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
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
					(line) -> is(line, "other user: ISOLATION", "may not switch users: it lacks CAP_SETUID"),
					(line) -> is(line, "other group: ISOLATION", "lacks CAP_SETGID"),
					(line) -> is(line, "same user: same"),
					(line) -> is(line, "first: ISOLATION", "priority.nice: -5 is less than the JVM's own, "),
					(line) -> is(line, "later: 18"), (line) -> is(line, "realtime: ISOLATION", "needs privilege"),
					(line) -> is(line, "idle: idle"), (line) -> is(line, "batch: 19"),
					(line) -> is(line, "more files: ISOLATION", "is above the hard limit of this JVM"),
					(line) -> is(line, "fewer files: 50"),
					(line) -> is(line, "never killed: ISOLATION", "CAP_SYS_RESOURCE"),
					(line) -> is(line, "killed first: 900"), (line) -> is(line, "no privileges: NoNewPrivs:\t1"),
					(line) -> is(line, "umask: 0077"), (line) -> is(line, "session: leads"));
	}

	private static void is(String line, String start, String... parts) {
		assertThat(line).startsWith(start);
		assertThat(List.of(parts)).allSatisfy((part) -> assertThat(line).contains(part));
	}

}
