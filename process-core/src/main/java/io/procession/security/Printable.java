package io.procession.security;

/**
 * Renders text for messages, log lines and events so that it stays on a single line and
 * cannot disguise its content: control characters, line and paragraph separators, and
 * characters that change the direction of text become escape sequences, such as a
 * backslash and an n for a newline.
 */
public final class Printable {

	private Printable() {
	}

	/**
	 * Render a text.
	 * @param text any text
	 * @return the rendered text, the same instance if there is nothing to escape
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
	 * Return whether a character is rendered as an escape sequence.
	 * @param c the character
	 * @return whether it is a control character, a line or paragraph separator, or a
	 * character that changes the direction of text
	 */
	public static boolean isUnprintable(char c) {
		if (c < 0x7f) {
			return c < 0x20;
		}
		return c <= 0x9f || c == '\u061c' || c == '\u200e' || c == '\u200f' || (c >= '\u2028' && c <= '\u202e')
				|| (c >= '\u2066' && c <= '\u2069');
	}

	/**
	 * Append a character in its rendered form.
	 * @param c the character
	 * @param target the builder to append to
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
