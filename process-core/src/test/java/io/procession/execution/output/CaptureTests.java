package io.procession.execution.output;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.process.CapturedOutput;

import static org.assertj.core.api.Assertions.assertThat;

class CaptureTests {

	private static final byte[] BYTES = new byte[50_000];

	static {
		new Random(1).nextBytes(BYTES);
	}

	private static void fill(Capture capture, byte[] bytes, int atMost) {
		int done = 0;
		while (done < bytes.length) {
			ByteBuffer space = capture.space();
			assertThat(space.hasRemaining()).isTrue();
			int part = Math.min(atMost, Math.min(space.remaining(), bytes.length - done));
			space.put(bytes, done, part);
			capture.filled(part);
			done += part;
		}
	}

	private static byte[] joined(Capture capture) {
		return CapturedOutput.of(capture.chunks(), StandardCharsets.UTF_8, 0).toBytes();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 511, 512, 513, 10_000, 100_000 })
	void capturesEverythingInAnyChunks(int atMost) {
		Capture capture = new Capture(8192, Long.MAX_VALUE);

		fill(capture, BYTES, atMost);

		assertThat(joined(capture)).isEqualTo(BYTES);
		assertThat(capture.end()).isEqualTo(BYTES.length);
		assertThat(capture.dropped()).isZero();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 100, 511, 512, 513, 8192, 9000, 49_999, 50_000, 60_000 })
	void capturesLastBytes(int keep) {
		for (int atMost : new int[] { 1, 300, 8192 }) {
			Capture capture = new Capture(8192, keep);

			fill(capture, BYTES, atMost);

			int kept = Math.min(keep, BYTES.length);
			byte[] expected = new byte[kept];
			System.arraycopy(BYTES, BYTES.length - kept, expected, 0, kept);
			assertThat(joined(capture)).isEqualTo(expected);
			assertThat(capture.dropped()).isEqualTo(BYTES.length - kept);
			assertThat(capture.end()).isEqualTo(BYTES.length);
		}
	}

	@Test
	void doesNotGrowBeyondCapacity() {
		Capture capture = new Capture(8192, 1000);
		for (int i = 0; i < 100; i++) {
			fill(capture, BYTES, 8192);

			assertThat(capture.chunks().stream().mapToInt((chunk) -> chunk.length).sum()).isEqualTo(1000);
		}
		assertThat(capture.from(0, OutputRecorder.LARGEST_PART).bytes().length).isLessThan(3 * 8192);
	}

	@Test
	void returnsBytesSincePosition() {
		Capture capture = new Capture(8192, Long.MAX_VALUE);
		fill(capture, BYTES, 8192);

		long position = 0;
		int done = 0;
		while (done < BYTES.length) {
			Capture.Part part = capture.from(position, OutputRecorder.LARGEST_PART);
			assertThat(part.start()).isEqualTo(position);
			assertThat(part.bytes()).isNotEmpty();
			for (byte b : part.bytes()) {
				assertThat(b).isEqualTo(BYTES[done++]);
			}
			position = part.end();
		}
		assertThat(capture.from(position, OutputRecorder.LARGEST_PART).bytes()).isEmpty();
		assertThat(capture.from(BYTES.length - 10, OutputRecorder.LARGEST_PART).bytes()).hasSize(10);
	}

	@Test
	void skipsDroppedBytes() {
		Capture capture = new Capture(512, 100);
		fill(capture, BYTES, 512);

		Capture.Part part = capture.from(0, OutputRecorder.LARGEST_PART);

		assertThat(part.start()).isGreaterThan(0);
		assertThat(part.end()).isEqualTo(BYTES.length);
	}

	@Test
	void countsNothingOnceFrozen() {
		Capture capture = new Capture(8192, Long.MAX_VALUE);
		fill(capture, new byte[] { 1, 2 }, 8192);

		capture.freeze();
		for (int i = 0; i < 100; i++) {
			ByteBuffer space = capture.space();
			assertThat(space.hasRemaining()).isTrue();
			capture.filled(space.remaining());
		}

		assertThat(joined(capture)).containsExactly(1, 2);
		assertThat(capture.end()).isEqualTo(2);
	}

}
