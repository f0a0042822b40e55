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
		.errorTail("waiting for lock")
		.build();

	@Test
	void saysWhichTimeoutWasExceeded() {
		ProcessTimedOutException ex = new ProcessTimedOutException(Duration.ofMillis(1500), RESULT);

		assertThat(ex)
			.hasMessage("Command 'mysql ***' exceeded its timeout of 1.5s and was stopped;"
					+ " stderr ends: \"waiting for lock\"")
			.hasNoCause();
		assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofMillis(1500));
		assertThat(ex.result()).containsSame(RESULT);
		assertThat(ex.command()).isEqualTo(COMMAND);
	}

	@Test
	void saysHowLongItWasSilent() {
		ProcessIdleTimedOutException ex = new ProcessIdleTimedOutException(Duration.ofSeconds(30), RESULT);

		assertThat(ex).isInstanceOf(ProcessTimedOutException.class)
			.hasMessageContaining("wrote nothing for 30s, its idle timeout");
		assertThat(ex.exceededTimeout()).isEqualTo(Duration.ofSeconds(30));
	}

	@ParameterizedTest
	@CsvSource({ "1, 1ms", "999, 999ms", "1000, 1s", "1099, 1s", "1100, 1.1s", "3200, 3.2s", "60000, 60s" })
	void showsDurationsAsPeopleDo(long millis, String shown) {
		assertThat(new ProcessTimedOutException(Duration.ofMillis(millis), RESULT))
			.hasMessageContaining("timeout of " + shown + " and");
	}

	@Test
	void saysHowMuchWasAllowed() {
		assertThat(new ProcessOutputLimitException(1024, RESULT)).hasMessageContaining("output limit of 1024 bytes");
	}

	@Test
	void saysWhyItWasRejected() {
		ProcessRejectedException ex = new ProcessRejectedException(COMMAND, "the manager is closed");

		assertThat(ex).hasMessage("Command 'mysql ***' was not started: the manager is closed");
		assertThat(ex.result()).isEmpty();
	}

	@Test
	void saysWhetherTheInterruptedProcessWasStopped() {
		InterruptedException cause = new InterruptedException();

		assertThat(new ProcessInterruptedException(COMMAND, RESULT, cause)).hasMessageContaining("which was stopped")
			.hasCause(cause);
		assertThat(new ProcessInterruptedException(COMMAND, null, cause)).hasMessageNotContaining("stopped");
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
		ProcessRejectedException ex = new ProcessRejectedException(Command.of("echo", "x".repeat(10_000)), "full");

		assertThat(ex.getMessage()).hasSizeLessThan(400).contains("...");
	}

}
