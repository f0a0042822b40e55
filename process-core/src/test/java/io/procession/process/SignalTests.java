package io.procession.process;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SignalTests {

	@ParameterizedTest
	@CsvSource({ "HUP, 1", "INT, 2", "QUIT, 3", "KILL, 9", "USR1, 10", "USR2, 12", "TERM, 15", "CONT, 18", "STOP, 19" })
	void hasTheNumberOfLinux(Signal signal, int number) {
		assertThat(signal.number()).isEqualTo(number);
		assertThat(signal.exitCode()).isEqualTo(128 + number);
	}

	@ParameterizedTest
	@EnumSource
	void isReadFromAnExitCode(Signal signal) {
		assertThat(Signal.fromExitCode(signal.exitCode())).contains(signal);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 15, 126, 127, 128, 255, -1 })
	void isNotInAnOrdinaryExitCode(int code) {
		assertThat(Signal.fromExitCode(code)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TERM", "SIGTERM", "term", "sigterm", " Term " })
	void isFoundByName(String name) {
		assertThat(Signal.of(name)).isEqualTo(Signal.TERM);
	}

	@Test
	void isNotFoundByAWrongName() {
		assertThatIllegalArgumentException().isThrownBy(() -> Signal.of("TREM"))
			.withMessageContaining("'TREM'")
			.withMessageContaining("TERM");
	}

}
