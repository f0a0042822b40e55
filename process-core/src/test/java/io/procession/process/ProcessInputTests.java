package io.procession.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class ProcessInputTests {

	@Test
	void isTextInUtf8() {
		assertThat(ProcessInput.of("é")).isEqualTo(ProcessInput.of("é".getBytes(StandardCharsets.UTF_8)))
			.isNotEqualTo(ProcessInput.of("e"));
	}

	@Test
	void refusesNullText() {
		assertThatNullPointerException().isThrownBy(() -> ProcessInput.of((String) null))
			.withMessage("The text of an input must not be null");
	}

	@Test
	void copiesItsBytes() {
		byte[] bytes = { 1, 2 };
		ProcessInput.Bytes input = (ProcessInput.Bytes) ProcessInput.of(bytes);
		bytes[0] = 9;
		input.content()[1] = 9;

		assertThat(input.content()).containsExactly(1, 2);
	}

	@Test
	void isNeverShown() {
		assertThat(ProcessInput.of("planted")).hasToString("7 bytes");
	}

	@Test
	void canBeFileOrNone() {
		assertThat(ProcessInput.of(Path.of("a"))).isEqualTo(new ProcessInput.File(Path.of("a")));
		assertThat(ProcessInput.none()).isEqualTo(new ProcessInput.None());
	}

}
