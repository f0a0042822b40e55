package io.procession.security;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrintableTests {

	@Test
	void leavesOrdinaryTextUnchanged() {
		String text = "a b'\\ \u00e9\u65e5\ud83d\ude00\u200d";

		assertThat(Printable.of(text)).isSameAs(text);
	}

	@Test
	void escapesLineBreaksAndInvisibleCharacters() {
		assertThat(Printable.of("a\nb\rc\td\u001b[31m\0\u007f\u0085"))
			.isEqualTo("a\\nb\\rc\\td\\u001b[31m\\u0000\\u007f\\u0085");
		assertThat(Printable.of("x\u2028y\u2029")).isEqualTo("x\\u2028y\\u2029");
	}

	@Test
	void escapesBidirectionalControls() {
		for (int c : new int[] { 0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068,
				0x2069 }) {
			assertThat(Printable.of("a" + (char) c)).isEqualTo(String.format("a\\u%04x", c));
		}
	}

}
