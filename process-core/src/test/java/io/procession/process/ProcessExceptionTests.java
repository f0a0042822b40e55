package io.procession.process;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessExceptionTests {

	private static final Command COMMAND = Command.of("mysql").withArgument(Secret.of("hunter2"));

	private static final ProcessResult RESULT = ProcessResult.builder(ProcessSpec.of(COMMAND))
		.exit(143, ExitCause.TIMED_OUT)
		.errorTail(() -> "waiting for lock")
		.build();

	@Test
	void saysWhichTimeoutWasExceeded() {
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
	void saysHowLongItWasSilent() {
		ProcessIdleTimedOutException ex = new ProcessIdleTimedOutException(Duration.ofSeconds(30), "raise it", RESULT);

		assertThat(ex).isInstanceOf(ProcessTimedOutException.class)
			.hasMessage("Command 'mysql ***' wrote nothing for 30s, its idle timeout, and was stopped: raise it;"
					+ " stderr ends: \"waiting for lock\"");
		assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofSeconds(30));
	}

	@ParameterizedTest
	@CsvSource({ "1, 1ms", "999, 999ms", "1000, 1s", "1099, 1s", "1100, 1.1s", "3200, 3.2s", "60000, 60s" })
	void showsDurationsAsPeopleDo(long millis, String shown) {
		assertThat(new ProcessTimedOutException(Duration.ofMillis(millis), "raise it", RESULT))
			.hasMessageContaining("timeout of " + shown + " and");
	}

	@Test
	void saysHowMuchWasAllowed() {
		assertThat(new ProcessOutputLimitException(1024, "raise it with outputLimit(...)", RESULT))
			.hasMessage("Command 'mysql ***' wrote more than its output limit of 1024 bytes and was stopped: raise it"
					+ " with outputLimit(...), or keep only the end with keepLast(...);"
					+ " stderr ends: \"waiting for lock\"");
	}

	@Test
	void saysWhyItWasRejected() {
		ProcessRejectedException ex = new ProcessRejectedException(COMMAND, ProcessRejectedException.Reason.CLOSED,
				"the manager is closed");

		assertThat(ex).hasMessage("Command 'mysql ***' was not started: the manager is closed");
		assertThat(ex.reason()).isEqualTo(ProcessRejectedException.Reason.CLOSED);
		assertThat(ex.result()).isEmpty();
	}

	@Test
	void saysWhatBecameOfTheOneThatWasWaitedFor() {
		InterruptedException cause = new InterruptedException();

		assertThat(new ProcessInterruptedException(COMMAND, "it was stopped", RESULT, cause))
			.hasMessage("Command 'mysql ***' was waited for by a thread that was interrupted: it was stopped")
			.hasCause(cause);
	}

	@ParameterizedTest
	@EnumSource(ProcessStartException.Reason.class)
	void givesTheExitCodeOfAShellWhereNothingStarted(ProcessStartException.Reason reason) {
		ProcessStartException ex = new ProcessStartException(ProcessSpec.of(COMMAND), reason, "the detail", null);

		assertThat(ex).hasMessage("Command 'mysql ***' could not be started: the detail");
		assertThat(ex.reason()).isEqualTo(reason);
		assertThat(ex.result().orElseThrow().exitCode())
			.isEqualTo((reason == ProcessStartException.Reason.NOT_FOUND) ? 127 : 126);
	}

	@Test
	void cutsALongCommand() {
		ProcessRejectedException ex = new ProcessRejectedException(Command.of("echo", "x".repeat(10_000)),
				ProcessRejectedException.Reason.FULL, "full");

		assertThat(ex.getMessage()).hasSizeLessThan(400).contains("...");
	}

}
