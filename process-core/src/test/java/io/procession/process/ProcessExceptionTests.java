package io.procession.process;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessExceptionTests {

	private static final Command COMMAND = Command.of("mysql").withArgument(Secret.of("hunter2"));

	private static final ProcessResult RESULT = ProcessResult.builder(ProcessSpec.of(COMMAND))
		.exit(143, ExitCause.TIMED_OUT)
		.errorTail(() -> "waiting for lock")
		.build();

	@Test
	void describesExceededTimeout() {
		ProcessTimedOutException ex = new ProcessTimedOutException(Duration.ofMillis(1500), "raise it", RESULT);

		assertThat(ex)
			.hasMessage("Command 'mysql ***' exceeded its timeout of 1.5s and was stopped: raise it;"
					+ " stderr ends: \"waiting for lock\"")
			.hasNoCause();
		assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofMillis(1500));
		assertThat(ex.result()).containsSame(RESULT);
		assertThat(ex.command()).isEqualTo(COMMAND);
	}

	@Test
	void describesExceededIdleTimeout() {
		ProcessIdleTimedOutException ex = new ProcessIdleTimedOutException(Duration.ofSeconds(30), "raise it", RESULT);

		assertThat(ex).isInstanceOf(ProcessTimedOutException.class)
			.hasMessage("Command 'mysql ***' wrote no output for its idle timeout of 30s and was stopped: raise it;"
					+ " stderr ends: \"waiting for lock\"");
		assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofSeconds(30));
	}

	@ParameterizedTest
	@CsvSource({ "1, 1ms", "999, 999ms", "1000, 1s", "1099, 1s", "1100, 1.1s", "3200, 3.2s", "60000, 60s" })
	void formatsDurationsForHumans(long millis, String shown) {
		assertThat(new ProcessTimedOutException(Duration.ofMillis(millis), "raise it", RESULT))
			.hasMessageContaining("timeout of " + shown + " and");
	}

	@Test
	void describesOutputLimitThatWasExceeded() {
		assertThat(new ProcessOutputLimitException(1024, "raise it with outputLimit(...)", RESULT))
			.hasMessage("Command 'mysql ***' exceeded its output limit of 1024 bytes and was stopped: raise it"
					+ " with outputLimit(...), or keep only the end with keepLast(...);"
					+ " stderr ends: \"waiting for lock\"");
	}

	@Test
	void describesReasonOfRejection() {
		ProcessRejectedException ex = new ProcessRejectedException(COMMAND, ProcessRejectedException.Reason.CLOSED,
				"the manager is closed");

		assertThat(ex).hasMessage("Command 'mysql ***' was not started: the manager is closed");
		assertThat(ex.reason()).isEqualTo(ProcessRejectedException.Reason.CLOSED);
		assertThat(ex.result()).isEmpty();
	}

	@Test
	void describesStateOfProcessAfterInterrupt() {
		InterruptedException cause = new InterruptedException();

		assertThat(new ProcessInterruptedException(COMMAND, "it was stopped", RESULT, cause))
			.hasMessage("Interrupted while waiting for command 'mysql ***': it was stopped")
			.hasCause(cause);
	}

	@ParameterizedTest
	@EnumSource(ProcessStartException.Reason.class)
	void returnsShellExitCodeIfStartFailed(ProcessStartException.Reason reason) {
		ProcessStartException ex = new ProcessStartException(ProcessSpec.of(COMMAND), reason, "the detail", null);

		assertThat(ex).hasMessage("Command 'mysql ***' could not be started: the detail");
		assertThat(ex.reason()).isEqualTo(reason);
		assertThat(ex.result().orElseThrow().exitCode())
			.isEqualTo((reason == ProcessStartException.Reason.NOT_FOUND) ? 127 : 126);
	}

	private static List<ProcessException> all() {
		ProcessSpec spec = ProcessSpec.of(COMMAND);
		return List.of(new ProcessTimedOutException(Duration.ofSeconds(1), "raise it", RESULT),
				new ProcessIdleTimedOutException(Duration.ofSeconds(1), "raise it", RESULT),
				new ProcessOutputLimitException(1, "raise it", RESULT), new ProcessFailedException(RESULT),
				new ProcessRejectedException(COMMAND, ProcessRejectedException.Reason.FULL, "full"),
				new ProcessInterruptedException(COMMAND, "it was stopped", RESULT, null),
				new ProcessStartException(spec, ProcessStartException.Reason.NOT_FOUND, "the detail", null),
				new ProcessDeniedException(spec, "a rule", "allow it", new IllegalStateException("no")));
	}

	@ParameterizedTest
	@MethodSource("all")
	void canBeSerialized(ProcessException ex) throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(ex);
		}
		assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain("hunter2");

		ProcessException read;
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			read = (ProcessException) in.readObject();
		}

		assertThat(read).isExactlyInstanceOf(ex.getClass()).hasMessage(ex.getMessage());
		assertThat(read.result()).isEmpty();
		assertThat(read.command()).hasToString("mysql ***");
		if (read instanceof ProcessFailedException failed) {
			assertThat(failed.exitCode()).isEqualTo(143);
		}
		if (read instanceof ProcessStartException start) {
			assertThat(start.reason()).isEqualTo(((ProcessStartException) ex).reason());
		}
	}

	@Test
	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void handlesCircularCauses() {
		IllegalStateException first = new IllegalStateException("first");
		IllegalStateException second = new IllegalStateException("second", first);
		first.initCause(second);
		second.addSuppressed(first);

		assertThat(start(first)).hasCause(first);
		assertThat(start(second)).hasCause(second);
		first.addSuppressed(new IllegalStateException("hunter2"));
		assertThat(start(second)).hasNoCause();
	}

	private static ProcessStartException start(Throwable cause) {
		return new ProcessStartException(ProcessSpec.of(COMMAND), ProcessStartException.Reason.DENIED, "no", cause);
	}

	@Test
	void hasNoCauseThatRevealsSecret() {
		IllegalStateException suppressing = new IllegalStateException("no");
		suppressing.addSuppressed(new IllegalStateException("no", new IllegalStateException("hunter2")));
		Throwable silent = new IllegalStateException("hunter2") {

			@Override
			public String toString() {
				return "silent";
			}

		};
		Throwable failing = new IllegalStateException() {

			@Override
			public String getMessage() {
				throw new IllegalStateException("hunter2");
			}

		};

		assertThat(start(suppressing)).hasNoCause();
		assertThat(start(silent)).hasNoCause();
		assertThat(start(failing)).hasNoCause();
		assertThat(start(new IllegalStateException("no", new IllegalStateException("why"))))
			.hasCauseExactlyInstanceOf(IllegalStateException.class);
	}

	@Test
	void isSingleLine() {
		ProcessSpec spec = ProcessSpec.of(Command.of("a\nb", "\u001b[2J"));

		assertThat(new ProcessDeniedException(spec, "rule\nfaked", "x\u2028y", null))
			.hasMessage(
					"Command '$'a\\nb' $'\\u001b[2J'' could not be started: it is denied by rule\\nfaked: x\\u2028y")
			.satisfies((ex) -> assertThat(ex.rule()).isEqualTo("rule\\nfaked"));
	}

	@Test
	void truncatesLongCommand() {
		ProcessRejectedException ex = new ProcessRejectedException(Command.of("echo", "x".repeat(10_000)),
				ProcessRejectedException.Reason.FULL, "full");

		assertThat(ex.getMessage()).hasSizeLessThan(400).contains("...");
	}

}
