package io.procession.security;

/**
 * Renders text for messages, log lines and events, so that it stays on one line and looks
 * like what it is: control characters, line and paragraph separators and characters that
 * change the direction of text become escape sequences, such as a backslash and an n for
 * a newline.
 */
public final class Printable {

	private Printable() {
	}

	/**
	 * Render a text.
	 * @param text any text
	 * @return the text, the same if there is nothing to escape
	 */
	public static String of(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (isUnprintable(text.charAt(i))) {
				return escaped(text, i);
			}
		}
		return text;
	}

	private static String escaped(String text, int from) {
		StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, from);
		for (int i = from; i < text.length(); i++) {
			append(text.charAt(i), escaped);
		}
		return escaped.toString();
	}

	/**
	 * Whether a character is rendered as an escape sequence.
	 * @param c the character
	 * @return whether it is a control character, a separator of lines or paragraphs, or
	 * one that changes the direction of text
	 */
	public static boolean isUnprintable(char c) {
		if (c < 0x7f) {
			return c < 0x20;
		}
		return c <= 0x9f || c == '\u061c' || c == '\u200e' || c == '\u200f' || (c >= '\u2028' && c <= '\u202e')
				|| (c >= '\u2066' && c <= '\u2069');
	}

	/**
	 * Append a character as it is rendered.
	 * @param c the character
	 * @param target what it is appended to
	 */
	public static void append(char c, StringBuilder target) {
		if (!isUnprintable(c)) {
			target.append(c);
			return;
		}
		switch (c) {
			case '\n' -> target.append("\\n");
			case '\r' -> target.append("\\r");
			case '\t' -> target.append("\\t");
			default -> target.append(String.format("\\u%04x", (int) c));
		}
	}

}
