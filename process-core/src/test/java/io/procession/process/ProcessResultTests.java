package io.procession.process;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ProcessResultTests {

	private static final ProcessSpec SPEC = ProcessSpec.of(Command.of("pg_dump", "shop"));

	static ProcessResult.Builder result(int exitCode, ExitCause cause) {
		return ProcessResult.builder(SPEC)
			.pid(4711)
			.exit(exitCode, cause)
			.times(Instant.EPOCH, Duration.ofMillis(3200));
	}

	private static CapturedOutput text(String text) {
		return CapturedOutput.of(List.of(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8, 0);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'',            -
			'a',           a
			'a\\n',        a
			'a\\nb',       a|b
			'a\\r\\nb',    a|b
			'a\\rb\\r',    a|b
			'\\n',         ''
			'\\r\\n',      ''
			'\\n\\r',      '|'
			'a\\n\\n\\nb', a|||b
			'\\r\\r\\n\\n', '||'
			' a \\n',      ' a '
			""")
	void splitsOutputIntoLines(String output, String lines) {
		ProcessResult result = result(0, ExitCause.EXITED)
			.output(text(output.replace("\\n", "\n").replace("\\r", "\r")), text(""), true)
			.build();

		assertThat(result.outputLines())
			.isEqualTo(lines.equals("-") ? List.of() : Arrays.asList(lines.split("\\|", -1)));
	}

	@Test
	void treatsOnlyLineFeedsAndCarriageReturnsAsLineEndings() {
		ProcessResult result = result(0, ExitCause.EXITED)
			.output(text("a\u0085b\u2028c\u000bd\fe\u001ef\ng"), text(""), true)
			.build();

		assertThat(result.outputLines()).containsExactly("a\u0085b\u2028c\u000bd\fe\u001ef", "g");
	}

	@ParameterizedTest
	@CsvSource({ "0, EXITED, true", "1, EXITED, false", "0, STOPPED, false", "0, KILLED, false", "0, TIMED_OUT, false",
			"0, IDLE_TIMED_OUT, false", "0, OUTPUT_LIMIT, false", "0, SHUTDOWN, false", "143, SIGNALED, false",
			"137, LOST, false" })
	void isSuccessfulIfExitedWithSuccessCode(int exitCode, ExitCause cause, boolean successful) {
		ProcessResult result = result(exitCode, cause).build();

		assertThat(result.successful()).isEqualTo(successful);
		assertThat(result.failed()).isNotEqualTo(successful);
	}

	@Test
	void usesSuccessExitCodesOfSpec() {
		ProcessSpec spec = SPEC.toBuilder().successExitCodes(3, 143).build();

		assertThat(ProcessResult.builder(spec).exit(3, ExitCause.EXITED).build().successful()).isTrue();
		assertThat(ProcessResult.builder(spec).exit(143, ExitCause.SIGNALED).build().successful()).isTrue();
		assertThat(ProcessResult.builder(spec).exit(143, ExitCause.STOPPED).build().successful()).isFalse();
		assertThat(ProcessResult.builder(spec).exit(0, ExitCause.EXITED).build().successful()).isFalse();
	}

	@Test
	void derivesSignalFromExitCode() {
		assertThat(result(137, ExitCause.SIGNALED).build().signal()).contains(Signal.KILL);
		assertThat(result(143, ExitCause.STOPPED).build().signal()).contains(Signal.TERM);
		assertThat(result(1, ExitCause.EXITED).build().signal()).isEmpty();
		assertThat(result(127, ExitCause.EXITED).build().signal()).isEmpty();
	}

	@Test
	void throwsOnRequest() {
		ProcessResult failed = result(1, ExitCause.EXITED).errorTail(() -> "connection refused").build();
		ProcessResult successful = result(0, ExitCause.EXITED).build();

		assertThat(successful.throwIfFailed()).isSameAs(successful);
		assertThat(failed.throwIf(false)).isSameAs(failed);
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(failed::throwIfFailed)
			.withMessage("Command 'pg_dump shop' exited with 1 after 3.2s (success is 0);"
					+ " stderr ends: \"connection refused\"")
			.satisfies((ex) -> {
				assertThat(ex.exitCode()).isEqualTo(1);
				assertThat(ex.result()).containsSame(failed);
				assertThat(ex.command()).isEqualTo(SPEC.command());
			});
	}

	@ParameterizedTest
	@EnumSource(ExitCause.class)
	void describesFailure(ExitCause cause) {
		ProcessFailedException ex = new ProcessFailedException(result(137, cause).build());

		assertThat(ex.getMessage()).startsWith("Command 'pg_dump shop' ").endsWith("after 3.2s (success is 0)");
		if (cause == ExitCause.SIGNALED) {
			assertThat(ex.getMessage()).contains("signal KILL");
		}
	}

	@Test
	void refusesFailureOfSuccessfulResult() {
		ProcessResult successful = result(0, ExitCause.EXITED).build();

		assertThatIllegalArgumentException().isThrownBy(() -> new ProcessFailedException(successful));
	}

	@Test
	void throwsItsStartError() {
		ProcessStartException error = new ProcessStartException(SPEC, ProcessStartException.Reason.NOT_FOUND,
				"no program 'pg_dump'", null);
		ProcessResult result = error.result().orElseThrow();

		assertThat(result.exitCode()).isEqualTo(127);
		assertThat(result.pid()).isZero();
		assertThat(result.cause()).isEqualTo(ExitCause.START_FAILED);
		assertThat(result.signal()).isEmpty();
		assertThat(result.startError()).containsSame(error);
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(result::throwIfFailed).isSameAs(error);
	}

	@Test
	void showsNoOutput() {
		ProcessResult result = result(1, ExitCause.EXITED).output(text("planted"), text("planted"), true).build();

		assertThat(result.toString()).contains("pg_dump", "4711", "exitCode=1").doesNotContain("planted");
	}

	@Test
	void computesErrorTailLazily() {
		AtomicInteger requested = new AtomicInteger();
		ProcessResult failed = result(1, ExitCause.EXITED).errorTail(() -> "asked " + requested.incrementAndGet())
			.build();
		assertThat(failed.failed()).isTrue();
		assertThat(failed.toString()).doesNotContain("asked");

		assertThat(requested).hasValue(0);
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(failed::throwIfFailed)
			.withMessageContaining("asked 1");
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(failed::throwIfFailed)
			.withMessageContaining("asked 1");
	}

}
