package io.procession.test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.procession.ProcessManager;
import io.procession.execution.OutputMatch;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.test.junit.FakeProcessesExtension;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for fakes with prompts, pulled output and timeouts.
 */
@ExtendWith(FakeProcessesExtension.class)
class FakeDialogueTests {

	@Test
	void writesPrompt(FakeProcesses processes, ProcessManager manager) throws IOException {
		processes.stub("login").output("User: ").repliesToLines((line) -> line.equals("ada") ? "User: " : "welcome");

		RunningProcess login = manager.start("login");
		assertThat(login.waitUntil((type, line) -> line.equals("User: "), Duration.ofSeconds(10))).isTrue();
		assertThat(login.waitUntilNext((type, line) -> line.equals("User: "), Duration.ofSeconds(10)))
			.isEqualTo(OutputMatch.MATCHED);
		assertThat(login.waitUntilNext((type, line) -> line.equals("User: "), Duration.ofSeconds(10)))
			.isEqualTo(OutputMatch.TIMED_OUT);
		login.stdin().writeLine("ada");
		assertThat(login.waitUntilNext((type, line) -> line.equals("User: "), Duration.ofSeconds(10)))
			.isEqualTo(OutputMatch.MATCHED);
		login.stdin().close();
		assertThat(login.waitUntilNext((type, line) -> line.equals("User: "), Duration.ofSeconds(10)))
			.isEqualTo(OutputMatch.ENDED);
	}

	@Test
	void writesPromptWhileErrorOutputContinues(FakeProcesses processes, ProcessManager manager) {
		FakeProcess login = processes.stub("login").output("User: ");
		for (int i = 0; i < 500; i++) {
			login.after(Duration.ofMillis(20)).errorOutput("still here\n");
		}
		Instant began = processes.time().now();

		assertThat(manager.start("login").waitUntil((type, line) -> line.equals("User: "), Duration.ofMinutes(1)))
			.isTrue();

		assertThat(Duration.between(began, processes.time().now())).isLessThan(Duration.ofSeconds(1));
	}

	@Test
	void supportsPulledOutput(FakeProcesses processes, ProcessManager manager) {
		processes.stub("list").outputLines("one", "two").after(Duration.ofSeconds(3)).output("x".repeat(200_000));

		RunningProcess list = manager.command("list").pullOutput().start();
		try (Stream<String> lines = list.lines()) {
			assertThat(lines.map(String::length)).containsExactly(3, 3, 200_000);
		}
		assertThat(list.waitFor()).isSuccessful();
	}

	@Test
	void notifiesReaderOfStop(FakeProcesses processes, ProcessManager manager) {
		processes.stub("hang").outputLines("one").hangs();

		RunningProcess hang = manager.command("hang").pullOutput().timeout(Duration.ofMinutes(5)).start();

		assertThatIOException().isThrownBy(() -> hang.stdout().readAllBytes())
			.withMessageContaining("the process was stopped");
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(hang::ensureNotTimedOut);
	}

	@Test
	void reportsTimeoutWhileBeingStopped(FakeProcesses processes, ProcessManager manager) {
		processes.stub("stubborn").ignores(Signal.TERM).hangs();

		RunningProcess stubborn = manager.command("stubborn")
			.timeout(Duration.ofMinutes(5))
			.stopGrace(Duration.ofMinutes(1))
			.start();
		processes.advance(Duration.ofMinutes(5));

		assertThat(stubborn.isRunning()).isTrue();
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(stubborn::ensureNotTimedOut)
			.withMessageContaining("is being stopped");
	}

	@Test
	void inheritsEmptyInput(FakeProcesses processes, ProcessManager manager) {
		processes.stub("cat").repliesWith((call) -> "[" + call.input() + "]");

		assertThat(manager.command("cat").inheritInput().run()).hasOutput("[]");
	}

}
