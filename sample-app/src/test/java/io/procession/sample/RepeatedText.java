package io.procession.sample;

import java.io.InputStream;

/**
 * A repeated text of any size, generated while it is read.
 */
final class RepeatedText extends InputStream {

	private final byte[] text;

	private long remaining;

	private int position;

	RepeatedText(byte[] text, long times) {
		this.text = text;
		this.remaining = text.length * times;
	}

	@Override
	public int read() {
		byte[] single = new byte[1];
		return (read(single, 0, 1) == -1) ? -1 : single[0] & 0xff;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) {
		if (this.remaining == 0) {
			return -1;
		}
		int count = (int) Math.min(Math.min(length, this.text.length - this.position), this.remaining);
		System.arraycopy(this.text, this.position, buffer, offset, count);
		this.position = (this.position + count) % this.text.length;
		this.remaining -= count;
		return count;
	}

}
