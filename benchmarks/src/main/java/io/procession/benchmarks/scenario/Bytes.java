package io.procession.benchmarks.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;

/**
 * Many bytes: commands that write them, ends of pipes that make and count them.
 */
final class Bytes {

	static final long MEBIBYTE = 1024 * 1024;

	private Bytes() {
	}

	/**
	 * A command that writes so many bytes as fast as it can.
	 */
	static List<String> command(long bytes) {
		return List.of("head", "-c", Long.toString(bytes), "/dev/zero");
	}

	static void check(long expected, long actual) {
		if (actual != expected) {
			throw new IllegalStateException("Wrong number of bytes: " + actual + " instead of " + expected);
		}
	}

	/**
	 * Reads to the end.
	 * @return how many bytes there were
	 */
	static long drain(InputStream stream, int bufferSize) throws IOException {
		byte[] buffer = new byte[bufferSize];
		long count = 0;
		int read = stream.read(buffer);
		while (read >= 0) {
			count += read;
			read = stream.read(buffer);
		}
		return count;
	}

	/**
	 * Zeros without end to its reader, up to a number.
	 */
	static final class Source extends InputStream {

		private long remaining;

		Source(long bytes) {
			this.remaining = bytes;
		}

		@Override
		public int read() {
			return (this.remaining-- > 0) ? 0 : -1;
		}

		@Override
		public int read(byte[] buffer, int offset, int length) {
			Objects.checkFromIndexSize(offset, length, buffer.length);
			if (this.remaining <= 0) {
				return -1;
			}
			int count = (int) Math.min(length, this.remaining);
			this.remaining -= count;
			return count;
		}

	}

	/**
	 * Forgets what is written and counts it.
	 */
	static final class Counter extends OutputStream {

		private long count;

		@Override
		public void write(int oneByte) {
			this.count++;
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			this.count += length;
		}

		long count() {
			return this.count;
		}

	}

}
