package io.procession.process;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Output in the chunks it was read into, joined only when somebody asks.
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
	 * Output from chunks.
	 * @param chunks the bytes in order; neither copied nor to be changed any more
	 * @param charset how they become text
	 * @param dropped how many bytes before them were not kept
	 * @return the output
	 */
	public static CapturedOutput of(List<byte[]> chunks, Charset charset, long dropped) {
		return new CapturedOutput(List.copyOf(chunks), charset, dropped);
	}

	/**
	 * No output.
	 * @return the output
	 */
	public static CapturedOutput empty() {
		return EMPTY;
	}

	/**
	 * How many bytes are here.
	 * @return not negative
	 */
	public long length() {
		long length = 0;
		for (byte[] chunk : this.chunks) {
			length += chunk.length;
		}
		return length;
	}

	/**
	 * How many bytes came before those that were kept.
	 * @return 0 unless only the last bytes were kept
	 */
	public long dropped() {
		return this.dropped;
	}

	/**
	 * All bytes in one array.
	 * @return a new array
	 * @throws OutOfMemoryError if they are more than an array can hold, 2 GiB
	 */
	public byte[] toBytes() {
		return last(Integer.MAX_VALUE, true);
	}

	/**
	 * The last bytes as text.
	 * @param bytes at most so many
	 * @return the text; a character cut at its beginning shows as the replacement
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
	 * All of it as text; malformed bytes are replaced.
	 */
	@Override
	public String toString() {
		return (this.chunks.size() == 1) ? new String(this.chunks.get(0), this.charset)
				: new String(toBytes(), this.charset);
	}

}
