package io.procession;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStartFailed;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;
import io.procession.process.Secret;
import io.procession.testing.LogCapture;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class SecretIntegrationTests {

	private final String secret = "s3cret-" + UUID.randomUUID();

	@Test
	void reachesTheProgram(ProcessManager processes) {
		assertThat(processes.command("printf", "%s").secretArg(Secret.of(this.secret)).run().output())
			.isEqualTo(this.secret);
		assertThat(
				processes.shell("printf %s \"$PASSWORD\"").secretEnv("PASSWORD", Secret.of(this.secret)).run().output())
			.isEqualTo(this.secret);
		assertThat(processes.shell("printf '%s|' \"$@\"", "a").secretArg(Secret.of("b c")).run().output())
			.isEqualTo("a|b c|");
	}

	@Test
	void isReadFromItsReferenceAtEachStart() {
		AtomicInteger asked = new AtomicInteger();
		List<String> threads = Collections.synchronizedList(new ArrayList<>());
		try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> {
			threads.add(Thread.currentThread().getName());
			return name + "-" + asked.incrementAndGet();
		}).build()) {
			PendingProcess pending = processes.shell("printf %s \"$PASSWORD\"")
				.secretEnv("PASSWORD", Secret.reference("db"));

			assertThat(pending.run().output()).isEqualTo("db-1");
			assertThat(pending.run().output()).isEqualTo("db-2");
			assertThat(threads).containsOnly(Thread.currentThread().getName());
		}
	}

	@Test
	void isSetOverAPlainVariableAndRemovedLikeOne(ProcessManager processes) {
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
		// each tells its secrets on standard error, whose end is shown in messages
		PendingProcess telling = telling(processes.shell("echo \"$1 $PASSWORD\" >&2; exit 3"), planted, value, input)
			.onLine((type, line) -> shown.append(Thread.currentThread().getName()).append('\n'));
		PendingProcess hanging = telling(processes.shell("echo \"$1 $PASSWORD\" >&2; exec sleep 300"), planted, value,
				input);
		ProcessResult result = telling.run();
		assertThat(result.errorOutput()).isNotBlank().doesNotContain("***");
		shown.append(telling).append(telling.toSpec()).append(telling.command()).append(telling.command().arguments());
		shown.append(telling.toSpec().environment()).append(telling.toSpec().input()).append(result);
		shown.append(result.command());
		add(shown, result::throwIfFailed);
		add(shown, () -> telling.quietly().run().throwIfFailed());
		add(shown, () -> telling.mergeErrorOutput().run().throwIfFailed());
		add(shown, () -> hanging.timeout(Duration.ofMillis(300)).run());
		add(shown, () -> hanging.idleTimeout(Duration.ofMillis(300)).run());
		add(shown, () -> hanging.outputLimit(5).run());
		add(shown, () -> telling(processes.command("no-such-program"), planted, value, input).run());
		RunningProcess running = hanging.start();
		shown.append(running).append(running.command());
		running.stop();
		shown.append(running.waitFor());
		add(shown, () -> running.waitFor().throwIfFailed());
	}

	private static PendingProcess telling(PendingProcess pending, Secret planted, String value, String input) {
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
	void isShownByNoRejection() {
		ProcessManager processes = ProcessManager.create();
		processes.close();
		PendingProcess pending = processes.command("true").secretArg(Secret.of(this.secret));

		assertThatExceptionOfType(ProcessException.class).isThrownBy(pending::run)
			.withMessageNotContaining(this.secret);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> pending.runAsync().join())
			.withMessageNotContaining(this.secret);
	}

	@Test
	void isInNoNameOfAThread(ProcessManager processes) {
		processes.command("sleep", "300").secretArg(Secret.of("0" + this.secret)).start();
		processes.shell("sleep 300").name("named").secretEnv("PASSWORD", Secret.of(this.secret)).start();

		String names = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.collect(Collectors.joining("\n"));

		assertThat(names).doesNotContain(this.secret);
	}

}
