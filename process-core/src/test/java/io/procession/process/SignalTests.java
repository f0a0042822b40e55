package io.procession.process;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SignalTests {

	@Test
	void areReadFromAnExitCode() {
		assertThat(Signal.standard()).hasSize(31)
			.allSatisfy((signal) -> assertThat(Signal.fromExitCode(signal.exitCode())).containsSame(signal));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 15, 126, 127, 128, 160, 162, 192, 255, -1 })
	void isNotInAnOrdinaryExitCode(int code) {
		assertThat(Signal.fromExitCode(code)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TERM", "SIGTERM", "term", "sigterm", " Term ", "15" })
	void isFoundByName(String name) {
		assertThat(Signal.of(name)).isSameAs(Signal.TERM);
	}

	@ParameterizedTest
	@CsvSource({ "RTMIN, 34", "SIGRTMIN+3, 37", "rtmax-1, 63", "RTMAX, 64", "34, 34", "POLL, 29", "IOT, 6", "CLD, 17" })
	void areFoundByAlternativeNames(String name, int number) {
		assertThat(Signal.of(name).number()).isEqualTo(number);
	}

	@Test
	void areEqualIfNumbersAreEqual() {
		assertThat(Signal.realTime(30)).isEqualTo(Signal.of("RTMAX"))
			.hasSameHashCodeAs(Signal.of("64"))
			.isNotEqualTo(Signal.realTime(29))
			.hasToString("RTMIN+30");
		assertThatIllegalArgumentException().isThrownBy(() -> Signal.realTime(31)).withMessageContaining("use 0 to 30");
		assertThatIllegalArgumentException().isThrownBy(() -> Signal.realTime(-1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TREM", "0", "32", "33", "65", "015", "-9", "RTMIN+31", "RTMAX+1", "RTMIN-1", "" })
	void areNotFoundByInvalidNameOrNumber(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> Signal.of(name))
			.withMessageContaining("'" + name + "'")
			.withMessageContaining("TERM")
			.withMessageContaining("RTMIN to RTMIN+30");
	}

}
