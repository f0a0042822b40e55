package io.procession.execution.output;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LineSplitterTests {

	private final List<String> lines = new ArrayList<>();

	private final List<String> parts = new ArrayList<>();

	private LineSplitter splitter(Charset charset, int maxLength) {
		return new LineSplitter(charset, maxLength, new LineSplitter.Lines() {

			@Override
			public void line(String line) {
				LineSplitterTests.this.lines.add(line);
			}

			@Override
			public void part(String part) {
				LineSplitterTests.this.parts.add(part);
			}

		});
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
			'\\r\\r\\n\\n', '||'
			'a\\n\\n\\nb', a|||b
			'a\\r\\n\\r\\nb', a||b
			'é\\r\\n€😀\\n', é|€😀
			""")
	void splitsIndependentlyOfChunks(String text, String expected) {
		byte[] bytes = text.replace("\\n", "\n").replace("\\r", "\r").getBytes(StandardCharsets.UTF_8);
		List<String> whole = expected.equals("-") ? List.of() : Arrays.asList(expected.split("\\|", -1));

		for (int size = 1; size <= Math.max(1, bytes.length); size++) {
			this.lines.clear();
			feed(splitter(StandardCharsets.UTF_8, 1000), bytes, size);

			assertThat(this.lines).as("chunks of " + size).isEqualTo(whole);
		}
		assertThat(this.parts).isEmpty();
	}

	private static void feed(LineSplitter splitter, byte[] bytes, int size) {
		for (int i = 0; i < bytes.length; i += size) {
			splitter.accept(bytes, i, Math.min(size, bytes.length - i));
		}
		splitter.end();
	}

	@Test
	void readsOnlyGivenBytes() {
		LineSplitter splitter = splitter(StandardCharsets.UTF_8, 1000);

		splitter.accept("\nab\ncd\n".getBytes(StandardCharsets.UTF_8), 1, 4);
		splitter.end();

		assertThat(this.lines).containsExactly("ab", "c");
	}

	@Test
	void splitsRandomTextLikeResult() {
		Random random = new Random(7);
		String alphabet = "ab\n\r\n\ré€😀";
		for (int round = 0; round < 500; round++) {
			StringBuilder text = new StringBuilder();
			int[] codePoints = alphabet.codePoints().toArray();
			for (int length = random.nextInt(60); length > 0; length--) {
				text.appendCodePoint(codePoints[random.nextInt(codePoints.length)]);
			}
			List<String> expected = new ArrayList<>(Arrays.asList(text.toString().split("\r\n|\n|\r", -1)));
			if (expected.get(expected.size() - 1).isEmpty()) {
				expected.remove(expected.size() - 1);
			}
			this.lines.clear();

			feed(splitter(StandardCharsets.UTF_8, 1000), text.toString().getBytes(StandardCharsets.UTF_8),
					1 + random.nextInt(20));

			assertThat(this.lines).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@CsvSource({ "1", "2", "3", "7", "16", "17", "1000" })
	void splitsLongLineBetweenCharacters(int size) {
		String line = "a€😀é".repeat(50);

		feed(splitter(StandardCharsets.UTF_8, 16), (line + "\nend\n").getBytes(StandardCharsets.UTF_8), size);

		assertThat(this.lines).hasSize(2).endsWith("end");
		assertThat(this.parts).isNotEmpty()
			.allSatisfy((part) -> assertThat(part.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(13, 16));
		assertThat(String.join("", this.parts) + this.lines.get(0)).isEqualTo(line);
	}

	@ParameterizedTest
	@CsvSource({ "1", "5", "16", "100" })
	void doesNotSplitLineOfMaximumLength(int size) {
		feed(splitter(StandardCharsets.UTF_8, 16),
				("x".repeat(16) + "\n" + "y".repeat(17) + "\n").getBytes(StandardCharsets.UTF_8), size);

		assertThat(this.lines).containsExactly("x".repeat(16), "y");
		assertThat(this.parts).containsExactly("y".repeat(16));
	}

	@Test
	void handlesLongMalformedLine() {
		byte[] bytes = new byte[100];
		Arrays.fill(bytes, (byte) 0x80);

		feed(splitter(StandardCharsets.UTF_8, 16), bytes, 9);

		assertThat(String.join("", this.parts) + this.lines.get(0)).isEqualTo("\uFFFD".repeat(100));
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "US-ASCII", "ISO-8859-1", "windows-1252", "ISO-2022-JP", "Shift_JIS", "EUC-JP",
			"GB18030", "JIS_X0201" })
	void decodesLinesInTheirCharset(String name) {
		Charset charset = Charset.forName(name);
		String text = "plain\n" + new String("\u65E5\u672C \u00E9".getBytes(charset), charset) + "\n";

		feed(splitter(charset, 1000), text.getBytes(charset), 1000);

		assertThat(String.join("\n", this.lines) + "\n").isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "x-UTF-16LE-BOM", "IBM1047", "IBM037" })
	void splitsNonAsciiCharsetsIndependentlyOfChunks(String name) {
		Charset charset = Charset.forName(name);
		byte[] bytes = "a\r\n\n\u00E9b\u010A\rlast"
			.replace("\u010A", name.startsWith("IBM") ? "" : "\u010A\uD83D\uDE00")
			.getBytes(charset);
		String third = name.startsWith("IBM") ? "\u00E9b" : "\u00E9b\u010A\uD83D\uDE00";

		for (int size = 1; size <= bytes.length; size++) {
			this.lines.clear();
			feed(splitter(charset, 1000), bytes, size);

			assertThat(this.lines).as("chunks of " + size).containsExactly("a", "", third, "last");
		}
	}

	@Test
	void removesAtMostOneByteOrderMark() {
		feed(splitter(StandardCharsets.UTF_16, 1000), "\uFEFFa\n\uFEFFb".getBytes(StandardCharsets.UTF_16), 3);

		assertThat(this.lines).containsExactly("\uFEFFa", "\uFEFFb");
	}

	@Test
	void readsOtherCharsets() {
		feed(splitter(StandardCharsets.ISO_8859_1, 16), new byte[] { (byte) 0xE9, '\n', (byte) 0xFC }, 1);

		assertThat(this.lines).containsExactly("é", "ü");
	}

}
