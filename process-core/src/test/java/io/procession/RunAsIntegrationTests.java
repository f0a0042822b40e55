package io.procession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.isolation.IoClass;
import io.procession.isolation.Isolation;
import io.procession.isolation.IsolationPlan;
import io.procession.isolation.Priority;
import io.procession.isolation.RunAs;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Secret;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;
import io.procession.testing.TestChild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for isolation that requires root: other users and higher limits.
 */
@RealProcesses
@RequiresProgram({ "setpriv", "prlimit", "nice", "ionice" })
@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root may switch users")
class RunAsIntegrationTests {

	private static final RunAs NOBODY = RunAs.user("nobody");

	private static final Path ROOT = Path.of("/");

	private final Plant plant = Plant.fresh();

	private Path directory;

	@BeforeEach
	void createDirectory() throws Exception {
		// accessible to all users: the directory of the build may be accessible to root
		// only
		this.directory = Files.createTempDirectory(Path.of("/tmp"), "run-as");
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		this.directory.toFile().deleteOnExit();
	}

	private PendingProcess asNobody(PendingProcess process) {
		return process.runAs(NOBODY).directory(ROOT).env(Plant.NAME, this.plant.value());
	}

	private Path script(String name, String permissions, String text) throws Exception {
		Path script = Files.writeString(this.directory.resolve(name), text);
		script.toFile().deleteOnExit();
		return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString(permissions));
	}

	@Test
	void switchesUserAndGroups(ProcessManager processes) {
		PendingProcess id = processes.command("id").directory(ROOT);

		assertThat(id.runAs(NOBODY).run().output()).startsWith("uid=65534(nobody) gid=65534(nogroup) groups=65534");
		assertThat(id.runAs(RunAs.user("65534")).run().output()).startsWith("uid=65534(nobody) gid=65534(nogroup)");
		assertThat(id.runAs(NOBODY.withGroup("daemon")).run().output()).contains("gid=1(daemon)");
		assertThat(id.runAs(NOBODY.withSupplementaryGroups("daemon", "2")).run().output())
			.contains("gid=65534(nogroup)")
			.contains("groups=65534(nogroup),1(daemon),2(bin)");
		assertThat(id.runAs(NOBODY.withSupplementaryGroups()).run().output()).doesNotContain(",");
		assertThat(id.runAs(RunAs.user("54321").withGroup("54322")).run().output()).startsWith("uid=54321 gid=54322");
	}

	@Test
	void dropsGroupsOfJvm(ProcessManager processes) {
		for (RunAs runAs : List.of(NOBODY, NOBODY.withSupplementaryGroups(), RunAs.user("54321").withGroup("54322"))) {
			IsolationPlan plan = processes.isolation()
				.plan(Isolation.none().withRunAs(runAs), (database, key) -> Optional.empty());
			// like a JVM that is a member of these groups
			List<String> command = new ArrayList<>(List.of("setpriv", "--groups=1,2"));
			command.addAll(plan.tools());
			command.addAll(List.of("id", "-G"));

			assertThat(processes.command(command).run().output().strip()).containsOnlyDigits();
		}
	}

	@Test
	void adjustsEnvironmentToUser(ProcessManager processes) {
		PendingProcess show = processes.shell("echo ${HOME-none} ${USER-none} ${LOGNAME-none} ${SHELL-none}")
			.directory(ROOT)
			.env("KEPT", "1");

		assertThat(show.runAs(NOBODY).run().output()).isEqualTo("/nonexistent nobody nobody /usr/sbin/nologin\n");
		assertThat(show.runAs(NOBODY).inheritEnv(false).run().output())
			.isEqualTo("/nonexistent nobody nobody /usr/sbin/nologin\n");
		assertThat(show.runAs(NOBODY).env("HOME", "/own").unsetEnv("SHELL").run().output())
			.isEqualTo("/own nobody nobody none\n");
		assertThat(show.runAs(NOBODY).secretEnv("HOME", Secret.of("/secret")).run().output()).startsWith("/secret ");
		// an unknown user, which must not be treated as root
		assertThat(show.runAs(RunAs.user("54321").withGroup("54321")).run().output()).isEqualTo("/ none none none\n");
	}

	@Test
	void keepsOtherUserOffTerminalOfJvm(ProcessManager processes) {
		List<String> application = TestChild.javaCommand(OnTerminal.class);

		assertThat(processes.command(application).pty(80, 24).run().outputLines()).containsExactly("alone: no terminal",
				"detached: no terminal", "first stage: no terminal", "same user: /dev/pts", "said: /dev/pts",
				"tty(): /dev/pts", "tty(): 0");
	}

	@Test
	void startsNewSessionAsOtherUser(ProcessManager processes) {
		String leads = "[ $(cut -d' ' -f6 /proc/$$/stat) = $$ ] && echo leads";
		PendingProcess process = processes.shell(leads).directory(ROOT).runAs(NOBODY);

		assertThat(process.run().output()).isEqualTo("leads\n");
		assertThat(process.umask("0027").run().output()).isEqualTo("leads\n");
		assertThat(process.pipe("cat").run().output()).isEqualTo("leads\n");
		assertThat(process.pty(80, 24).run().output()).isEqualTo("leads\r\n");
	}

	@Test
	void dropsAllPrivileges(ProcessManager processes) {
		String status = processes.command("grep", "-E", "Cap(Prm|Eff|Inh|Amb)|NoNewPrivs", "/proc/self/status")
			.directory(ROOT)
			.runAs(NOBODY)
			.noNewPrivileges()
			.run()
			.output();

		assertThat(status).contains("NoNewPrivs:\t1").doesNotContainPattern("Cap...:\t0*[1-9a-f]");
	}

	@Test
	void gainsNoPrivilegesFromSetUserIdPrograms(ProcessManager processes) throws Exception {
		Path id = Files.copy(Path.of("/usr/bin/id").toRealPath(), this.directory.resolve("id-of-root"));
		id.toFile().deleteOnExit();
		processes.run("chmod", "4755", id.toString()).throwIfFailed();
		PendingProcess process = asNobody(processes.command(id.toString(), "-u"));
		assumeThat(process.run().output()).as("a folder where set-user-ID works").isEqualTo("0\n");

		assertThat(process.noNewPrivileges().run().output()).isEqualTo("65534\n");
	}

	@Test
	void staysRootIfItIsRoot(ProcessManager processes) {
		assertThat(processes.command("id", "-u").runAs(RunAs.user("root")).run().output()).isEqualTo("0\n");
	}

	@Test
	void raisesPriorityWithPrivileges(ProcessManager processes) {
		PendingProcess show = asNobody(processes.shell("nice; ionice"));

		assertThat(show.priority(Priority.ofNice(-5).withIo(IoClass.REALTIME, 2)).run().output())
			.isEqualTo("-5\nrealtime: prio 2\n");
	}

	@Test
	void refusesUnknownNames(ProcessManager processes) {
		assertRefused(processes.command("true").runAs(RunAs.user("nosuchuser")), Reason.NO_SUCH_USER,
				"no such user 'nosuchuser'");
		assertRefused(processes.command("true").runAs(NOBODY.withGroup("nosuchgroup")), Reason.NO_SUCH_USER,
				"no such group 'nosuchgroup'");
		assertRefused(processes.command("true").runAs(NOBODY.withSupplementaryGroups("nosuchgroup")),
				Reason.NO_SUCH_USER, "no such group 'nosuchgroup'");
		assertRefused(processes.command("true").runAs(RunAs.user("54321")), Reason.NO_SUCH_USER,
				"specify the group as well");
	}

	@ParameterizedTest
	@ValueSource(strings = { "4294967295", "4294967296", "8589934592", "+0", "00000000000", "00" })
	void refusesUserIdOutOfRange(String number, ProcessManager processes) {
		PendingProcess id = processes.command("id").directory(ROOT);

		assertRefused(id.runAs(RunAs.user(number).withGroup("nogroup")), Reason.NO_SUCH_USER,
				"no such user '" + number + "'");
		assertRefused(id.runAs(NOBODY.withGroup(number)), Reason.NO_SUCH_USER, "no such group '" + number + "'");
		assertRefused(id.runAs(NOBODY.withSupplementaryGroups(number)), Reason.NO_SUCH_USER,
				"no such group '" + number + "'");
	}

	@Test
	void refusesProgramsExecutableOnlyByJvm(ProcessManager processes) throws Exception {
		Path program = script("private", "rwx------", "#!/bin/sh\n");

		assertRefused(asNobody(processes.command(program.toString())), Reason.NOT_EXECUTABLE,
				"is not executable by the user 'nobody'");
	}

	@Test
	void startsProgramsExecutableOnlyByOtherUser(ProcessManager processes) throws Exception {
		Path program = script("theirs", "rwx------", "#!/bin/sh\nid -un\n");
		Files.setAttribute(program, "unix:uid", 65534);

		assertThat(asNobody(processes.command(program.toString())).run().output()).isEqualTo("nobody\n");
	}

	@Test
	void refusesDirectoriesInaccessibleToOtherUser(ProcessManager processes) throws Exception {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwx------"));
		Path inside = Files.createDirectory(this.directory.resolve("inside"));
		inside.toFile().deleteOnExit();

		assertRefused(processes.command("true").runAs(NOBODY).directory(inside), Reason.NOT_A_DIRECTORY,
				"is not accessible to the user 'nobody' because of '" + this.directory + "'");
	}

	@Test
	void opensFilesWithPermissionsOfUser(ProcessManager processes) throws Exception {
		Path theirs = theirDirectory();
		Path input = Files.writeString(theirs.resolve("in"), "input\n");
		Files.setAttribute(input, "unix:uid", 65534);
		Files.setPosixFilePermissions(input, PosixFilePermissions.fromString("rw-------"));
		Path output = theirs.resolve("it's an \"output\" $(file)");
		Path error = theirs.resolve("error");
		PendingProcess process = asNobody(processes.shell("cat; echo amiss >&2")).input(input);

		process.outputTo(output).errorOutputTo(error).run().throwIfFailed();
		process.outputTo(output).errorOutputTo(error).run().throwIfFailed();
		process.appendOutputTo(output).mergeErrorOutput().run().throwIfFailed();
		processes.command("cat", input.toString())
			.pipe(asNobody(processes.command("cat")).appendOutputTo(output))
			.run();
		process.appendOutputTo(output).quietly().detached().start().waitFor();

		assertThat(output).hasContent("input\ninput\namiss\ninput\ninput\n");
		assertThat(error).hasContent("amiss\n");
		assertThat(Files.getAttribute(output, "unix:uid")).isEqualTo(65534);
		assertThat(Files.getAttribute(error, "unix:uid")).isEqualTo(65534);
	}

	private Path theirDirectory() throws IOException {
		Path theirs = Files.createDirectory(this.directory.resolve("theirs"));
		Files.setAttribute(theirs, "unix:uid", 65534);
		return theirs;
	}

	@Test
	void followsNoLinkOfUserToFilesOfJvm(ProcessManager processes) throws Exception {
		Path mine = script("mine", "rw-------", "precious");
		Path link = Files.createSymbolicLink(theirDirectory().resolve("link"), mine);
		Path unborn = Files.createSymbolicLink(link.resolveSibling("unborn"), this.directory.resolve("unborn"));
		PendingProcess process = asNobody(processes.shell("echo lost; echo lost >&2"));

		for (Path file : List.of(link, unborn)) {
			String message = "its output file '" + file + "' cannot be written by the user 'nobody'";
			assertRefused(Reason.FILE_NOT_ACCESSIBLE, message, process.outputTo(file)::run,
					process.appendOutputTo(file)::run, process.errorOutputTo(file)::run,
					processes.command("true").pipe(process.outputTo(file))::run,
					process.outputTo(file).detached()::start);
			assertRefused(Reason.ISOLATION, "cannot be combined with listeners",
					process.outputTo(file).onLine((type, line) -> {
					})::run, process.errorOutputTo(file).idleTimeout(Duration.ofSeconds(5))::start);
		}
		assertRefused(asNobody(processes.command("cat")).input(link), Reason.FILE_NOT_ACCESSIBLE,
				"its input file '" + link + "' cannot be read by the user 'nobody'");

		assertThat(mine).hasContent("precious");
		assertThat(this.directory.resolve("unborn")).doesNotExist();
	}

	@Test
	void followsNoLinkCreatedByUserAfterCheck(ProcessManager processes) throws Exception {
		Path mine = script("mine", "rw-------", "precious");
		Path theirs = theirDirectory();
		Path file = theirs.resolve("file");
		// the user keeps swapping the file and the link during the starts
		RunningProcess swapper = asNobody(
				processes.shell("cd \"$1\"; echo ready; while :; do rm -f file; : >file; ln -sfn \"$2\" file; done",
						theirs.toString(), mine.toString()))
			.quietly()
			.onLine((type, line) -> {
			})
			.start();

		for (int i = 0; i < 40; i++) {
			try {
				asNobody(processes.command("echo", "lost")).outputTo(file).run();
			}
			catch (ProcessStartException ex) {
				assertThat(ex.reason()).isIn(Reason.FILE_NOT_ACCESSIBLE, Reason.ISOLATION);
			}
		}
		swapper.kill();

		assertThat(mine).hasContent("precious");
	}

	@Test
	@RequiresProgram("setfacl")
	void checksAccessByKernelRatherThanPermissionBits(ProcessManager processes) throws Exception {
		Path program = script("listed", "rwx------", "#!/bin/sh\nid -un\n");
		processes.run("setfacl", "-m", "u:nobody:rx", program.toString()).throwIfFailed();

		assertThat(asNobody(processes.command(program.toString())).run().output()).isEqualTo("nobody\n");
	}

	@Test
	void keepsLoaderVariablesFromPrivilegedTools(ProcessManager processes) {
		PendingProcess show = asNobody(
				processes.shell("echo $LD_PRELOAD $LD_LIBRARY_PATH; tr '\\0' '\\n' < /proc/$$/environ | grep -c LD_"))
			.env("LD_PRELOAD", "/tmp/run-as-no-such-library.so")
			.env("LD_LIBRARY_PATH", "/opt/lib");

		ProcessResult result = show.run();

		assertThat(result.outputLines()).startsWith("/tmp/run-as-no-such-library.so /opt/lib");
		// the loader complains of each program that it loads it for: the program, never
		// the
		// tools
		assertThat(result.errorOutput()).contains("no-such-library").doesNotContain("setpriv");
		assertRefused(asNobody(processes.command("true")).secretEnv("LD_PRELOAD", Secret.of("x")), Reason.ISOLATION,
				"would be visible to all users");
	}

	@Test
	void startsProgramWhosePathLooksLikeVariable(ProcessManager processes) throws Exception {
		Path program = script("a=b", "rwxr-xr-x", "#!/bin/sh\necho \"$LD_LIBRARY_PATH\"; nice\n");
		PendingProcess process = asNobody(processes.command(program.toString()));
		String nice = processes.run("nice").output();

		assertThat(process.run().output()).isEqualTo("\n" + nice);
		assertThat(process.env("LD_LIBRARY_PATH", "/opt/lib").run().output()).isEqualTo("/opt/lib\n" + nice);
	}

	@Test
	void stopsProcessTreeOfOtherUser(ProcessManager processes) {
		PendingProcess process = asNobody(processes.shell(Scripts.DAEMONIZES)).newSession()
			.timeout(Duration.ofSeconds(1))
			.stopGrace(Duration.ofMillis(200));

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(process::run)
			.satisfies((ex) -> assertThat(ex.result().orElseThrow().output()).isEqualTo("ready\n"));

		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void stopsPipelineOfOtherUser(ProcessManager processes) {
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(() -> processes.pipeline()
			.pipe(asNobody(processes.shell(Scripts.IGNORES_TERM)).newSession().stopGrace(Duration.ofMillis(100)))
			.pipe(asNobody(processes.command("cat")))
			.timeout(Duration.ofMillis(500))
			.run());

		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void closesManagerWithProcessesLeftBehindByOtherUsers() {
		try (ProcessManager processes = ProcessManager.create()) {
			asNobody(processes.shell(Scripts.LEAVES_DAEMON)).run();
			// during exec, it may show no environment
			await().until(() -> !this.plant.alive().isEmpty());
		}

		assertThat(this.plant.alive()).isEmpty();
	}

	private static void assertRefused(PendingProcess process, Reason reason, String message) {
		assertRefused(reason, message, process::run, process.pipe("cat")::run);
	}

	private static void assertRefused(Reason reason, String message, ThrowingCallable... starts) {
		for (ThrowingCallable start : starts) {
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(start)
				.withMessageContaining(message)
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
		}
	}

	/**
	 * Prints the terminal of its processes.
	 */
	static final class OnTerminal {

		public static void main(String[] arguments) throws Exception {
			Path file = Files.createTempFile(Path.of("/tmp"), "terminal", null);
			try (ProcessManager processes = ProcessManager.create()) {
				PendingProcess show = processes
					.shell("( : </dev/tty ) 2>/dev/null && echo /dev/pts || echo no terminal")
					.directory(ROOT);
				PendingProcess asNobody = show.runAs(NOBODY);
				System.out.print("alone: " + asNobody.run().output());
				Files.setAttribute(file, "unix:uid", 65534);
				asNobody.detached().outputTo(file).start().waitFor();
				System.out.print("detached: " + Files.readString(file));
				System.out.print("first stage: " + asNobody.pipe("cat").run().output());
				System.out.print("same user: " + show.runAs(RunAs.user("root")).run().output());
				System.out.print("said: "
						+ show.isolation(Isolation.none().withRunAs(NOBODY).withNewSession(false)).run().output());
				System.out.print("tty(): ");
				System.out.flush();
				System.out.println("tty(): " + asNobody.tty().run().exitCode());
			}
			finally {
				Files.delete(file);
			}
		}

	}

}
