package io.procession;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.isolation.IoClass;
import io.procession.isolation.Isolation;
import io.procession.isolation.IsolationFeature;
import io.procession.isolation.IsolationSupport;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.Scheduling;
import io.procession.isolation.TreeLimits;
import io.procession.pool.ProcessPool;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.testing.LogCapture;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for isolation that is available to every user.
 */
@RealProcesses
@RequiresProgram({ "setsid", "prlimit", "choom", "taskset", "chrt", "nice", "ionice", "setpriv", "perl" })
class IsolationIntegrationTests {

	private static final ResourceLimits LIMITS = ResourceLimits.none()
		.withOpenFiles(64)
		.withCpuTime(Duration.ofSeconds(30))
		.withFileSize(1 << 20)
		.withCoreSize(0)
		.withProcesses(5_000)
		.withAddressSpace(1L << 30);

	@TempDir
	Path directory;

	/** All settings available to an ordinary user. */
	private static PendingProcess isolated(PendingProcess process) {
		return process.newSession()
			.limits(LIMITS)
			.oomScoreAdjustment(500)
			.cpuAffinity(0)
			.priority(Priority.ofNice(7).withIo(IoClass.BEST_EFFORT, 6).withScheduling(Scheduling.BATCH))
			.noNewPrivileges()
			.umask("0027");
	}

	@Test
	void appliesAllSettings(ProcessManager processes) {
		ProcessResult result = isolated(processes.shell(
				"ulimit -n -t -f -c -v; umask; nice; ionice; grep -E 'NoNewPrivs|Cpus_allowed_list' /proc/self/status;"
						+ " cat /proc/self/oom_score_adj; chrt -p $$; cut -d' ' -f6 /proc/$$/stat; echo $$"))
			.run();

		assertThat(result.errorOutput()).isEmpty();
		assertThat(result.outputLines()).containsSubsequence("0027", "7", "best-effort: prio 6", "NoNewPrivs:\t1",
				"Cpus_allowed_list:\t0", "500");
		assertThat(result.output()).contains("SCHED_BATCH");
		List<String> lines = result.outputLines();
		assertThat(lines.get(lines.size() - 1)).isEqualTo(lines.get(lines.size() - 2))
			.isEqualTo(Long.toString(result.pid()));
	}

	@Test
	void appliesEachLimit(ProcessManager processes) {
		String limits = processes.command("cat", "/proc/self/limits").limits(LIMITS).run().output();

		assertThat(limits).containsPattern("Max open files +64 +64 ")
			.containsPattern("Max cpu time +30 +31 ")
			.containsPattern("Max file size +1048576 +1048576 ")
			.containsPattern("Max core file size +0 +0 ")
			.containsPattern("Max processes +5000 +5000 ")
			.containsPattern("Max address space +1073741824 +1073741824 ");
	}

	@Test
	void appliesToEveryStageOfAPipeline(ProcessManager processes) {
		String own = processes.run("nice").output();

		String output = processes.pipeline()
			.pipe(processes.shell("ulimit -n; nice").limits(LIMITS))
			.pipe(isolated(processes.shell("cat; umask; nice")))
			.pipe(processes.shell("cat; nice").priority(Priority.ofNice(3)))
			.run()
			.throwIfFailed()
			.output();

		assertThat(output).isEqualTo("64\n" + own + "0027\n7\n3\n");
	}

	@Test
	void passesArgumentsByteForByte(ProcessManager processes) {
		List<String> arguments = new ArrayList<>(List.of("'", "\"", "\\", " ", "", "\t", "\n", "$HOME", "*", "!", "%s",
				"-n", "--", "--help", "`id`", "a=b", "grüße €", "x".repeat(100_000)));
		IntStream.range(0, 5_000).mapToObj(Integer::toString).forEach(arguments::add);
		List<String> command = new ArrayList<>(List.of("perl", "-e", "print join(\"\\0\", @ARGV)"));
		command.add("--");
		command.addAll(arguments);

		ProcessResult result = isolated(processes.command(command)).run();

		assertThat(new String(result.outputBytes(), StandardCharsets.UTF_8)).isEqualTo(String.join("\0", arguments));
	}

	@Test
	void startsProgramsWithUnusualNames(ProcessManager processes) throws Exception {
		Path odd = Files.createDirectory(this.directory.resolve("-x"));
		Path script = Files.writeString(odd.resolve("a=b"), "#!/bin/sh\nprintf '%s ' \"$@\"\n");
		script.toFile().setExecutable(true);

		PendingProcess process = processes.command("-x/a=b", "-n", "1").directory(this.directory);

		assertThat(isolated(process).run().output()).isEqualTo("-n 1 ");
		assertThat(process.newSession().run().output()).isEqualTo("-n 1 ");
	}

	@Test
	void passesEveryExitCode(ProcessManager processes) {
		ProcessPool pool = processes.pool();
		for (int code = 0; code <= 255; code++) {
			pool.add(isolated(processes.shell("exit \"$1\"", Integer.toString(code))));
		}

		assertThat(pool.run()).extracting(ProcessResult::exitCode)
			.containsExactlyElementsOf(IntStream.rangeClosed(0, 255).boxed().toList());
	}

	@Test
	void passesSignals(ProcessManager processes) {
		RunningProcess process = isolated(
				processes.shell("trap 'echo caught; exit 5' USR1; echo ready; while :; do" + " sleep 0.05; done"))
			.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(30))).isTrue();

		process.signal(Signal.USR1);

		assertThat(process.waitFor().output()).isEqualTo("ready\ncaught\n");
		assertThat(process.waitFor().exitCode()).isEqualTo(5);
		assertThat(isolated(processes.shell("kill -KILL $$")).run().exitCode()).isEqualTo(137);
	}

	@Test
	void startsNewSession(ProcessManager processes) {
		RunningProcess process = processes.command("sleep", "300").newSession().start();

		await().until(() -> ProcessTable.find(process.pid()).orElseThrow().session() == process.pid());
		assertThat(ProcessTable.find(process.pid()).orElseThrow().group()).isEqualTo(process.pid());
		process.stop();
	}

	@Test
	void usesDefaultsForUnsetValues() {
		Isolation defaults = Isolation.none()
			.withUmask("0077")
			.withPriority(Priority.ofNice(4))
			.withNoNewPrivileges(true);
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().isolation(defaults).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			assertThat(processes.shell("umask; nice").run().output()).isEqualTo("0077\n4\n");
			assertThat(processes.shell("umask; nice").umask("0022").run().output()).isEqualTo("0022\n4\n");
		}
	}

	@Test
	void startsDirectlyWithoutIsolation(ProcessManager processes) {
		assertThat(processes.command("sleep", "0").isolation(Isolation.none()).run().successful()).isTrue();
		assertThat(processes.shell("nice").priority(Priority.ofNice(0)).run().output()).isEqualTo("0\n");
	}

	@Test
	void refusesLimitAboveHardLimit(ProcessManager processes) {
		PendingProcess process = processes.command("true").limits(ResourceLimits.none().withOpenFiles(1L << 40));

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(process::run)
			.withMessageContaining("limits.open-files")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.ISOLATION));
	}

	@Test
	void refusesMissingCpus(ProcessManager processes) {
		// together with an existing one: the kernel would silently drop the other
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> processes.command("true").cpuAffinity(0, 9_999).run())
			.withMessageContaining("cpu-affinity: this machine has no CPU [9999]");
	}

	@Test
	void reportsLimitsTooLowForAnyProgram(ProcessManager processes) {
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> processes.command("true").limits(ResourceLimits.none().withOpenFiles(3)).run())
			.withMessageContaining("limits may be too low")
			.withMessageContaining("error while loading shared libraries");
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> processes.command("true").limits(ResourceLimits.none().withAddressSpace(1 << 20)).run())
			.withMessageContaining("limits may be too low");
	}

	@Test
	void refusesVariablesThatShellWouldDrop(ProcessManager processes) {
		PendingProcess process = processes.shell("umask").umask("0022").env("my.setting", "x");

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(process::run)
			.withMessageContaining("unsetEnv(\"my.setting\")");
		assertThat(process.unsetEnv("my.setting").run().output()).isEqualTo("0022\n");
	}

	@Test
	void doesNotFindToolsThroughPathOfProcess(ProcessManager processes) throws Exception {
		for (String tool : List.of("setsid", "prlimit", "choom", "taskset", "chrt", "nice", "ionice", "setpriv",
				"env")) {
			Path fake = Files.writeString(this.directory.resolve(tool), "#!/bin/sh\necho fooled\nexit 1\n");
			fake.toFile().setExecutable(true);
		}

		ProcessResult result = isolated(
				processes.command("/bin/sh", "-c", "echo $0 started").env("PATH", this.directory.toString()))
			.stopSignal(Signal.QUIT)
			.run();

		assertThat(result.output()).isEqualTo("/bin/sh started\n");
	}

	@Test
	void reportsAMissingInterpreterBeforeTheStart(ProcessManager processes) throws Exception {
		Path script = Files.writeString(this.directory.resolve("script"), "#!/no/such/interpreter\n");
		script.toFile().setExecutable(true);

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> isolated(processes.command(script.toString())).run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NO_INTERPRETER));
	}

	@Test
	void distinguishesLateToolFailureFromProgramFailure(ProcessManager processes) throws Exception {
		// a program whose loader does not exist: only the last tool detects this
		String program = this.directory.resolve("no-loader").toString();
		String code = Files.readString(Path.of("/bin/true"), StandardCharsets.ISO_8859_1)
			.replace("ld-linux", "ld-lunix");
		Files.writeString(Path.of(program), code, StandardCharsets.ISO_8859_1).toFile().setExecutable(true);
		List<PendingProcess> chains = List.of(processes.command(program).newSession(),
				processes.command(program).limits(LIMITS), processes.command(program).priority(Priority.ofNice(7)),
				processes.command(program).priority(Priority.none().withIo(IoClass.IDLE)),
				processes.command(program).noNewPrivileges(), processes.command(program).umask("0022"),
				processes.command(program).noNewPrivileges().stopSignal(Signal.QUIT));

		for (PendingProcess chain : chains) {
			ProcessStartException failure = catchThrowableOfType(ProcessStartException.class, chain::run);
			assertThat(failure).hasMessageContaining(program);
			assertThat(failure.result().orElseThrow().cause()).isEqualTo(ExitCause.START_FAILED);
			assertThat(chain.start().onExit().join().cause()).isEqualTo(ExitCause.START_FAILED);
		}
		assertThat(isolated(processes.shell("nice no-such-program; exit 127")).run().exitCode()).isEqualTo(127);
		assertThat(isolated(processes.shell("echo setpriv: failed to execute x: y >&2; exit 126")).run().exitCode())
			.isEqualTo(126);
	}

	@Test
	void includesToolChainInArgumentLength(ProcessManager processes) {
		List<String> arguments = new ArrayList<>(List.of("true"));
		IntStream.range(0, 25).forEach((i) -> arguments.add("x".repeat(130_000)));

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> isolated(processes.command(arguments)).run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.ARGUMENT_LIST_TOO_LONG));
	}

	@Test
	void refusesTreeLimitsWithoutDelegatedDirectory() {
		try (ProcessManager processes = ProcessManager.builder().controlGroup(this.directory).build()) {
			assertThatExceptionOfType(ProcessStartException.class)
				.isThrownBy(() -> processes.command("true").treeLimits(TreeLimits.none().withMemory(1 << 30)).run())
				.withMessageContaining("tree-memory: '" + this.directory + "' is not a cgroup v2 directory");
		}
	}

	@Test
	void entersControlGroupBeforeProgramStarts() throws Exception {
		delegateControlGroup();
		try (ProcessManager processes = ProcessManager.builder().controlGroup(this.directory).build()) {
			PendingProcess process = isolated(
					processes.shell("cd \"$1\"/procession-*; for f in *; do echo $f; cat $f; echo;" + " done",
							this.directory.toString()))
				.treeLimits(TreeLimits.none().withMemory(64 << 20).withCpus(1.5).withTasks(10));

			assertThat(process.run().outputLines()).containsExactly("cgroup.procs", "0", "", "cpu.max", "150000 100000",
					"memory.max", "67108864", "pids.max", "10");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void removesItsControlGroup(boolean detached) throws Exception {
		delegateControlGroup();
		try (ProcessManager processes = ProcessManager.builder().controlGroup(this.directory).build()) {
			// the kernel removes a control group with its files
			PendingProcess process = processes.shell("rm \"$1\"/procession-*/*", this.directory.toString())
				.treeLimits(TreeLimits.none().withTasks(10));

			assertThat((detached ? process.detached() : process).run().exitCode()).isZero();
		}

		assertThat(this.directory).isDirectoryNotContaining("glob:**/procession-*");
	}

	// a directory with such files is sufficient
	private void delegateControlGroup() throws IOException {
		Files.writeString(this.directory.resolve("cgroup.controllers"), "cpu memory pids\n");
		Files.writeString(this.directory.resolve("cgroup.subtree_control"), "cpu memory pids\n");
		Files.writeString(this.directory.resolve("cgroup.procs"), "");
	}

	@Test
	void detectsSupportOnce() {
		try (LogCapture log = LogCapture.begin(); ProcessManager processes = ProcessManager.create()) {
			IsolationSupport support = processes.isolation();
			processes.command("true").umask("0022").run();

			assertThat(processes.isolation()).isSameAs(support);
			assertThat(support.toString()).startsWith("supported: ").contains("umask");
			for (IsolationFeature feature : IsolationFeature.values()) {
				assertThat(support.toString()).contains(feature.label()).contains(support.whyNot(feature).orElse(""));
			}
			assertThat(log.text().lines().filter((line) -> line.contains("Isolation supported: "))).singleElement()
				.asString()
				.startsWith("DEBUG ")
				.endsWith(support.toString());
		}
	}

	@Test
	void allowsSeveralCpus(ProcessManager processes) {
		assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);

		assertThat(processes.command("grep", "Cpus_allowed_list", "/proc/self/status").cpuAffinity(1, 0).run().output())
			.isEqualTo("Cpus_allowed_list:\t0-1\n");
	}

	@Test
	void passesSecretsThroughUnprivilegedTools(ProcessManager processes) {
		assertThat(processes.shell("echo $LD_TEST")
			.secretEnv("LD_TEST", Secret.of("secret"))
			.noNewPrivileges()
			.run()
			.output()).isEqualTo("secret\n");
	}

	@Test
	void passesTheEnvironment(ProcessManager processes) {
		Map<String, String> variables = Map.of("A", "a b\n", "B", "", "C", "ü");

		ProcessResult isolated = isolated(processes.command("env", "-0").inheritEnv(false).env(variables)).run();

		assertThat(isolated.output().split("\0"))// the shell that sets the umask says
													// where it is
			.filteredOn((entry) -> !entry.startsWith("PROCESSION_") && !entry.startsWith("PWD="))
			.containsExactlyInAnyOrder("A=a b\n", "B=", "C=ü");
	}

}
