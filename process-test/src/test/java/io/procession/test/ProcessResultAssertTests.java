package io.procession.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

import io.procession.process.CapturedOutput;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.Secret;
import io.procession.process.Signal;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ProcessResultAssertTests {

	private static final ProcessResult DONE = result(0, ExitCause.EXITED, "two\nlines\n", "");

	private static final ProcessResult BROKEN = result(3, ExitCause.EXITED, "half a ", "disk full\n");

	private static final ProcessResult KILLED = result(137, ExitCause.SIGNALED, "", "");

	@Test
	void passesIfTrue() {
		assertThatNoException().isThrownBy(() -> {
			assertThat(DONE).isSuccessful().hasExitCode(0).hasCause(ExitCause.EXITED).hasErrorOutput("");
			assertThat(DONE).hasOutputContaining("lin");
			assertThat(BROKEN).hasFailed().hasExitCode(3).hasOutput("half a ").hasErrorOutputContaining("full");
			assertThat(KILLED).hasFailed().wasSignaledBy(Signal.KILL).hasCause(ExitCause.SIGNALED);
			assertThat(result(143, ExitCause.TIMED_OUT, "", "")).timedOut().wasSignaledBy(Signal.TERM);
			assertThat(result(143, ExitCause.IDLE_TIMED_OUT, "", "")).timedOut();
		});
	}

	@Test
	void failsIfFalse() {
		assertFails(() -> assertThat(BROKEN).isSuccessful(), "to be successful");
		assertFails(() -> assertThat(DONE).hasFailed(), "to have failed");
		assertFails(() -> assertThat(BROKEN).hasExitCode(4), "to have exit code 4");
		assertFails(() -> assertThat(BROKEN).hasCause(ExitCause.STOPPED), "to have cause STOPPED");
		assertFails(() -> assertThat(KILLED).wasSignaledBy(Signal.TERM), "to have been ended by signal TERM");
		assertFails(() -> assertThat(DONE).wasSignaledBy(Signal.TERM), "to have been ended by signal TERM");
		assertFails(() -> assertThat(KILLED).timedOut(), "to have timed out");
		assertFails(() -> assertThat(DONE).hasOutput("one"), "to have standard output:\n  one");
		assertFails(() -> assertThat(DONE).hasOutputContaining("one"), "to have standard output containing:\n  one");
		assertFails(() -> assertThat(BROKEN).hasErrorOutput("disk"), "to have standard error:\n  disk");
		assertFails(() -> assertThat(BROKEN).hasErrorOutputContaining("one"),
				"to have standard error containing:\n  one");
	}

	@Test
	void ignoresTrailingLineEndOfOutput() {
		ProcessResult twoLineEnds = result(0, ExitCause.EXITED, "a\n\n", "b\r\n");

		assertThat(DONE).hasOutput("two\nlines").hasOutput("two\nlines\n");
		assertThat(twoLineEnds).hasOutput("a\n").hasErrorOutput("b");
		assertFails(() -> assertThat(twoLineEnds).hasOutput("a"), "to have standard output");
		assertFails(() -> assertThat(BROKEN).hasOutput("half a \n"), "to have standard output");
	}

	@Test
	void treatsEmptyTextAsNoOutput() {
		assertThat(KILLED).hasOutput("").hasErrorOutput("");
		assertFails(() -> assertThat(result(0, ExitCause.EXITED, "\n", "")).hasOutput(""), "to have standard output");
	}

	@Test
	void reportsAllDetailsOnFailure() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(BROKEN).as("nightly import").isSuccessful())
			.withMessage("""
					[nightly import]\s
					Expecting command:
					  import --password *** '100 %s'
					to be successful
					It ended with exit code 3, cause EXITED, after 1500 ms
					Standard output:
					  half a\s
					Standard error:
					  disk full
					""");
	}

	@Test
	void reportsSignal() {
		assertFails(() -> assertThat(KILLED).isSuccessful(),
				"It ended with exit code 137 (signal KILL), cause SIGNALED, after 1500 ms");
	}

	@Test
	void reportsWhyProcessWasNotStarted() {
		ProcessStartException error = new ProcessStartException(ProcessSpec.of(Command.of("importt")),
				ProcessStartException.Reason.NOT_FOUND, "no such program", null);

		ProcessResult result = error.result().orElseThrow();

		assertThat(result).hasFailed().hasExitCode(127).hasCause(ExitCause.START_FAILED);
		assertFails(() -> assertThat(result).isSuccessful(), "Command 'importt' could not be started: no such program");
	}

	@Test
	void showsOnlyEndOfLongOutput() {
		String lines = IntStream.rangeClosed(1, 100).mapToObj((i) -> "line " + i + "\n").collect(Collectors.joining());
		ProcessResult manyLines = result(1, ExitCause.EXITED, lines, "x".repeat(1_000_000));

		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(manyLines).isSuccessful())
			.withMessageContaining("Standard output ends:\n  line 81\n  line 82\n")
			.withMessageContaining("  line 100\nStandard error ends:\n  xxx")
			.satisfies((error) -> assertThat(error.getMessage()).hasSizeLessThan(3000));
	}

	@Test
	void supportsDiffInTools() {
		assertThatExceptionOfType(AssertionFailedError.class).isThrownBy(() -> assertThat(BROKEN).hasExitCode(4))
			.satisfies((error) -> {
				assertThat(error.getActual().getValue()).isEqualTo(3);
				assertThat(error.getExpected().getValue()).isEqualTo(4);
			});
	}

	@Test
	void refusesNull() {
		assertFails(() -> assertThat((ProcessResult) null).isSuccessful(), "Expecting actual not to be null");
		assertFails(() -> assertThat((ProcessResult) null).hasOutput(""), "Expecting actual not to be null");
	}

	private static void assertFails(ThrowingCallable assertion, String message) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion).withMessageContaining(message);
	}

	private static ProcessResult result(int exitCode, ExitCause cause, String output, String errorOutput) {
		Command command = Command.of("import", "--password").withArgument(Secret.of("hunter2")).withArgument("100 %s");
		return ProcessResult.builder(ProcessSpec.of(command))
			.pid(4711)
			.exit(exitCode, cause)
			.output(captured(output), captured(errorOutput), true)
			.times(Instant.EPOCH, Duration.ofMillis(1500))
			.build();
	}

	private static CapturedOutput captured(String text) {
		return CapturedOutput.of(List.of(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8, 0);
	}

}
