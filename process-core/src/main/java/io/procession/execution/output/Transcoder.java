package io.procession.execution.output;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Converts bytes of a charset, which arrive in arbitrary chunks, to UTF-8. Malformed
 * bytes are replaced. A leading byte order mark is removed if the charset defines one.
 * <i>Confined to the pump of its stream.</i>
 */
final class Transcoder {

	private final CharsetDecoder decoder;

	/** Bytes of an incomplete character. */
	private byte[] rest = new byte[0];

	Transcoder(Charset charset) {
		this.decoder = charset.newDecoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.onUnmappableCharacter(CodingErrorAction.REPLACE);
	}

	/**
	 * Convert all complete characters.
	 * @param bytes the next bytes
	 * @param last whether no more bytes follow
	 * @return the text in UTF-8
	 */
	byte[] decode(ByteBuffer bytes, boolean last) {
		ByteBuffer in = ByteBuffer.allocate(this.rest.length + bytes.remaining()).put(this.rest).put(bytes).flip();
		CharBuffer out = CharBuffer
			.allocate((int) Math.ceil((in.remaining() + 1) * (double) this.decoder.maxCharsPerByte()) + 2);
		this.decoder.decode(in, out, last);
		if (last) {
			this.decoder.flush(out);
		}
		this.rest = new byte[in.remaining()];
		in.get(this.rest);
		return out.flip().toString().getBytes(StandardCharsets.UTF_8);
	}

}
