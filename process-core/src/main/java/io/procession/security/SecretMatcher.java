package io.procession.security;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Finds a single secret in texts: in plain text, with any of its characters escaped as in
 * URLs, JSON, HTML and shells, with control characters in between, and encoded in base64
 * and hexadecimal. <i>Immutable, thread-safe</i>.
 */
final class SecretMatcher {

	/**
	 * Minimum length of a fragment of a secret, and of a secret that is searched for
	 * encoded.
	 */
	private static final int SHORTEST = 4;

	/**
	 * Maximum length of a secret that is searched for escaped and encoded, which would
	 * take too long for longer ones. Those are only searched for in plain text.
	 */
	private static final int LONGEST = 4096;

	/**
	 * Maximum length of a text that is searched for more than the plain text of secrets.
	 */
	private static final int LONGEST_TEXT = 65536;

	/** Maximum length of an incomplete escape sequence at a cut. */
	private static final int LONGEST_REST = 5;

	/** Minimum length of a fragment of base64 to search for. */
	private static final int SHORTEST_BASE64 = 8;

	private static final char ESC = 0x1b;

	private static final Map<String, Integer> ENTITIES = Map.of("amp", (int) '&', "lt", (int) '<', "gt", (int) '>',
			"quot", (int) '"', "apos", (int) '\'', "nbsp", 0xa0);

	private static final Map<Character, Integer> ESCAPES = Map.of('n', (int) '\n', 'r', (int) '\r', 't', (int) '\t',
			'b', (int) '\b', 'f', (int) '\f', 'e', (int) ESC);

	private final String value;

	/** Encoded forms by decreasing length; created when first needed. */
	private volatile @Nullable List<String> encoded;

	SecretMatcher(String value) {
		this.value = value;
	}

	int length() {
		return this.value.length();
	}

	/**
	 * Replace the secret in a text.
	 * @param text any text
	 * @param cutAtEnd whether the text was followed by other text, which may have
	 * contained the rest of the secret
	 * @return the text with a mask in place of the secret
	 */
	String hide(String text, boolean cutAtEnd) {
		String hidden = text.replace(this.value, Redactor.MASK);
		if (!isEncodedSearched() || text.length() > LONGEST_TEXT) {
			return cutAtEnd ? hideEnd(hidden, this.value) : hidden;
		}
		if (cutAtEnd || mayBeEscaped(hidden)) {
			hidden = hideEscaped(hidden, cutAtEnd);
		}
		for (String form : encoded()) {
			hidden = hidden.replace(form, Redactor.MASK);
			if (cutAtEnd) {
				hidden = hideEnd(hidden, form);
			}
		}
		return hidden;
	}

	private boolean isEncodedSearched() {
		return this.value.length() >= SHORTEST && this.value.length() <= LONGEST;
	}

	private static boolean mayBeEscaped(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '%' || c == '\\' || c == '&' || c == '+' || c < ' ') {
				return true;
			}
		}
		return false;
	}

	private String hideEscaped(String text, boolean cutAtEnd) {
		StringBuilder hidden = null;
		int from = 0;
		int at = 0;
		while (at < text.length()) {
			int end = endOf(text, at, 0, cutAtEnd);
			if (end > at) {
				hidden = (hidden != null) ? hidden : new StringBuilder();
				hidden.append(text, from, at).append(Redactor.MASK);
				from = end;
				at = end;
			}
			else {
				at++;
			}
		}
		return (hidden != null) ? hidden.append(text, from, text.length()).toString() : text;
	}

	private static String hideEnd(String text, String form) {
		for (int length = Math.min(form.length() - 1, text.length()); length >= SHORTEST; length--) {
			if (text.regionMatches(text.length() - length, form, 0, length)) {
				return text.substring(0, text.length() - length) + Redactor.MASK;
			}
		}
		return text;
	}

	/**
	 * Replace a fragment of the secret at the start of a text that was split.
	 * @param text any text
	 * @return the text, with a mask at its start if it began with a fragment
	 */
	String hideStart(String text) {
		if (!isEncodedSearched()) {
			return text;
		}
		int end = 0;
		for (int from = 1; from <= this.value.length() - SHORTEST; from++) {
			for (int at = 0; at <= Math.min(LONGEST_REST, text.length()); at++) {
				end = Math.max(end, endOf(text, at, from, false));
			}
		}
		for (String form : encoded()) {
			for (int from = 1; from <= form.length() - SHORTEST; from++) {
				if (text.regionMatches(0, form, from, form.length() - from)) {
					end = Math.max(end, form.length() - from);
				}
			}
		}
		return (end > 0) ? Redactor.MASK + text.substring(end) : text;
	}

	// --- character by character

	/**
	 * Determine the end of the secret at a position.
	 * @param from index of the character of the secret that is expected at the position
	 * @param cutAtEnd whether the end of the text may split the secret
	 * @return the position after the secret, or -1 if it is not found
	 */
	private int endOf(String text, int start, int from, boolean cutAtEnd) {
		int at = start;
		int index = from;
		while (index < this.value.length()) {
			int character = this.value.codePointAt(index);
			int next = after(text, at, character);
			while (next < 0 && index > from && at < text.length() && text.charAt(at) < ' ') {
				at = afterControl(text, at);
				next = after(text, at, character);
			}
			if (next < 0) {
				boolean cut = cutAtEnd && index - from >= SHORTEST && isCutEscape(text, at);
				return cut ? text.length() : -1;
			}
			at = next;
			index += Character.charCount(character);
		}
		return at;
	}

	private static boolean isCutEscape(String text, int at) {
		return at >= text.length() || (text.length() - at <= LONGEST_REST && "%\\&".indexOf(text.charAt(at)) >= 0);
	}

	/**
	 * Return the position after a character that occurs in any form at the given
	 * position, or -1.
	 */
	private static int after(String text, int at, int character) {
		if (at >= text.length()) {
			return -1;
		}
		int next = switch (text.charAt(at)) {
			case '%' -> afterPercent(text, at, character);
			case '\\' -> afterBackslash(text, at, character);
			case '&' -> afterEntity(text, at, character);
			case '+' -> (character == ' ') ? at + 1 : -1;
			default -> -1;
		};
		boolean literal = next < 0 && text.codePointAt(at) == character;
		return literal ? at + Character.charCount(character) : next;
	}

	// a color or a cursor movement; see console_codes(4)
	private static int afterControl(String text, int at) {
		int next = at + 1;
		if (text.charAt(at) != ESC || next >= text.length() || text.charAt(next) != '[') {
			return next;
		}
		next++;
		while (next < text.length() && text.charAt(next) < '@') {
			next++;
		}
		return Math.min(next + 1, text.length());
	}

	private static int afterPercent(String text, int at, int character) {
		int next = at;
		for (byte part : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
			if (next >= text.length() || text.charAt(next) != '%' || hex(text, next + 1, 2) != (part & 0xff)) {
				return -1;
			}
			next += 3;
		}
		return next;
	}

	private static int afterBackslash(String text, int at, int character) {
		if (at + 1 >= text.length()) {
			return -1;
		}
		char kind = text.charAt(at + 1);
		if (kind == 'u') {
			int next = at;
			for (char part : Character.toChars(character)) {
				if (!text.startsWith("\\u", next) || hex(text, next + 2, 4) != part) {
					return -1;
				}
				next += 6;
			}
			return next;
		}
		if (kind == 'x') {
			return (hex(text, at + 2, 2) == character) ? at + 4 : -1;
		}
		Integer escaped = ESCAPES.get(kind);
		if (escaped != null) {
			return (escaped == character) ? at + 2 : -1;
		}
		return (text.codePointAt(at + 1) == character) ? at + 1 + Character.charCount(character) : -1;
	}

	private static int afterEntity(String text, int at, int character) {
		int end = text.indexOf(';', at);
		if (end < 0 || end - at > 10) {
			return -1;
		}
		String name = text.substring(at + 1, end).toLowerCase(Locale.ROOT);
		int number = -1;
		try {
			if (name.startsWith("#x")) {
				number = Integer.parseInt(name.substring(2), 16);
			}
			else if (name.startsWith("#")) {
				number = Integer.parseInt(name.substring(1));
			}
			else {
				number = ENTITIES.getOrDefault(name, -1);
			}
		}
		catch (NumberFormatException ex) {
			return -1;
		}
		return (number == character) ? end + 1 : -1;
	}

	private static int hex(String text, int from, int digits) {
		int number = 0;
		for (int i = from; i < from + digits; i++) {
			int digit = (i < text.length()) ? Character.digit(text.charAt(i), 16) : -1;
			if (digit < 0) {
				return -1;
			}
			number = number * 16 + digit;
		}
		return number;
	}

	// --- as a whole

	private List<String> encoded() {
		List<String> known = this.encoded;
		if (known == null) {
			known = encode(this.value.getBytes(StandardCharsets.UTF_8));
			this.encoded = known;
		}
		return known;
	}

	private static List<String> encode(byte[] bytes) {
		Set<String> forms = new TreeSet<>(
				Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
		HexFormat hex = HexFormat.of();
		forms.add(hex.formatHex(bytes));
		forms.add(hex.withUpperCase().formatHex(bytes));
		for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
			forms.add(encoder.encodeToString(bytes));
			for (int before = 0; before < 3; before++) {
				addInner(encoder, bytes, before, forms);
			}
		}
		return new ArrayList<>(forms);
	}

	/**
	 * Add the part of the encoded form that does not depend on the bytes around the
	 * secret.
	 * @param before number of bytes before the secret
	 */
	private static void addInner(Base64.Encoder encoder, byte[] bytes, int before, Set<String> forms) {
		byte[] padded = new byte[before + bytes.length];
		System.arraycopy(bytes, 0, padded, before, bytes.length);
		String text = encoder.withoutPadding().encodeToString(padded);
		int from = (before * 8 + 5) / 6;
		int to = padded.length * 8 / 6;
		if (to - from >= SHORTEST_BASE64) {
			forms.add(text.substring(from, to));
		}
	}

}
