package io.procession;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import io.procession.execution.OutputMatch;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for loops over a live process: prompts, the remaining output after its end, and
 * timeouts.
 */
@RealProcesses
class DialogueIntegrationTests {

	private static final String ASKS_TWICE = "printf 'Password: '; read a; printf 'Password: '; read b; echo \"$a $b\"";

	// --- prompts

	@Test
	void matchesPrompt(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("printf 'Pässword: '; read x; echo \"got $x\"").start();

		assertThat(process.waitUntil((type, line) -> line.equals("Pässword: "), SOON)).isTrue();

		process.stdin().writeLine("secret");
		assertThat(process.waitFor().output()).isEqualTo("Pässword: got secret\n");
	}

	@Test
	void matchesPromptInAnotherCharset(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("printf 'a\\000:\\000'; read x")
			.charset(StandardCharsets.UTF_16LE)
			.start();

		assertThat(process.waitUntil((type, line) -> line.equals("a:"), SOON)).isTrue();
		process.stdin().close();
		process.waitFor();
	}

	@Test
	void matchesPromptOnTerminal(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("stty -echo; printf 'Password: '; read x; echo \"got $x\"")
			.pty(80, 24)
			.start();

		assertThat(process.waitUntil((type, line) -> line.equals("Password: "), SOON)).isTrue();

		process.stdin().writeLine("secret");
		assertThat(process.waitFor().output()).isEqualTo("Password: got secret\r\n");
	}

	@Test
	void continuesAfterLastMatch(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell(ASKS_TWICE).start();

		for (String answer : new String[] { "one", "two" }) {
			assertThat(process.waitUntilNext((type, line) -> line.equals("Password: "), SOON))
				.isEqualTo(OutputMatch.MATCHED);
			process.stdin().writeLine(answer);
		}

		assertThat(process.waitUntilNext((type, line) -> line.equals("one two"), SOON)).isEqualTo(OutputMatch.MATCHED);
		assertThat(process.waitUntilNext((type, line) -> true, SOON)).isEqualTo(OutputMatch.ENDED);
		assertThat(process.waitUntil((type, line) -> line.startsWith("Password: "), SOON)).isTrue();
	}

	@Test
	void continuesAfterLineThatArrivedWithOthers(ProcessManager processes) {
		RunningProcess process = processes.shell("printf 'ok\\nno\\nok\\n\\nok'; exec sleep 300").start();

		for (int i = 0; i < 3; i++) {
			assertThat(process.waitUntilNext((type, line) -> line.equals("ok"), SOON)).isEqualTo(OutputMatch.MATCHED);
		}

		assertThat(process.waitUntilNext((type, line) -> true, Duration.ofMillis(50))).isEqualTo(OutputMatch.TIMED_OUT);
		process.kill();
		assertThat(process.waitUntilNext((type, line) -> true, SOON)).isEqualTo(OutputMatch.ENDED);
	}

	@Test
	void treatsRestOfLineAsSeparateLine(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("printf 'continue? '; read x; echo; echo 'done'").start();

		assertThat(process.waitUntilNext((type, line) -> line.endsWith("? "), SOON)).isEqualTo(OutputMatch.MATCHED);
		process.stdin().writeLine("y");
		AtomicReference<String> next = new AtomicReference<>();
		process.waitUntilNext((type, line) -> {
			next.set(line);
			return line.equals("done");
		}, SOON);

		assertThat(next).hasValue("done");
	}

	@Test
	void refusesConcurrentWaitsForNextMatch(ProcessManager processes) {
		RunningProcess process = processes.shell("echo one; exec sleep 300").start();
		CountDownLatch within = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		CompletableFuture<OutputMatch> first = CompletableFuture
			.supplyAsync(() -> process.waitUntilNext((type, line) -> {
				within.countDown();
				Threads.hold(release);
				return true;
			}, SOON));
		Threads.hold(within);

		assertThatIllegalStateException().isThrownBy(() -> process.waitUntilNext((type, line) -> true, SOON))
			.withMessageContaining("Another thread is waiting");

		release.countDown();
		assertThat(first.join()).isEqualTo(OutputMatch.MATCHED);
		process.kill();
	}

	@Test
	void matchesLastLineTooLongForPrompt(ProcessManager processes) {
		RunningProcess process = processes.shell("printf '%09000d' 7").start();

		assertThat(process.waitUntil((type, line) -> line.endsWith("07"), SOON)).isTrue();
		assertThat(process.waitUntilNext((type, line) -> line.endsWith("07"), SOON)).isEqualTo(OutputMatch.MATCHED);
	}

	@Test
	void matchesPromptWhileOtherStreamContinues(ProcessManager processes) {
		RunningProcess process = processes.shell("printf 'name? '; while :; do echo x >&2; done")
			.keepLast(10_000)
			.start();
		Stopwatch watch = Stopwatch.started();

		assertThat(process.waitUntil((type, line) -> line.equals("name? "), SOON.multipliedBy(2))).isTrue();

		assertThat(watch.elapsed()).isLessThan(SOON);
		process.kill();
	}

	@Test
	void timesOutWhenOutputArrivesFasterThanItIsScanned(ProcessManager processes) {
		RunningProcess process = processes.command("yes").keepLast(10_000).start();
		Stopwatch watch = Stopwatch.started();

		assertThat(process.waitUntil((type, line) -> line.repeat(200_000).equals("no"), Duration.ofMillis(500)))
			.isFalse();

		assertThat(watch.elapsed()).isLessThan(SOON);
		process.kill();
	}

	// --- the tail

	@Test
	void hasCompleteOutputOnceNoLongerRunning(ProcessManager processes) {
		CountDownLatch release = new CountDownLatch(1);
		PendingProcess slow = processes.shell("echo one; read x; echo two; echo three >&2")
			.drain(SOON)
			.onOutput((type, bytes) -> Threads.hold(release));
		RunningProcess process = slow.start();
		await().atMost(SOON).until(() -> process.output().equals("one\n"));
		closeInput(process);
		await().atMost(SOON).until(() -> !process.isRunning());

		CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS).execute(release::countDown);

		assertThat(process.output()).isEqualTo("one\ntwo\n");
		assertThat(process.latestOutput()).isEqualTo("one\ntwo\n");
		assertThat(process.errorOutput()).isEqualTo("three\n");
	}

	@Test
	void alwaysHasTailOfOutput(ProcessManager processes) {
		for (int i = 0; i < 50; i++) {
			RunningProcess process = processes.shell("echo begin; echo end").start();
			StringBuilder seen = new StringBuilder();
			while (process.isRunning()) {
				seen.append(process.latestOutput());
			}
			seen.append(process.latestOutput());

			assertThat(seen).hasToString("begin\nend\n");
		}
	}

	@Test
	void waitsForTailAtMostDrain(ProcessManager processes) {
		RunningProcess process = processes.shell("sleep 300 & echo left").drain(Duration.ofMillis(200)).start();
		await().atMost(SOON).until(() -> !process.isRunning());
		Stopwatch watch = Stopwatch.started();

		assertThat(process.output()).isEqualTo("left\n");

		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void doesNotWaitForTailInListener(ProcessManager processes) {
		AtomicReference<RunningProcess> self = new AtomicReference<>();
		CompletableFuture<String> seen = new CompletableFuture<>();
		CountDownLatch started = new CountDownLatch(1);
		self.set(processes.shell("echo one; echo two >&2").drain(SOON).onLine((type, line) -> {
			Threads.hold(started);
			RunningProcess process = self.get();
			await().atMost(SOON).until(() -> !process.isRunning());
			seen.complete(process.output() + process.errorOutput());
		}).start());
		Stopwatch watch = Stopwatch.started();
		started.countDown();

		assertThat(seen.join()).containsAnyOf("one", "two");
		self.get().waitFor();
		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	// --- time

	@Test
	void reportsTimeoutAsSoonAsExceeded(ProcessManager processes) {
		RunningProcess process = processes.shell(Scripts.IGNORES_TERM)
			.timeout(Duration.ofSeconds(1))
			.stopGrace(Duration.ofSeconds(300))
			.start();

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(() -> {
			while (process.isRunning()) {
				process.ensureNotTimedOut();
			}
		})
			.withMessageContaining("exceeded its timeout of 1s and is being stopped: raise it")
			.satisfies((ex) -> assertThat(ex.result()).isEmpty());

		assertThat(process.isRunning()).isTrue();
		process.kill();
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(process::waitFor);
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(process::ensureNotTimedOut)
			.satisfies((ex) -> assertThat(ex.result()).isPresent());
	}

	@Test
	void reportsIdleTimeoutAsSoonAsExceeded(ProcessManager processes) {
		RunningProcess process = processes.shell(Scripts.IGNORES_TERM)
			.idleTimeout(Duration.ofSeconds(1))
			.stopGrace(Duration.ofSeconds(300))
			.start();

		assertThatExceptionOfType(ProcessIdleTimedOutException.class).isThrownBy(() -> {
			while (process.isRunning()) {
				process.ensureNotTimedOut();
			}
		}).withMessageContaining("its idle timeout of 1s and is being stopped");

		process.kill();
	}

	// --- messages

	@Test
	void showsEndOfStandardOutputIfStandardErrorIsEmpty(ProcessManager processes) {
		String secret = "planted-4711";

		assertThat(processes.shell("echo '[ERROR] no'; echo pass $X; exit 1")
			.env("DB_PASSWORD", secret)
			.env("X", secret)
			.run())
			.satisfies((result) -> assertThatExceptionOfType(ProcessFailedException.class)
				.isThrownBy(result::throwIfFailed)
				.withMessageEndingWith("; stdout ends: \"[ERROR] no | pass ***\""));
		assertThat(processes.shell("echo out; echo err >&2; exit 1").run()).satisfies(
				(result) -> assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
					.withMessageEndingWith("; stderr ends: \"err\""));
		assertThat(processes.shell("echo out; echo err >&2; exit 1").mergeErrorOutput().run()).satisfies(
				(result) -> assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
					.withMessageEndingWith("; stdout ends: \"out | err\""));
	}

	@Test
	void doesNotShowInputTypedIntoTerminal(ProcessManager processes) {
		// a terminal echoes input that arrives before its program disables echo
		ProcessResult result = processes.shell("read x; exit 1").pty(80, 24).input("planted-4711\n").run();

		assertThat(result.output()).contains("planted-4711");
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("planted"));
	}

	private static void closeInput(RunningProcess process) {
		try {
			process.stdin().close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
