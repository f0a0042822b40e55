package io.procession.execution.output;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A position in the captured output of one stream, from which bytes, text or lines are
 * read. Cursors are independent of each other, and none of their methods waits for
 * output. A position counts bytes from the beginning of the stream and remains valid for
 * as long as the output is captured, so that a reader can store it and continue later
 * with another cursor. <i>Not thread-safe.</i>
 */
public final class OutputCursor {

	private final OutputRecorder recorder;

	private long position;

	private long skipped;

	/** Created on demand; keeps the state of charsets that switch between encodings. */
	private @Nullable CharsetDecoder decoder;

	/**
	 * Create a cursor.
	 * @param recorder the stream
	 * @param position the position of the first byte to read, 0 for the beginning
	 * @throws IllegalArgumentException if the position is negative
	 */
	public OutputCursor(OutputRecorder recorder, long position) {
		if (position < 0) {
			throw new IllegalArgumentException("The position must not be negative: " + position);
		}
		this.recorder = recorder;
		this.position = position;
	}

	/**
	 * Return the position of the next byte to read.
	 * @return the number of bytes before it
	 */
	public long position() {
		return this.position;
	}

	/**
	 * Return the number of bytes that this cursor has skipped because they were no longer
	 * kept; see {@code keepLast(...)}.
	 * @return the number of bytes
	 */
	public long skipped() {
		return this.skipped;
	}

	/**
	 * Return whether everything has been read, and nothing will follow.
	 * @return whether this cursor is at the end of the output
	 */
	public boolean isAtEnd() {
		// in this order: no byte is captured once the recorder is complete
		return this.recorder.isComplete() && !hasNext();
	}

	/** Return whether there are bytes to read now. */
	boolean hasNext() {
		return this.recorder.end() > this.position;
	}

	/**
	 * Read bytes.
	 * @param most the maximum number of bytes, positive
	 * @return the bytes, empty if there are none yet or no more
	 */
	public byte[] read(int most) {
		byte[] bytes = part(most).bytes();
		this.position += bytes.length;
		return bytes;
	}

	/**
	 * Read text, up to the last complete character.
	 * @param most the maximum number of bytes, positive; large enough for a character
	 * @return the text, empty if there is none yet or no more; malformed bytes are
	 * replaced
	 */
	public String readText(int most) {
		boolean last = this.recorder.isComplete();
		Capture.Part part = part(most);
		if (part.bytes().length == 0) {
			return "";
		}
		CharsetDecoder decoder = decoder();
		ByteBuffer in = ByteBuffer.wrap(part.bytes());
		CharBuffer out = CharBuffer
			.allocate((int) Math.ceil(part.bytes().length * (double) decoder.maxCharsPerByte()) + 1);
		decoder.decode(in, out, last && part.end() == this.recorder.end());
		this.position += in.position();
		return out.flip().toString();
	}

	/**
	 * Read complete lines, without their terminators: {@code \n}, {@code \r\n} or a lone
	 * {@code \r}. At the end of the output, an unterminated rest is a line, too. A line
	 * that is longer than the given number of bytes is returned in parts, none of which
	 * is empty.
	 * @param most the maximum number of bytes, not counting the last line terminator,
	 * positive; large enough for a character
	 * @return the lines, empty if there is no complete line yet or no more
	 * @throws UnsupportedOperationException if the charset of the stream is not a
	 * superset of ASCII, such as UTF-16
	 */
	public List<String> readLines(int most) {
		if (!LineSplitter.hasAsciiLineEnds(this.recorder.charset())) {
			throw new UnsupportedOperationException(
					"Lines cannot be located by position in " + this.recorder.charset() + ": use readText(...)");
		}
		checkPositive(most);
		boolean last = this.recorder.isComplete();
		// with its terminator, so that a line of that length is returned as a whole
		Capture.Part part = part((int) Math.min(most + 2L, Integer.MAX_VALUE));
		boolean atEnd = last && part.end() == this.recorder.end();
		int length = atEnd ? part.bytes().length : completeLength(part.bytes());
		if (length == 0) {
			return (withoutLastReturn(part.bytes()) > most) ? List.of(readText(most)) : List.of();
		}
		List<String> lines = new ArrayList<>();
		LineSplitter splitter = new LineSplitter(this.recorder.charset(), most, LineSplitter.Lines.addTo(lines));
		splitter.accept(part.bytes(), 0, length);
		splitter.end();
		this.position += length;
		return lines;
	}

	// a \r at the very end may be the first half of \r\n
	private static int completeLength(byte[] bytes) {
		for (int i = bytes.length - 1; i >= 0; i--) {
			if (bytes[i] == '\n' || (bytes[i] == '\r' && i < bytes.length - 1)) {
				return i + 1;
			}
		}
		return 0;
	}

	private static int withoutLastReturn(byte[] bytes) {
		return (bytes.length > 0 && bytes[bytes.length - 1] == '\r') ? bytes.length - 1 : bytes.length;
	}

	private static void checkPositive(int most) {
		if (most < 1) {
			throw new IllegalArgumentException("The maximum number of bytes must be positive: " + most);
		}
	}

	private Capture.Part part(int most) {
		checkPositive(most);
		Capture.Part part = this.recorder.from(this.position, most);
		this.skipped += Math.max(0, part.start() - this.position);
		this.position = Math.max(this.position, part.start());
		return part;
	}

	private CharsetDecoder decoder() {
		CharsetDecoder present = this.decoder;
		if (present == null) {
			present = this.recorder.charset()
				.newDecoder()
				.onMalformedInput(CodingErrorAction.REPLACE)
				.onUnmappableCharacter(CodingErrorAction.REPLACE);
			this.decoder = present;
		}
		return present;
	}

}
