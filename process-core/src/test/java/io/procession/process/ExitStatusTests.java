package io.procession.process;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ExitStatusTests {

	@Test
	void exitHasCodeAndNoSignal() {
		ExitStatus status = ExitStatus.exited(137);

		assertThat(status.code()).isEqualTo(137);
		assertThat(status.signal()).isEmpty();
	}

	@Test
	void signalHasCodeOfShell() {
		ExitStatus status = ExitStatus.signaled(Signal.realTime(3));

		assertThat(status.code()).isEqualTo(128 + 37);
		assertThat(status.signal()).hasValue(Signal.realTime(3));
	}

	@Test
	void takesCodeOfStandardSignalForSignal() {
		assertThat(ExitStatus.ofShellCode(143)).isEqualTo(ExitStatus.signaled(Signal.TERM));
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 1, 128, 160, 165, 255, 256 })
	void takesOtherCodeForExit(int code) {
		assertThat(ExitStatus.ofShellCode(code)).isEqualTo(ExitStatus.exited(code));
	}

	@Test
	void resultReportsStatusWithoutGuessing() {
		ProcessResult.Builder builder = ProcessResult.builder(ProcessSpec.of(Command.of("true")));

		assertThat(builder.exit(ExitStatus.exited(137), ExitCause.EXITED).build().signal()).isEmpty();
		assertThat(builder.exit(ExitStatus.signaled(Signal.KILL), ExitCause.SIGNALED).build().signal())
			.hasValue(Signal.KILL);
		assertThat(builder.exit(137, ExitCause.SIGNALED).build().signal()).hasValue(Signal.KILL);
	}

}
