package io.procession.process;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Captured output, held in the chunks in which it was read and joined only on request.
 * <i>Immutable.</i>
 */
public final class CapturedOutput {

	private static final CapturedOutput EMPTY = new CapturedOutput(List.of(), StandardCharsets.UTF_8, 0);

	private final List<byte[]> chunks;

	private final Charset charset;

	private final long dropped;

	private CapturedOutput(List<byte[]> chunks, Charset charset, long dropped) {
		this.chunks = chunks;
		this.charset = charset;
		this.dropped = dropped;
	}

	/**
	 * Create output from chunks.
	 * @param chunks the bytes in order; the arrays are not copied and must not be
	 * modified afterwards
	 * @param charset charset to decode the bytes with
	 * @param dropped number of earlier bytes that were not captured
	 * @return the output
	 */
	public static CapturedOutput of(List<byte[]> chunks, Charset charset, long dropped) {
		return new CapturedOutput(List.copyOf(chunks), charset, dropped);
	}

	/**
	 * Return empty output.
	 * @return the output
	 */
	public static CapturedOutput empty() {
		return EMPTY;
	}

	/**
	 * Return the number of captured bytes.
	 * @return the number, not negative
	 */
	public long length() {
		long length = 0;
		for (byte[] chunk : this.chunks) {
			length += chunk.length;
		}
		return length;
	}

	/**
	 * Return the number of bytes before the captured ones that were dropped.
	 * @return the number, 0 unless only the last bytes were captured
	 */
	public long dropped() {
		return this.dropped;
	}

	/**
	 * Return all bytes in one array.
	 * @return a new array
	 * @throws OutOfMemoryError if an array cannot hold that many bytes, about 2 GiB
	 */
	public byte[] toBytes() {
		return last(Integer.MAX_VALUE, true);
	}

	/**
	 * Return the last bytes as text.
	 * @param bytes maximum number of bytes
	 * @return the text; an incomplete character at its start becomes the replacement
	 * character
	 */
	public String tail(int bytes) {
		return new String(last(bytes, false), this.charset);
	}

	private byte[] last(int most, boolean all) {
		long length = length();
		if (all && length > most - 8) {
			throw new OutOfMemoryError("Output of " + length
					+ " bytes does not fit into one array: use outputTo(file), a listener, or keepLast(bytes)");
		}
		int wanted = (int) Math.min(length, most);
		byte[] joined = new byte[wanted];
		int position = wanted;
		for (int i = this.chunks.size() - 1; i >= 0 && position > 0; i--) {
			byte[] chunk = this.chunks.get(i);
			int part = Math.min(chunk.length, position);
			position -= part;
			System.arraycopy(chunk, chunk.length - part, joined, position, part);
		}
		return joined;
	}

	/**
	 * Return all bytes as text; malformed bytes are replaced.
	 */
	@Override
	public String toString() {
		return (this.chunks.size() == 1) ? new String(this.chunks.get(0), this.charset)
				: new String(toBytes(), this.charset);
	}

}
