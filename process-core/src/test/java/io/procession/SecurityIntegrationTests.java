package io.procession;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarting;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.process.Command;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.Secret;
import io.procession.security.CommandPolicy;
import io.procession.security.EnvironmentPolicy;
import io.procession.security.Redactor;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.supervision.RestartPolicy;
import io.procession.testing.DeniesSort;
import io.procession.testing.LogCapture;
import io.procession.testing.OpenFiles;
import io.procession.testing.RealProcesses;
import io.procession.testing.TestChild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

@RealProcesses
class SecurityIntegrationTests {

	@TempDir
	private Path directory;

	private static ProcessManager managerThatAllows(String... programs) {
		CommandPolicy.Builder policy = CommandPolicy.builder();
		for (String program : programs) {
			policy.allow(program);
		}
		return ProcessManager.builder().commandPolicy(policy.build()).build();
	}

	private Path script(String name, String text) throws IOException {
		Path file = this.directory.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, text);
		return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	private static ProcessDeniedException denied(ThrowingCallable start) {
		Throwable thrown = catchThrowable(start);
		if (thrown instanceof CompletionException || thrown instanceof ExecutionException) {
			thrown = thrown.getCause();
		}
		assertThat(thrown).isInstanceOf(ProcessDeniedException.class);
		return (ProcessDeniedException) thrown;
	}

	@Test
	void deniesOnAllPaths() throws Exception {
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		try (ProcessManager processes = managerThatAllows("cat", "sleep")) {
			processes.addListener(events::add);
			PendingProcess echo = processes.command("echo", "--password=x");
			PendingProcess cat = processes.command("cat");

			assertThat(cat.input("fine").run().output()).isEqualTo("fine");
			assertThat(denied(echo::run))
				.hasMessageContaining("Command 'echo --password=***' could not be started:"
						+ " it is denied by the policy, which does not allow it: the program is ")
				.hasMessageContaining("procession.security.commands");
			denied(echo::start);
			denied(() -> echo.runAsync().join());
			denied(() -> processes.launcher().startUncounted(echo));
			denied(() -> processes.launcher().startAsync(echo, null, 0, () -> {
			}).get(30, TimeUnit.SECONDS));
			denied(() -> processes.run("echo"));
			denied(() -> processes.start("echo"));
			denied(() -> processes.shell("echo").run());
			denied(() -> processes.commandLine("echo x").detached().start());
			denied(() -> processes.command("echo").pty(80, 24).run());
			denied(() -> processes.pending(ProcessSpec.of(Command.of("echo"))).run());
			denied(() -> cat.pipe("echo").run());
			denied(() -> echo.pipe("cat").start());
			denied(() -> processes.pipeline()
				.pipe("cat")
				.pipe("copy", (in, out) -> in.transferTo(out))
				.pipe("echo")
				.run());
			ProcessResult member = processes.pool().add("a", cat).add("b", echo).run().get("b");
			assertThat(member.startError()).containsInstanceOf(ProcessDeniedException.class);
			await().until(() -> events.stream().filter(SecurityIntegrationTests::isDenial).count() >= 15);
		}
		assertThat(events.toString()).contains("reason=DENIED").doesNotContain("password=x");
	}

	@Test
	void resolvesProgramOfEnvLikeEnv() throws IOException {
		Path decoy = script("decoy/sort", "#!/bin/sh\necho decoy\n");
		Path byEnv = script("by-env", "#!/usr/bin/env sort\nb\na\n");
		String path = decoy.getParent().toString();
		CommandPolicy policy = CommandPolicy.builder().deny("/usr/bin/sort").allowShells().build();
		try (ProcessManager inheriting = ProcessManager.builder().commandPolicy(policy).build();
				ProcessManager bare = ProcessManager.builder()
					.commandPolicy(policy)
					.environmentPolicy(EnvironmentPolicy.inheritNothing())
					.build()) {
			assertThat(denied(() -> inheriting.command(byEnv.toString()).run()).rule()).contains("deny /usr/bin/sort");
			assertThat(inheriting.command(byEnv.toString()).env("PATH", path).run().output()).isEqualTo("decoy\n");
			denied(() -> inheriting.command(byEnv.toString()).inheritEnv(false).run());
			denied(() -> inheriting.command(byEnv.toString()).unsetEnv("PATH").run());
			denied(() -> bare.command(byEnv.toString()).run());
			assertThat(bare.command(byEnv.toString()).env("PATH", path).run().output()).isEqualTo("decoy\n");
		}
	}

	@Test
	void resolvesProgramOfEnvWithoutPathOfJvm(ProcessManager processes) throws IOException {
		Path decoy = script("decoy/sort", "#!/bin/sh\necho decoy\n");
		Path byEnv = script("by-env", "#!/usr/bin/env sort\nb\na\n");

		ProcessResult result = processes.command(TestChild.javaCommand(DeniesSort.class, byEnv.toString()))
			.env("PATH", decoy.getParent().toString())
			.run();

		assertThat(result.throwIfFailed().output()).isEqualToIgnoringNewLines(
				"inherited: decoywithout: the rule 'deny /usr/bin/sort', which applies to the interpreter of the script");
	}

	private static boolean isDenial(ProcessEvent event) {
		return event instanceof ProcessStartFailed failed && failed.reason() == ProcessStartException.Reason.DENIED;
	}

	@Test
	void deniesPrograms() {
		try (LogCapture log = LogCapture.begin();
				ProcessManager processes = managerThatAllows("cat");
				ProcessSupervisor supervisor = ProcessSupervisor.create(processes.launcher())) {
			supervisor.add(Program.builder("denied", ProcessSpec.of(Command.of("sleep", "300")))
				.restart(RestartPolicy.always())
				.build());
			supervisor.start("denied");

			await().until(() -> supervisor.find("denied").orElseThrow().state() == ProgramState.FATAL);
			assertThat(supervisor.find("denied").orElseThrow().reason()).contains("denied by the policy");
			assertThat(log.text()).contains("giving up");
		}
	}

	@Test
	void startsFileThatPolicyHasChecked() throws IOException {
		Path tool = script("tools/tool", "#!/bin/sh\necho \"tool $0\"\n");
		script("evil/tool", "#!/bin/sh\necho evil\n");
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), tool);
		try (ProcessManager processes = managerThatAllows(tool.toString())) {
			String expected = "tool " + tool.toRealPath() + "\n";
			PendingProcess inTools = processes.command("./tool").directory(tool.getParent());

			assertThat(inTools.run().output()).isEqualTo(expected);
			assertThat(processes.command(link.toString()).run().output()).isEqualTo(expected);
			assertThat(processes.command("../tools/tool").directory(this.directory.resolve("evil")).run().output())
				.isEqualTo(expected);
			denied(() -> inTools.directory(this.directory.resolve("evil")).run());
			denied(() -> processes.command("tool").env("PATH", this.directory.resolve("evil").toString()).run());
			assertThat(processes.command("tool").env("PATH", tool.getParent().toString()).run().output())
				.isEqualTo(expected);
			assertThat(processes.command(tool + "/").run().output()).isEqualTo(expected);
			PendingProcess relative = processes.command("tool").env("PATH", "../tools");
			assertThat(relative.directory(this.directory.resolve("evil")).run().output()).isEqualTo(expected);
			denied(() -> relative.env("PATH", ".").directory(this.directory.resolve("evil")).run());
			denied(() -> relative.env("PATH", "").directory(this.directory.resolve("evil")).run());
		}
	}

	@Test
	void resolvesRelativePathEntriesAgainstWorkingDirectory(ProcessManager processes) throws IOException {
		Path directory = script("there/sub/tool", "#!/bin/sh\necho there\n").getParent().getParent();
		PendingProcess tool = processes.command("tool").env("PATH", "sub").directory(directory);

		assertThat(tool.run().output()).isEqualTo("there\n");
		assertThat(tool.newSession().run().output()).isEqualTo("there\n");
		assertThat(tool.env("PATH", "").directory(directory.resolve("sub")).run().output()).isEqualTo("there\n");
		assertThat(tool.env("PATH", "sub:/usr/bin:/bin").pipe("cat").run().output()).isEqualTo("there\n");
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> tool.directory(this.directory).run())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.NOT_FOUND));
	}

	@Test
	void deniesInterpretersRelativeToWorkingDirectory() throws IOException {
		Path script = script("there/script", "#!/usr/bin/env tool\n");
		Path tool = script("there/sub/tool", "#!/bin/sh\necho denied one ran\n");
		try (ProcessManager processes = ProcessManager.builder()
			.commandPolicy(CommandPolicy.builder().allowShells().deny(tool.toString()).build())
			.build()) {
			PendingProcess pending = processes.command(script.toString())
				.directory(script.getParent())
				.env("PATH", "sub:/usr/bin:/bin");

			denied(pending::run);
			denied(() -> pending.env("PATH", "/usr/bin:/bin:sub").run());
		}
	}

	@Test
	void deniesShellsInDisguise() throws IOException {
		Path script = script("script", "#!/bin/sh\necho hello\n");
		Files.copy(Path.of("/bin/sh"), this.directory.resolve("bash"));
		try (ProcessManager processes = ProcessManager.builder()
			.commandPolicy(CommandPolicy.builder().deny("sort").build())
			.build()) {
			denied(() -> processes.shell("echo").run());
			denied(() -> processes.command("env", "sh", "-c", "echo").run());
			denied(() -> processes.command(script.toString()).run());
			denied(() -> processes.command(this.directory.resolve("bash").toString()).run());
			File loader = new File("/lib64/ld-linux-x86-64.so.2");
			if (loader.exists()) {
				denied(() -> processes.command(loader.getPath(), "/bin/sh", "-c", "echo").run());
			}
			denied(() -> processes.command("sort").run());
			assertThat(processes.command("echo", "hello").run().output()).isEqualTo("hello\n");
		}
		try (ProcessManager processes = managerThatAllows("cat")) {
			denied(() -> processes.command("/proc/self/exe", "-version").run());
			denied(() -> processes.command("/proc/self/root/bin/sh", "-c", "echo").run());
		}
	}

	@Test
	void reportsMissingProgramUnderPolicy() {
		try (ProcessManager processes = managerThatAllows("cat")) {
			assertThatExceptionOfType(ProcessStartException.class)
				.isThrownBy(() -> processes.command("no-such-program").run())
				.withMessageContaining("program 'no-such-program' not found in the JVM's PATH")
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.NOT_FOUND));
		}
	}

	@Test
	void callsListenersBeforeStart(ProcessManager processes) {
		List<ProcessStarting> requested = Collections.synchronizedList(new ArrayList<>());
		List<String> threads = Collections.synchronizedList(new ArrayList<>());
		List<ProcessEvent> received = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(new ProcessListener() {

			@Override
			public void beforeStart(ProcessStarting event) {
				requested.add(event);
				threads.add(Thread.currentThread().getName());
				if (event.name().equals("unwanted")) {
					throw new IllegalStateException("not on Sundays");
				}
			}

			@Override
			public void onEvent(ProcessEvent event) {
				received.add(event);
			}

		});

		assertThat(processes.command("echo", "--token", "x").run().successful()).isTrue();
		ProcessDeniedException ex = denied(() -> processes.command("echo").name("unwanted").run());
		denied(() -> processes.command("echo").pipe(processes.command("cat").name("unwanted")).run());

		assertThat(ex).hasMessage("Command 'echo' could not be started: it is denied by a listener: not on Sundays")
			.hasCauseInstanceOf(IllegalStateException.class);
		assertThat(requested).extracting(ProcessStarting::command)
			.startsWith("echo --token ***", "echo")
			.allSatisfy((command) -> assertThat(command).isNotBlank());
		assertThat(threads).containsOnly(Thread.currentThread().getName());
		await().until(() -> received.stream().filter(SecurityIntegrationTests::isDenial).count() == 2);
		assertThat(received.get(0).executionId()).isEqualTo(requested.get(0).executionId());
		assertThat(received).noneMatch(ProcessStarting.class::isInstance);
	}

	@Test
	void propagatesErrorOfListenerAndLeavesNothing() throws IOException {
		AssertionError planned = new AssertionError("planned");
		Path file = Files.writeString(this.directory.resolve("output"), "as it was");
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.maxConcurrent(2)
			.acquireTimeout(Duration.ofSeconds(10))
			.build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			processes.addListener(new ProcessListener() {

				@Override
				public void beforeStart(ProcessStarting event) {
					if (event.name().equals("unwanted")) {
						throw planned;
					}
				}

				@Override
				public void onEvent(ProcessEvent event) {
					// irrelevant
				}

			});
			PendingProcess unwanted = processes.command("echo").name("unwanted").outputTo(file).onLine((type, line) -> {
			});
			for (int i = 0; i < 3; i++) {
				assertThat(catchThrowable(unwanted::run)).isSameAs(planned);
				assertThat(catchThrowable(unwanted::start)).isSameAs(planned);
				assertThat(catchThrowable(() -> unwanted.runAsync().join())).hasCauseReference(planned);
				assertThat(catchThrowable(() -> processes.command("echo").pipe(unwanted).run())).isSameAs(planned);
				assertThat(catchThrowable(() -> processes.command("echo").pipe(unwanted).start())).isSameAs(planned);
			}

			assertThat(processes.running()).isEmpty();
			assertThat(file).hasContent("as it was");
			assertThat(OpenFiles.below(this.directory)).isEmpty();
			// it needs all permits
			assertThat(processes.command("echo", "hi").pipe("cat").run().output()).isEqualTo("hi\n");
		}
	}

	@Test
	void limitsInheritedEnvironment() {
		try (ProcessManager processes = ProcessManager.builder()
			.environmentPolicy(EnvironmentPolicy.allowlist(List.of("PATH", "HOM*")))
			.build()) {
			PendingProcess env = processes.command("env").env("OWN", "1");

			assertThat(env.run().outputLines()).allMatch((line) -> line.matches("(PATH|HOM.*|OWN|PROCESSION_.*)=.*"))
				.contains("OWN=1", "PATH=" + System.getenv("PATH"));
			assertThat(env.inheritEnv(true).pipe("cat").run().outputLines())
				.allMatch((line) -> line.matches("(PATH|HOM.*|OWN|PROCESSION_.*)=.*"));
			assertThat(env.unsetEnv("PATH").run().output()).doesNotContain("PATH=");
			assertThat(env.inheritEnv(false).run().output()).doesNotContain("PATH=");
		}
		try (ProcessManager processes = ProcessManager.builder()
			.environmentPolicy(EnvironmentPolicy.inheritNothing())
			.build()) {
			assertThat(processes.command("env").run().outputLines()).allMatch((line) -> line.startsWith("PROCESSION_"));
		}
	}

	@Test
	void hidesValuesNamedLikeSecrets() {
		try (ProcessManager processes = ProcessManager.builder().redactor(Redactor.of(List.of("pin"))).build()) {
			PendingProcess revealing = processes
				.shell("echo \"$* $MY_PIN\" >&2; exit 1", "--pin=four4", "password=five5")
				.env("MY_PIN", "sixsix6");

			assertThatExceptionOfType(ProcessException.class).isThrownBy(() -> revealing.run().throwIfFailed())
				.withMessageContaining("--pin=***")
				.withMessageContaining("stderr ends: \"--pin=*** password=five5 ***\"");
			assertThat(revealing.toString()).contains("--pin=***", "password=five5");
			assertThat(revealing.run().command().toString()).contains("--pin=***", "password=five5");
		}
	}

	@Test
	void hidesSecretsInOtherArgumentsAndPaths() {
		String secret = "s3cret-value";
		try (ProcessManager processes = ProcessManager.create()) {
			List<String> shown = Collections.synchronizedList(new ArrayList<>());
			processes.addListener((event) -> shown.add(event.toString()));
			PendingProcess pending = processes.command("sleep", "0", "x" + secret)
				.secretEnv("PASSWORD", Secret.of(secret));

			assertThatExceptionOfType(ProcessException.class).isThrownBy(() -> pending.run().throwIfFailed())
				.withMessageNotContaining(secret);
			for (PendingProcess failing : List.of(pending.directory(Path.of("/no/" + secret)),
					pending.input(Path.of("/no/" + secret)), pending.outputTo(Path.of("/no/" + secret)),
					pending.outputTo(Path.of("/no/" + secret)).onLine((type, line) -> {
					}), processes.command("/no/" + secret).secretArg(Secret.of(secret)))) {
				assertThatExceptionOfType(ProcessStartException.class).isThrownBy(failing::run)
					.withMessageNotContaining(secret)
					.withStackTraceContaining("***")
					.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain(secret));
			}
			await().atMost(Duration.ofSeconds(30)).until(() -> shown.size() == 7);
			assertThat(shown.toString()).doesNotContain(secret).contains("x***");
		}
	}

}
