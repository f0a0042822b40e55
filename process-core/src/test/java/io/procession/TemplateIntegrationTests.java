package io.procession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessResult;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.security.CommandPolicy;
import io.procession.testing.IgnoresSignals;
import io.procession.testing.Namespaces;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@RealProcesses
class TemplateIntegrationTests {

	@Test
	void changesOnlyTheCommand(ProcessManager processes) {
		PendingProcess template = processes.command("false").env("GREETING", "hello").name("greeter");

		ProcessResult result = template.command("sh", "-c", "echo $GREETING $1", "sh").args("to", "all").run();

		assertThat(result.output()).isEqualTo("hello to\n");
		assertThat(result.name()).isEqualTo("greeter");
		assertThat(template.command(List.of("printenv", "GREETING")).run().output()).isEqualTo("hello\n");
		assertThat(template.command()).hasToString("false");
	}

	@Test
	void hidesSecretsInAnotherCommand(ProcessManager processes) {
		PendingProcess template = processes.command("true").secretEnv("TOKEN", Secret.of("open-sesame"));

		assertThat(template.command("echo", "open-sesame").toString()).doesNotContain("open-sesame");
		assertThat(template.args("--token=open-sesame").toString()).doesNotContain("open-sesame");
	}

	@Test
	void appliesChangesUnlessConditionHolds(ProcessManager processes) {
		PendingProcess template = processes.command("echo");

		assertThat(template.unless(false, (pending) -> pending.args("a")).command()).hasToString("echo a");
		assertThat(template.unless(true, (pending) -> pending.args("a"))).isSameAs(template);
		assertThat(template.apply((pending) -> pending.args("b")).command()).hasToString("echo b");
	}

	@Test
	void appliesChangesToPoolsAndPipelinesConditionally(ProcessManager processes) {
		PendingProcess echo = processes.command("echo", "x");

		assertThat(processes.pool()
			.when(true, (pool) -> pool.add("a", echo))
			.unless(true, (pool) -> pool.add("b", echo))
			.apply((pool) -> pool.add("c", echo))
			.run()
			.asMap()).containsOnlyKeys("a", "c");
		assertThat(processes.pipeline()
			.when(true, (pipeline) -> pipeline.pipe("echo", "x"))
			.unless(true, (pipeline) -> pipeline.pipe("false"))
			.apply((pipeline) -> pipeline.pipe("tr", "x", "y"))
			.run()
			.output()).isEqualTo("y\n");
	}

	@Test
	void findsProgramLikeItsStart(ProcessManager processes, @TempDir Path directory) throws IOException {
		Path tool = directory.resolve("tool-of-test");
		Files.writeString(tool, "#!/bin/sh\necho run\n");

		assertThat(processes.findProgram("tool-of-test")).isEmpty();
		assertThat(processes.findProgram(tool.toString())).as("not executable").isEmpty();
		assertThat(processes.findProgram(directory.toString())).as("a directory").isEmpty();
		Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
		assertThat(processes.findProgram(tool.toString())).contains(tool);
		PendingProcess pending = processes.command("tool-of-test").env("PATH", directory.toString());
		assertThat(pending.executable()).contains(tool);
		assertThat(processes.command("./tool-of-test").directory(directory).executable().orElseThrow())
			.isEqualTo(directory.resolve("./tool-of-test"));
		assertThat(processes.findProgram("sh").orElseThrow()).isExecutable();
	}

	@Test
	void checksPolicyForFoundProgram() {
		List<String> received = new ArrayList<>();
		try (ProcessManager processes = ProcessManager.builder()
			.commandPolicy(CommandPolicy.builder().allow("true").build())
			.build()) {
			processes.addListener((event) -> received.add(event.name()));

			assertThat(processes.findProgram("true")).isPresent();
			assertThat(processes.findProgram("no-such-program")).isEmpty();
			assertThatExceptionOfType(ProcessDeniedException.class).isThrownBy(() -> processes.findProgram("cat"))
				.withMessageContaining("denied by the policy");
		}
		assertThat(received).isEmpty();
	}

	@Test
	void ignoresSignalsFromStart(ProcessManager processes) {
		RunningProcess process = processes.shell("echo ready; read line; echo $line")
			.ignoreSignals(Signal.HUP, Signal.USR1)
			.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();

		process.signal(Signal.HUP);
		process.signal(Signal.USR1);
		process.signal(Signal.TERM);

		ProcessResult result = process.waitFor();
		assertThat(result.signal()).contains(Signal.TERM);
		assertThat(processes.command("grep", "SigIgn", "/proc/self/status")
			.ignoreSignals(Signal.HUP, Signal.INT)
			.run()
			.output()).containsPattern("SigIgn:\\s+\\p{XDigit}{8}[08]0000003\\b");
		assertThatIllegalArgumentException().isThrownBy(() -> processes.command("true").ignoreSignals(Signal.KILL))
			.withMessage("A process cannot ignore the signal KILL");
	}

	@Test
	@RequiresProgram({ "env", "unshare", "mount" })
	void reportsRequirementsOfIgnoringSignals(ProcessManager processes, @TempDir Path directory) throws IOException {
		Path old = Files.writeString(directory.resolve("env"), "#!/bin/sh\necho unrecognized option >&2\nexit 125\n");
		assertThat(old.toFile().setExecutable(true)).isTrue();
		Namespaces machine = new Namespaces(Namespaces.CONTAINER,
				"for env in /usr/bin/env /bin/env; do [ ! -f $env ] || mount --bind '" + old + "' $env; done; \"$@\"");

		ProcessResult result = machine.run(processes, IgnoresSignals.class);

		assertThat(result.output()).startsWith("ISOLATION: ")
			.contains("ignoreSignals(...) needs env(1) of coreutils 8.31 or later");
	}

	@Test
	void stopsWithConfiguredSignal(ProcessManager processes) {
		RunningProcess process = processes
			.shell("trap 'echo usr2; exit 0' USR2; trap '' TERM; echo ready; while :; do sleep 300 & wait; done")
			.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();

		process.stop(SOON, Signal.USR2);

		assertThat(process.waitFor().outputLines()).containsExactly("ready", "usr2");
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	void refusesStopSignalThatDoesNotEndProcess(ProcessManager processes) {
		RunningProcess process = processes.shell(Scripts.SLEEPS).start();

		assertThatIllegalArgumentException().isThrownBy(() -> process.stop(SOON, Signal.STOP))
			.withMessage("The stop signal must be one that ends a process: STOP does not");
		assertThat(process.isRunning()).isTrue();
		assertThat(process.stopAsync(SOON, Signal.HUP)).succeedsWithin(SOON)
			.satisfies((result) -> assertThat(result.signal()).contains(Signal.HUP));
	}

	@Test
	void callsBackBeforeFailureIsThrown(ProcessManager processes) {
		List<ProcessResult> received = new ArrayList<>();
		ProcessResult failed = processes.shell("exit 3").run();

		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(() -> failed.throwIfFailed(received::add))
			.satisfies((ex) -> assertThat(ex.failed()).isSameAs(failed));
		processes.run("true").throwIfFailed(received::add);
		IllegalStateException planned = new IllegalStateException("planned");
		assertThatIllegalStateException().isThrownBy(() -> failed.throwIfFailed((result) -> {
			throw planned;
		})).isSameAs(planned);

		assertThat(received).containsExactly(failed);
	}

}
