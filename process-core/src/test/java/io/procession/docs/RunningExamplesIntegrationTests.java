package io.procession.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.execution.ExecutionObserver;
import io.procession.execution.OutputMatch;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.execution.StartingExecution;
import io.procession.execution.output.OutputCursor;
import io.procession.process.Origin;
import io.procession.process.OutputType;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.testing.NoLeaks;
import io.procession.testing.RequiresDefaultSignals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The examples of {@code docs/running.md}, run.
 */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class RunningExamplesIntegrationTests {

	@TempDir
	Path directory;

	@Test
	void withoutSpring() {
		// region without-spring
		try (ProcessManager processes = ProcessManager.create()) {
			ProcessResult result = processes.run("echo", "hello");
			System.out.println(result.output() + result.exitCode());
		}
		// endregion
	}

	@Test
	void commands(ProcessManager processes) {
		// region commands
		processes.command("wc", "-c", "a name with spaces; and $no surprises");
		processes.commandLine("wc -l 'a name with spaces'");
		processes.shell("sort \"$1\" | uniq -c | sort -rn | head -5", "/etc/passwd");
		// endregion

		// region shell
		String untrusted = "x; rm -rf /";
		String output = processes.shell("printf '%s' \"$1\" | tr a-z A-Z", untrusted).run().output();
		// endregion
		assertThat(output).isEqualTo("X; RM -RF /");
	}

	@Test
	void results(ProcessManager processes) {
		// region results
		ProcessResult result = processes.shell("echo one; echo two >&2; exit 3").run();
		result.exitCode(); // 3
		result.output(); // "one\n"
		result.errorOutput(); // "two\n"
		result.successful(); // false
		// endregion
		assertThat(result.exitCode()).isEqualTo(3);
		assertThat(result.output()).isEqualTo("one\n");
		assertThat(result.errorOutput()).isEqualTo("two\n");
		assertThat(result.successful()).isFalse();
	}

	@Test
	@RequiresDefaultSignals
	void failures(ProcessManager processes) {
		List<String> messages = new ArrayList<>();
		// region failures
		try {
			processes.command("cp", "no-such-file", "elsewhere").run().throwIfFailed();
		}
		catch (ProcessFailedException ex) {
			messages.add(ex.getMessage());
		}
		try {
			processes.command("pg_dumpp", "shop").run();
		}
		catch (ProcessStartException ex) {
			messages.add(ex.getMessage());
		}
		// endregion
		assertThat(messages.get(0)).startsWith("Command 'cp no-such-file elsewhere' exited with 1 after ")
			.contains("stderr ends: \"cp: ");
		assertThat(messages.get(1))
			.isEqualTo("Command 'pg_dumpp shop' could not be started: program 'pg_dumpp' not found in the JVM's PATH");
	}

	@Test
	void timeouts(ProcessManager processes) {
		// region timeouts
		PendingProcess nightly = processes.shell("echo begun; sleep 30 & sleep 20")
			.timeout(Duration.ofSeconds(1))
			.idleTimeout(Duration.ofSeconds(30));
		try {
			nightly.run();
		}
		catch (ProcessTimedOutException ex) {
			ex.result().ifPresent((soFar) -> System.out.println("It wrote: " + soFar.output()));
		}
		// endregion
	}

	@Test
	void input(ProcessManager processes) throws Exception {
		Path file = Files.writeString(this.directory.resolve("numbers.txt"), "3\n1\n2\n");
		// region input
		String sorted = processes.command("sort").input("b\na\n").run().output();
		String numbers = processes.command("sort", "-n").input(file).run().output();
		// endregion
		assertThat(sorted).isEqualTo("a\nb\n");
		assertThat(numbers).isEqualTo("1\n2\n3\n");
	}

	@Test
	void output(ProcessManager processes) throws Exception {
		List<String> lines = new ArrayList<>();
		Path target = this.directory.resolve("dump.sql");
		// region output
		processes.shell("echo working; echo done").onLine((type, line) -> lines.add(type + " " + line)).run();
		processes.shell("echo 'create table t;'").outputTo(target).run();
		processes.shell("seq 1 100000").keepLast(64).run().output(); // the last 64 bytes
		processes.shell("seq 1 100000").quietly().run(); // to the null device
		// endregion
		assertThat(lines).containsExactly("OUTPUT working", "OUTPUT done");
		assertThat(target).hasContent("create table t;");
	}

	@Test
	void pull(ProcessManager processes) {
		// region pull
		RunningProcess seq = processes.command("seq", "1000000").pullOutput().start();
		long sevens;
		try (Stream<String> numbers = seq.lines()) {
			sevens = numbers.filter((line) -> line.endsWith("7")).count();
		}
		seq.waitFor().throwIfFailed();
		// endregion
		assertThat(sevens).isEqualTo(100_000);
	}

	@Test
	void live(ProcessManager processes) throws Exception {
		// region live
		RunningProcess shell = processes.command("sh").start();
		shell.stdin().writeLine("echo ready");
		boolean ready = shell.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(10));
		shell.stdin().writeLine("exit 7");
		ProcessResult result = shell.waitFor();
		// endregion
		assertThat(ready).isTrue();
		assertThat(result.exitCode()).isEqualTo(7);
	}

	@Test
	void dialogue(ProcessManager processes) throws Exception {
		// region dialogue
		RunningProcess login = processes.shell("printf 'User: '; read u; printf 'User: '; read v; echo $u $v").start();
		for (String answer : List.of("ada", "grace")) {
			OutputMatch match = login.waitUntilNext((type, line) -> line.equals("User: "), Duration.ofSeconds(10));
			if (match != OutputMatch.MATCHED) { // ENDED or TIMED_OUT
				throw new IllegalStateException("No prompt: " + match);
			}
			login.stdin().writeLine(answer);
		}
		// endregion
		assertThat(login.waitFor().output()).isEqualTo("User: User: ada grace\n");
	}

	@Test
	void cursor(ProcessManager processes) {
		RunningProcess build = processes.shell("echo compiling; echo done").start();
		build.waitFor();
		long position = 10;
		// region cursor
		OutputCursor cursor = build.outputFrom(OutputType.OUTPUT, position); // first 0
		List<String> lines = cursor.readLines(64 * 1024);
		Map<String, Object> answer = Map.of("lines", lines, "next", cursor.position(), "end", cursor.isAtEnd());
		// endregion

		assertThat(answer).containsEntry("lines", List.of("done"))
			.containsEntry("next", 15L)
			.containsEntry("end", true);
	}

	@Test
	void stopping(ProcessManager processes) {
		// region stopping
		RunningProcess server = processes.shell("sleep 60 & sleep 60").start();
		server.signal(Signal.CONT); // to the process alone
		server.stop(Duration.ofSeconds(5)); // the whole tree: TERM, 5 s, KILL
		// endregion
		assertThat(server.waitFor().signal()).contains(Signal.TERM);
	}

	@Test
	void async(ProcessManager processes) throws Exception {
		// region async
		CompletableFuture<Integer> users = processes.command("wc", "-l")
			.input(Path.of("/etc/passwd"))
			.runAsync()
			.thenApply((result) -> Integer.valueOf(result.throwIfFailed().output().strip()));
		// endregion
		assertThat(users.get(30, TimeUnit.SECONDS)).isPositive();
	}

	@Test
	void secrets(ProcessManager processes) {
		// region secrets
		PendingProcess dump = processes.command("sh", "-c", "test \"$PGPASSWORD\" = open-sesame")
			.secretEnv("PGPASSWORD", Secret.of("open-sesame"));
		// endregion
		assertThat(dump.run().successful()).isTrue();
		assertThat(dump.toSpec().environment().toString()).contains("PGPASSWORD").doesNotContain("open-sesame");
	}

	@Test
	void templates(ProcessManager processes) {
		// region templates
		PendingProcess git = processes.command("git").timeout(Duration.ofMinutes(2)).env("GIT_TERMINAL_PROMPT", "0");
		ProcessSpec data = git.name("git").toSpec();
		PendingProcess again = processes.pending(data);
		// endregion
		assertThat(again.toSpec()).isEqualTo(data);
		assertThat(git.toSpec().name()).isNull();
	}

	@Test
	void events(ProcessManager processes) {
		List<String> ended = new CopyOnWriteArrayList<>();
		// region events
		processes.addListener((event) -> {
			if (event instanceof ProcessExited exited && !exited.successful()) {
				ended.add(exited.name() + " ended with " + exited.exitCode());
			}
		});
		// endregion
		processes.shell("exit 4").name("nightly").run();
		await().until(() -> !ended.isEmpty());
		assertThat(ended).containsExactly("nightly ended with 4");
	}

	@Test
	void origin(ProcessManager processes) {
		List<ProcessEvent> events = new CopyOnWriteArrayList<>();
		processes.addListener(events::add);
		// region origin
		Origin origin = Origin.builder(Origin.Kind.SCHEDULE).name("nightly-backup").attempt(2).principal("ada").build();
		processes.command("true").origin(origin).run();
		// endregion
		await().untilAsserted(() -> assertThat(events).hasSize(2)
			.allSatisfy((event) -> assertThat(event.origin()).isEqualTo(origin)));
	}

	@Test
	void observer() {
		List<String> log = new CopyOnWriteArrayList<>();
		// region observer
		ProcessManager processes = ProcessManager.builder().observer(new ExecutionObserver() {

			@Override
			public void starting(StartingExecution execution, Origin origin) {
				execution.variable("CORRELATION_ID", execution.executionId());
			}

			@Override
			public void finished(String executionId, ProcessSpec spec, Origin origin, ProcessResult result) {
				log.add(spec.displayName() + " ran for a " + origin.kind() + ": " + result.exitCode());
			}

		}).build();
		// endregion
		try (processes) {
			assertThat(processes.shell("test -n \"$CORRELATION_ID\"").run().successful()).isTrue();
			await().untilAsserted(() -> assertThat(log).containsExactly("sh ran for a CALL: 0"));
		}
	}

	@Test
	@RequiresDefaultSignals
	void callbacks(ProcessManager processes) {
		List<String> log = new CopyOnWriteArrayList<>();
		// region callbacks
		RunningProcess worker = processes.shell("echo ready; exec sleep 60")
			.beforeStart((event) -> log.add("starting " + event.program()))
			.afterStart((event) -> log.add("started " + event.pid()))
			.onOutput((line) -> log.add("output: " + line))
			.onError((line) -> log.add("error: " + line))
			.beforeStop((event) -> log.add("about to get " + event.signal()))
			.afterStop((event) -> log.add("ended: " + event.cause()))
			.start();
		// endregion
		await().until(() -> log.contains("output: ready"));
		worker.stop();
		await().until(() -> log.contains("ended: STOPPED"));
		assertThat(log).contains("starting /bin/sh", "started " + worker.pid(), "about to get TERM");
	}

}
