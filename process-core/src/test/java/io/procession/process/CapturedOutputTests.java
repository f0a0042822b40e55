package io.procession.process;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CapturedOutputTests {

	private final CapturedOutput output = CapturedOutput.of(
			List.of("ab".getBytes(StandardCharsets.UTF_8), new byte[] { 'c', (byte) 0xC3 }, new byte[] { (byte) 0xA9 }),
			StandardCharsets.UTF_8, 7);

	@Test
	void joinsItsChunks() {
		assertThat(this.output.length()).isEqualTo(5);
		assertThat(this.output.dropped()).isEqualTo(7);
		assertThat(this.output.toBytes()).containsExactly('a', 'b', 'c', 0xC3, 0xA9);
		assertThat(this.output).hasToString("abcé");
	}

	@Test
	void returnsNewArrayEachTime() {
		this.output.toBytes()[0] = 'x';

		assertThat(this.output).hasToString("abcé");
	}

	@Test
	void returnsTail() {
		assertThat(this.output.tail(0)).isEmpty();
		assertThat(this.output.tail(2)).isEqualTo("é");
		assertThat(this.output.tail(1)).isEqualTo("\uFFFD");
		assertThat(this.output.tail(4)).isEqualTo("bcé");
		assertThat(this.output.tail(5)).isEqualTo("abcé");
		assertThat(this.output.tail(Integer.MAX_VALUE)).isEqualTo("abcé");
	}

	@Test
	void canBeEmpty() {
		assertThat(CapturedOutput.empty()).hasToString("");
		assertThat(CapturedOutput.empty().toBytes()).isEmpty();
		assertThat(CapturedOutput.empty().length()).isZero();
		assertThat(CapturedOutput.empty().tail(10)).isEmpty();
	}

	@Test
	void decodesTextInCharset() {
		CapturedOutput latin = CapturedOutput.of(List.of(new byte[] { (byte) 0xE9 }), StandardCharsets.ISO_8859_1, 0);

		assertThat(latin).hasToString("é");
		assertThat(latin.tail(1)).isEqualTo("é");
	}

}
