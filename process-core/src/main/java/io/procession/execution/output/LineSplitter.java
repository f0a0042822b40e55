package io.procession.execution.output;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Splits bytes, which arrive in arbitrary chunks, into lines. The splitter searches for
 * the bytes of {@code \n} and {@code \r}, which is correct for each charset that is a
 * superset of ASCII; other charsets, such as UTF-16, are decoded first. <i>Confined to
 * the pump of its stream.</i>
 */
final class LineSplitter {

	private static final byte LF = '\n';

	private static final byte CR = '\r';

	private final Charset charset;

	/** Decodes a charset in which line terminators are not encoded as in ASCII. */
	private final @Nullable Transcoder transcoder;

	/** Whether ASCII bytes always represent ASCII characters. */
	private final boolean plain;

	private final int maxLength;

	private final Lines lines;

	private byte[] pending = new byte[0];

	private int pendingLength;

	private boolean skipLineFeed;

	LineSplitter(Charset charset, int maxLength, Lines lines) {
		boolean asciiLineEnds = hasAsciiLineEnds(charset);
		this.transcoder = asciiLineEnds ? null : new Transcoder(charset);
		this.charset = asciiLineEnds ? charset : StandardCharsets.UTF_8;
		this.plain = isPlain(this.charset);
		this.maxLength = maxLength;
		this.lines = lines;
	}

	static boolean hasAsciiLineEnds(Charset charset) {
		return !charset.canEncode() || Arrays.equals("\r\n".getBytes(charset), new byte[] { CR, LF });
	}

	// ISO-2022-JP, for example, encodes Japanese in ASCII bytes
	private static boolean isPlain(Charset charset) {
		if (charset == StandardCharsets.UTF_8) {
			return true;
		}
		byte[] ascii = new byte[128];
		for (int i = 0; i < ascii.length; i++) {
			ascii[i] = (byte) i;
		}
		return new String(ascii, charset).equals(new String(ascii, StandardCharsets.US_ASCII));
	}

	void accept(byte[] bytes, int offset, int length) {
		if (this.transcoder != null) {
			byte[] decoded = this.transcoder.decode(ByteBuffer.wrap(bytes, offset, length), false);
			split(decoded, 0, decoded.length);
		}
		else {
			split(bytes, offset, length);
		}
	}

	private void split(byte[] bytes, int offset, int length) {
		int start = offset;
		int end = offset + length;
		if (this.skipLineFeed && length > 0) {
			// the second half of \r\n, whose line was emitted after the first
			this.skipLineFeed = false;
			start += (bytes[offset] == LF) ? 1 : 0;
		}
		int i = start;
		int seen = 0;
		while (i < end) {
			byte b = bytes[i++];
			seen |= b;
			if (b > CR || (b != LF && b != CR)) {
				continue;
			}
			line(bytes, start, i - 1 - start, seen >= 0 && this.plain);
			seen = 0;
			if (b == CR) {
				if (i < end && bytes[i] == LF) {
					i++;
				}
				else {
					this.skipLineFeed = i == end;
				}
			}
			start = i;
		}
		if (start < end) {
			append(bytes, start, end - start);
		}
	}

	/** End the stream: an unterminated rest is a line, too. */
	void end() {
		if (this.transcoder != null) {
			byte[] decoded = this.transcoder.decode(ByteBuffer.allocate(0), true);
			split(decoded, 0, decoded.length);
		}
		if (this.pendingLength > 0) {
			emitPending();
		}
	}

	private void line(byte[] bytes, int offset, int length, boolean ascii) {
		if (this.pendingLength == 0 && length <= this.maxLength) {
			this.lines.line(ascii ? ofAscii(bytes, offset, length) : new String(bytes, offset, length, this.charset));
			return;
		}
		append(bytes, offset, length);
		emitPending();
	}

	// a plain copy, and small enough to be inlined, unlike the other constructors
	@SuppressWarnings("deprecation")
	private static String ofAscii(byte[] bytes, int offset, int length) {
		return new String(bytes, 0, offset, length);
	}

	private void emitPending() {
		String line = new String(this.pending, 0, this.pendingLength, this.charset);
		this.pendingLength = 0;
		if (this.pending.length > 1 << 16) {
			this.pending = new byte[0];
		}
		this.lines.line(line);
	}

	private void append(byte[] bytes, int offset, int length) {
		this.skipLineFeed = false;
		int done = 0;
		while (done < length) {
			int part = Math.min(length - done, this.maxLength + 1 - this.pendingLength);
			if (this.pending.length < this.pendingLength + part) {
				int wanted = Math.max(this.pendingLength + part, this.pending.length * 2);
				this.pending = Arrays.copyOf(this.pending, Math.min(wanted, this.maxLength + 1));
			}
			System.arraycopy(bytes, offset + done, this.pending, this.pendingLength, part);
			this.pendingLength += part;
			done += part;
			if (this.pendingLength > this.maxLength) {
				emitPart();
			}
		}
	}

	// the decoder determines how many bytes are complete characters
	private void emitPart() {
		ByteBuffer in = ByteBuffer.wrap(this.pending, 0, this.maxLength);
		String part = decode(in);
		drop((in.position() > 0) ? in.position() : this.maxLength);
		this.lines.part(part);
	}

	private String decode(ByteBuffer in) {
		CharsetDecoder decoder = this.charset.newDecoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.onUnmappableCharacter(CodingErrorAction.REPLACE);
		CharBuffer out = CharBuffer.allocate((int) Math.ceil(in.remaining() * (double) decoder.maxCharsPerByte()));
		decoder.decode(in, out, false);
		return out.flip().toString();
	}

	private void drop(int count) {
		System.arraycopy(this.pending, count, this.pending, 0, this.pendingLength - count);
		this.pendingLength -= count;
	}

	/** Return the length in bytes of the unterminated line. */
	int unfinishedLength() {
		return this.pendingLength;
	}

	/**
	 * Test the unterminated line, up to its last complete character.
	 * @param condition the condition; if it matches, the tested part of the line is
	 * dropped
	 * @return whether it matched
	 */
	boolean takeUnfinishedIf(Predicate<String> condition) {
		ByteBuffer in = ByteBuffer.wrap(this.pending, 0, this.pendingLength);
		String text = decode(in);
		boolean taken = !text.isEmpty() && condition.test(text);
		if (taken) {
			drop(in.position());
		}
		return taken;
	}

	/** Callback for lines. */
	interface Lines {

		/** Handle a line, or the remainder of a line that is too long. */
		void line(String line);

		/** Handle a part, other than the last, of a line that is too long. */
		void part(String part);

		/** Return a callback that adds lines, and parts of lines, to a list. */
		static Lines addTo(List<String> list) {
			return new Lines() {

				@Override
				public void line(String line) {
					list.add(line);
				}

				@Override
				public void part(String part) {
					list.add(part);
				}

			};
		}

	}

}
