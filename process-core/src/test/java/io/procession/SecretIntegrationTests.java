package io.procession;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarting;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;
import io.procession.process.Secret;
import io.procession.security.CommandPolicy;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.testing.LogCapture;
import io.procession.testing.PrintsInherited;
import io.procession.testing.RealProcesses;
import io.procession.testing.TestChild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class SecretIntegrationTests {

	private final String secret = "s3cret-" + UUID.randomUUID();

	@Test
	void isPassedToProgram(ProcessManager processes) {
		assertThat(processes.command("printf", "%s").secretArg(Secret.of(this.secret)).run().output())
			.isEqualTo(this.secret);
		assertThat(
				processes.shell("printf %s \"$PASSWORD\"").secretEnv("PASSWORD", Secret.of(this.secret)).run().output())
			.isEqualTo(this.secret);
		assertThat(processes.shell("printf '%s|' \"$@\"", "a").secretArg(Secret.of("b c")).run().output())
			.isEqualTo("a|b c|");
	}

	@Test
	void isResolvedFromReferenceAtEachStart() {
		AtomicInteger requested = new AtomicInteger();
		List<String> threads = Collections.synchronizedList(new ArrayList<>());
		try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> {
			threads.add(Thread.currentThread().getName());
			return name + "-" + requested.incrementAndGet();
		}).build()) {
			PendingProcess pending = processes.shell("printf %s \"$PASSWORD\"")
				.secretEnv("PASSWORD", Secret.reference("db"));

			assertThat(pending.run().output()).isEqualTo("db-1");
			assertThat(pending.run().output()).isEqualTo("db-2");
			assertThat(threads).containsOnly(Thread.currentThread().getName());
		}
	}

	@Test
	void overridesPlainVariableAndIsRemovedLikeOne(ProcessManager processes) {
		PendingProcess pending = processes.shell("printf %s \"${VALUE-unset}\"");

		assertThat(pending.env("VALUE", "plain").secretEnv("VALUE", Secret.of("secret")).run().output())
			.isEqualTo("secret");
		assertThat(pending.secretEnv("VALUE", Secret.of("secret")).env("VALUE", "plain").run().output())
			.isEqualTo("plain");
		assertThat(pending.secretEnv("VALUE", Secret.of("secret")).unsetEnv("VALUE").run().output()).isEqualTo("unset");
	}

	@Test
	void isShownNowhere() {
		String value = "plain-" + UUID.randomUUID();
		String input = "input-" + UUID.randomUUID();
		StringBuffer shown = new StringBuffer();
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		try (LogCapture log = LogCapture.begin()) {
			try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> this.secret).build()) {
				processes.addListener(events::add);
				for (Secret planted : List.of(Secret.of(this.secret), Secret.reference("db"))) {
					useEverywhere(processes, planted, value, input, shown);
				}
				await().until(() -> events.stream().filter(SecretIntegrationTests::isLast).count() == 16);
			}
			shown.append(events);
			shown.append(log.text());
		}

		assertThat(shown.toString()).contains("***")
			.doesNotContain(this.secret)
			.doesNotContain(value)
			.doesNotContain(input);
	}

	private static boolean isLast(ProcessEvent event) {
		return event instanceof ProcessExited || event instanceof ProcessStartFailed;
	}

	private static void useEverywhere(ProcessManager processes, Secret planted, String value, String input,
			StringBuffer shown) {
		// each prints its secrets to standard error, the end of which is shown in
		// messages
		PendingProcess revealing = revealing(processes.shell("echo \"$1 $PASSWORD\" >&2; exit 3"), planted, value,
				input)
			.onLine((type, line) -> shown.append(Thread.currentThread().getName()).append('\n'));
		PendingProcess hanging = revealing(processes.shell("echo \"$1 $PASSWORD\" >&2; exec sleep 300"), planted, value,
				input);
		ProcessResult result = revealing.run();
		assertThat(result.errorOutput()).isNotBlank().doesNotContain("***");
		shown.append(revealing)
			.append(revealing.toSpec())
			.append(revealing.command())
			.append(revealing.command().arguments());
		shown.append(revealing.toSpec().environment()).append(revealing.toSpec().input()).append(result);
		shown.append(result.command());
		add(shown, result::throwIfFailed);
		add(shown, () -> revealing.quietly().run().throwIfFailed());
		add(shown, () -> revealing.mergeErrorOutput().run().throwIfFailed());
		add(shown, () -> hanging.timeout(Duration.ofMillis(300)).run());
		add(shown, () -> hanging.idleTimeout(Duration.ofMillis(300)).run());
		add(shown, () -> hanging.outputLimit(5).run());
		add(shown, () -> revealing(processes.command("no-such-program"), planted, value, input).run());
		RunningProcess running = hanging.start();
		shown.append(running).append(running.command());
		running.stop();
		shown.append(running.waitFor());
		add(shown, () -> running.waitFor().throwIfFailed());
	}

	private static PendingProcess revealing(PendingProcess pending, Secret planted, String value, String input) {
		return pending.secretArg(planted).secretEnv("PASSWORD", planted).env("PLAIN", value).input(input);
	}

	private static void add(StringBuffer shown, Runnable action) {
		assertThatExceptionOfType(ProcessException.class).isThrownBy(action::run).satisfies((ex) -> {
			StringWriter trace = new StringWriter();
			ex.printStackTrace(new PrintWriter(trace));
			shown.append(trace).append(ex.command());
			ex.result().ifPresent(shown::append);
		});
	}

	@Test
	void isNotShownInPart(ProcessManager processes) {
		PendingProcess flooding = processes.shell("yes \"$1\" | head -n 300 >&2; exit 3")
			.secretArg(Secret.of(this.secret));
		PendingProcess limited = processes.shell("printf %s \"$1\" >&2; exec sleep 300")
			.secretArg(Secret.of(this.secret));
		StringBuffer shown = new StringBuffer();
		add(shown, () -> flooding.run().throwIfFailed());
		add(shown, () -> flooding.keepLast(20).run().throwIfFailed());
		add(shown, () -> limited.outputLimit(30).run());

		for (int start = 0; start + 8 <= this.secret.length(); start++) {
			assertThat(shown).contains("***").doesNotContain(this.secret.substring(start, start + 8));
		}
	}

	@Test
	void isNotShownAsPartOfUrlInEnvironment(ProcessManager processes) {
		PendingProcess revealing = processes.shell("echo \"no route to $DATABASE ($PASS)\" >&2; exit 3")
			.env("DATABASE", "postgres://me:" + this.secret + "@host/db")
			.env("PASS", this.secret);

		assertThatExceptionOfType(ProcessException.class).isThrownBy(() -> revealing.run().throwIfFailed())
			.withMessageContaining("no route to postgres://me:***@host/db (***)");
		assertThatExceptionOfType(ProcessException.class)
			.isThrownBy(() -> revealing.directory(Path.of("/no", this.secret)).run())
			.withMessageContaining("'/no/***' does not exist");
	}

	@Test
	void isShownNowhereWhenIdentifiedByNameOnly() throws IOException {
		StringBuffer shown = new StringBuffer();
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		try (LogCapture log = LogCapture.begin()) {
			try (ProcessManager processes = ProcessManager.builder()
				.commandPolicy(CommandPolicy.builder().deny("sort").allowShells().build())
				.build(); ProcessSupervisor supervisor = ProcessSupervisor.create(processes.launcher())) {
				processes.addListener(events::add);
				processes.addListener(new Veto());
				PendingProcess failing = named(processes, "sh", "-c", "echo \"$*\" $DB_PASSWORD >&2; exit 3", "sh");
				PendingProcess hanging = named(processes, "sh", "-c", "echo \"$*\" >&2; exec sleep 300", "sh");
				shown.append(failing).append(failing.toSpec());
				add(shown, () -> failing.run().throwIfFailed());
				add(shown, () -> failing.pipe("cat").run().throwIfFailed());
				add(shown, () -> processes.pool().add("a", failing).run().throwIfAnyFailed());
				add(shown, () -> failing.pty(80, 24).mergeErrorOutput().run().throwIfFailed());
				add(shown, () -> hanging.timeout(Duration.ofMillis(300)).run());
				add(shown, () -> failing.name("vetoed").run());
				add(shown, () -> failing.directory(Path.of("/no/" + this.secret)).run());
				add(shown, () -> failing.directory(Path.of("/no/" + this.secret)).pty(80, 24).run());
				add(shown, () -> failing.outputTo(Path.of("/no/" + this.secret)).onLine((type, line) -> {
				}).run());
				add(shown, () -> named(processes, "sort").run());
				add(shown, () -> named(processes, "/no/" + this.secret + "/x").pipe("cat").run());
				RunningProcess running = hanging.pty(80, 24).start();
				shown.append(running).append(running.command()).append(threads());
				running.kill();
				supervisor.add(Program.builder("failing", failing.toSpec()).build());
				supervisor.add(Program.builder("denied", named(processes, "sort").toSpec()).build());
				supervisor.start();
				await().until(() -> supervisor.find("denied").orElseThrow().state() == ProgramState.FATAL);
				await().until(() -> supervisor.find("failing").orElseThrow().state() == ProgramState.BACKOFF);
				shown.append(supervisor.programs());
			}
			shown.append(events);
			shown.append(log.text());
		}

		assertThat(shown.toString()).contains("--password=***").doesNotContain(this.secret);
	}

	private PendingProcess named(ProcessManager processes, String... command) {
		List<String> arguments = new ArrayList<>(List.of(command));
		arguments.addAll(List.of("--password=" + this.secret, "--token", this.secret,
				"https://me:" + this.secret + "@host", "again-" + this.secret));
		return processes.command(arguments).env("DB_PASSWORD", this.secret);
	}

	private static String threads() throws IOException {
		StringBuilder names = new StringBuilder();
		Thread.getAllStackTraces().keySet().forEach((thread) -> names.append(thread.getName()).append('\n'));
		try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
			for (Path task : tasks) {
				names.append(unlessEnded(task.resolve("comm")));
			}
		}
		return names.toString();
	}

	@Test
	void isNotShownByOtherStagesOfPipeline() {
		StringBuffer shown = new StringBuffer();
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		try (LogCapture log = LogCapture.begin();
				ProcessManager processes = ProcessManager.builder().secretResolver((name) -> this.secret).build()) {
			processes.addListener(events::add);
			for (PendingProcess knowing : List.of(
					processes.shell("printf '%s' \"$1\"").secretArg(Secret.of(this.secret)),
					processes.shell("printf '%s' \"$X\"").secretEnv("X", Secret.reference("db")),
					processes.command("printf", "--", "--password=" + this.secret),
					processes.shell("printf '%s' \"$DB_PASSWORD\"").env("DB_PASSWORD", this.secret))) {
				PendingProcess echoing = processes.shell("cat >&2; exit 3", "not-" + this.secret)
					.name("not-" + this.secret);
				add(shown, () -> knowing.pipe(echoing).run().throwIfFailed());
				add(shown, () -> knowing.pipe("copy", InputStream::transferTo).pipe(echoing).run().throwIfFailed());
				add(shown, () -> processes.shell("exit 4", this.secret).pipe(knowing).run().throwIfFailed());
				add(shown, () -> knowing.pipe("/no/" + this.secret).run());
				add(shown, () -> processes.command("/no/" + this.secret).pipe(knowing).run());
			}
			await().until(() -> events.stream().filter(ProcessStartFailed.class::isInstance).count() == 8);
			shown.append(events).append(log.text());
		}

		assertThat(shown.toString()).contains("stderr ends: \"***\"", "stderr ends: \"--password=***\"", "not-***")
			.doesNotContain(this.secret);
	}

	@Test
	void isNotShownByOtherMembersOfPool() {
		StringBuffer shown = new StringBuffer();
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		try (LogCapture log = LogCapture.begin();
				ProcessManager processes = ProcessManager.builder().secretResolver((name) -> this.secret).build()) {
			processes.addListener(events::add);
			for (PendingProcess knowing : List.of(processes.command("true").secretArg(Secret.of(this.secret)),
					processes.command("true").secretEnv("X", Secret.reference("db")),
					processes.command("true", "--password=" + this.secret),
					processes.command("true").env("DB_PASSWORD", this.secret))) {
				PendingProcess echoing = processes.shell("echo \"$1\" >&2; exit 3", "not-" + this.secret)
					.name("not-" + this.secret);
				add(shown,
						() -> processes.pool()
							.concurrency(1)
							.add(knowing)
							.add("key-" + this.secret, echoing)
							.run()
							.throwIfAnyFailed());
			}
			await().until(() -> events.stream().filter(ProcessExited.class::isInstance).count() == 8);
			shown.append(events).append(log.text());
		}

		assertThat(shown.toString()).contains("stderr ends: \"not-***\"", "key-***", "not-***")
			.doesNotContain(this.secret);
	}

	@Test
	void isNotShownByVetoOrItsCauses(ProcessManager processes) {
		PendingProcess pending = processes.command("true").secretArg(Secret.of(this.secret));
		List<String> programs = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(new ProcessListener() {

			@Override
			public void beforeStart(ProcessStarting event) {
				programs.add(event.program() + " " + event.name());
				IllegalStateException veto = new IllegalStateException("no\nreason");
				veto.addSuppressed(new IllegalStateException("because of " + SecretIntegrationTests.this.secret));
				veto.initCause(new IllegalStateException("round", veto));
				throw veto;
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// told to another
			}

		});
		StringBuffer shown = new StringBuffer();
		add(shown, pending::run);
		add(shown, () -> processes.command("/opt/" + this.secret + "/tool\n").secretArg(Secret.of(this.secret)).run());

		assertThat(shown.toString()).contains("it is denied by a listener: no\\nreason")
			.doesNotContain(this.secret, "because of");
		assertThat(programs).containsExactly("true true", "/opt/***/tool\\n tool\\n");
	}

	@Test
	void isNotShownInEncodedForms(ProcessManager processes) {
		String value = "p&ss \"" + this.secret + "\" <w\u00f6rd>";
		for (String form : List.of(URLEncoder.encode(value, StandardCharsets.UTF_8),
				Base64.getEncoder().encodeToString(("me:" + value).getBytes(StandardCharsets.UTF_8)),
				HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8)),
				value.replace("\"", "\\\"").replace("\u00f6", "\\u00f6"),
				value.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;").replace(">", "&gt;"),
				value.substring(0, 20) + "\r" + value.substring(20),
				value.substring(0, 20) + "\u001b[31m\r\n" + value.substring(20))) {
			ProcessResult result = processes.shell("cat >&2; exit 3")
				.secretEnv("VALUE", Secret.of(value))
				.input("it is " + form + ".")
				.run();

			assertThatExceptionOfType(ProcessException.class).isThrownBy(result::throwIfFailed)
				.withMessageContaining("***")
				.withMessageNotContaining(form.substring(form.length() / 3, form.length() / 3 * 2))
				.withMessageNotContaining(this.secret.substring(12));
		}
	}

	@Test
	void isHiddenInErrorsWhenInherited(ProcessManager processes) {
		ProcessResult result = processes.command(TestChild.javaCommand(PrintsInherited.class, "DB_PASSWORD"))
			.env("DB_PASSWORD", this.secret)
			.run();

		assertThat(result.throwIfFailed().output()).contains("stderr ends: \"it is *** | or https://me:***@host\"")
			.doesNotContain(this.secret);
	}

	@Test
	void isNotShownByRejection() {
		ProcessManager processes = ProcessManager.create();
		processes.close();
		PendingProcess pending = processes.command("true").secretArg(Secret.of(this.secret));

		assertThatExceptionOfType(ProcessException.class).isThrownBy(pending::run)
			.withMessageNotContaining(this.secret);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> pending.runAsync().join())
			.withMessageNotContaining(this.secret);
	}

	@Test
	void isNotInThreadNames(ProcessManager processes) {
		processes.command("sleep", "300").secretArg(Secret.of("0" + this.secret)).start();
		processes.shell("sleep 300").name("named").secretEnv("PASSWORD", Secret.of(this.secret)).start();

		String names = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.collect(Collectors.joining("\n"));

		assertThat(names).doesNotContain(this.secret);
	}

	@Test
	void isNotInProcEntriesOfJvmAndGuard(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("echo ready; exec sleep 300", "--token=" + this.secret)
			.secretArg(Secret.of(this.secret))
			.secretEnv("PASSWORD", Secret.of(this.secret))
			.env("PLAIN", this.secret)
			.input("in-" + this.secret)
			.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(30))).isTrue();

		// between fork and exec, the guard still shows the arguments of the JVM
		await().until(() -> others(process).stream()
			.anyMatch((handle) -> received(Long.toString(handle.pid())).contains("procession-guard")));
		List<ProcessHandle> others = others(process);
		StringBuilder shown = new StringBuilder(threads());
		shown.append(received("self"));
		for (ProcessHandle other : others) {
			shown.append(received(Long.toString(other.pid())));
		}
		for (String descriptor : Objects.requireNonNull(new File("/proc/self/fd").list())) {
			shown.append(new File("/proc/self/fd", descriptor).getCanonicalPath()).append('\n');
		}

		assertThat(received(Long.toString(process.pid()))).contains(this.secret);
		assertThat(shown.toString()).contains("procession-guard").doesNotContain(this.secret);
		process.kill();
	}

	private static List<ProcessHandle> others(RunningProcess process) {
		return ProcessHandle.current().descendants().filter((handle) -> handle.pid() != process.pid()).toList();
	}

	private static String received(String pid) {
		StringBuilder received = new StringBuilder();
		for (String file : List.of("cmdline", "environ", "comm")) {
			received.append(unlessEnded(Path.of("/proc", pid, file))).append('\n');
		}
		return received.toString();
	}

	// a process or thread may end between the listing and the read
	private static String unlessEnded(Path file) {
		try {
			return Files.readString(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			return ex.getClass().getName();
		}
	}

	private static final class Veto implements ProcessListener {

		@Override
		public void beforeStart(ProcessStarting event) {
			if (event.name().equals("vetoed")) {
				throw new IllegalStateException("not " + event);
			}
		}

		@Override
		public void onEvent(ProcessEvent event) {
			// told to another
		}

	}

}
