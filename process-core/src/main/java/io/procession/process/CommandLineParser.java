package io.procession.process;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.procession.security.Printable;

/**
 * Splits and joins command lines by the quoting rules of POSIX ("Shell Command Language"
 * 2.2).
 */
final class CommandLineParser {

	private static final String SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";

	/**
	 * Characters after a backslash in {@code $'...'}, and the characters that they stand
	 * for.
	 */
	private static final String ESCAPES = "abefnrtv";

	private static final String ESCAPED = "\u0007\b\u001b\f\n\r\t\u000b";

	private static final Pattern VARIABLE = Pattern.compile("\\$(?:[A-Za-z_][A-Za-z0-9_]*|\\{[^}]*}|\\()");

	private final String line;

	private final List<String> words = new ArrayList<>();

	private final StringBuilder word = new StringBuilder();

	private boolean inWord;

	/** The first thing that only a shell would interpret. */
	private @Nullable String shellSyntax;

	private CommandLineParser(String line) {
		this.line = line;
	}

	static CommandLineParser parse(String line) {
		CommandLineParser parser = new CommandLineParser(line);
		parser.split();
		return parser;
	}

	List<String> words() {
		return this.words;
	}

	/**
	 * Return the first thing in the line that a shell would interpret and that is taken
	 * as text, since it is not quoted: an operator, a tilde, a variable, or the backslash
	 * of a Windows path.
	 */
	@Nullable String shellSyntax() {
		return this.shellSyntax;
	}

	private void split() {
		int i = 0;
		while (i < this.line.length()) {
			char c = this.line.charAt(i);
			switch (c) {
				case '\'' -> i = singleQuoted(i);
				case '"' -> i = doubleQuoted(i);
				case '\\' -> i = escaped(i);
				case '$' -> i = dollar(i);
				case ' ', '\t', '\n', '\r' -> {
					endWord();
					i++;
				}
				default -> {
					note(c, i);
					append(c);
					i++;
				}
			}
		}
		endWord();
		if (this.words.isEmpty()) {
			throw new IllegalArgumentException("The command line is empty");
		}
	}

	private void note(char c, int position) {
		if (c == '|' || c == '>' || c == '<' || c == ';' || c == '`') {
			note(String.valueOf(c));
		}
		else if (c == '&' && this.line.startsWith("&&", position)) {
			note("&&");
		}
		else if (c == '&' && !this.inWord && isEndOfWord(position + 1)) {
			note("&");
		}
		else if (c == '~' && !this.inWord) {
			note("~");
		}
	}

	private boolean isEndOfWord(int position) {
		return position == this.line.length() || Character.isWhitespace(this.line.charAt(position));
	}

	private void note(String syntax) {
		if (this.shellSyntax == null) {
			this.shellSyntax = syntax;
		}
	}

	private int singleQuoted(int open) {
		this.inWord = true;
		int close = this.line.indexOf('\'', open + 1);
		if (close < 0) {
			throw openQuote('\'', open);
		}
		this.word.append(this.line, open + 1, close);
		return close + 1;
	}

	// a dollar sign is literal unless it begins $'...'
	private int dollar(int position) {
		if (position + 1 == this.line.length() || this.line.charAt(position + 1) != '\'') {
			Matcher variable = VARIABLE.matcher(this.line).region(position, this.line.length());
			if (variable.lookingAt()) {
				note(variable.group());
			}
			append('$');
			return position + 1;
		}
		this.inWord = true;
		int i = position + 2;
		while (i < this.line.length()) {
			char c = this.line.charAt(i);
			if (c == '\'') {
				return i + 1;
			}
			if (c == '\\' && i + 1 < this.line.length()) {
				i = escapeSequence(i + 1);
			}
			else {
				this.word.append(c);
				i++;
			}
		}
		throw openQuote('\'', position + 1);
	}

	private int escapeSequence(int position) {
		char kind = this.line.charAt(position);
		int digits = switch (kind) {
			case 'x' -> 2;
			case 'u' -> 4;
			default -> 0;
		};
		if (digits > 0) {
			int end = position + 1;
			while (end < this.line.length() && end <= position + digits
					&& Character.digit(this.line.charAt(end), 16) >= 0) {
				end++;
			}
			if (end > position + 1) {
				this.word.append((char) Integer.parseInt(this.line.substring(position + 1, end), 16));
				return end;
			}
		}
		int named = ESCAPES.indexOf(kind);
		if (named >= 0) {
			this.word.append(ESCAPED.charAt(named));
		}
		else {
			this.word.append(("\\'\"?".indexOf(kind) >= 0) ? "" : "\\").append(kind);
		}
		return position + 1;
	}

	private int doubleQuoted(int open) {
		this.inWord = true;
		int i = open + 1;
		while (i < this.line.length()) {
			char c = this.line.charAt(i);
			if (c == '"') {
				return i + 1;
			}
			if (c == '\\' && i + 1 < this.line.length() && "$`\"\\\n".indexOf(this.line.charAt(i + 1)) >= 0) {
				i++;
				if (this.line.charAt(i) != '\n') {
					this.word.append(this.line.charAt(i));
				}
			}
			else {
				this.word.append(c);
			}
			i++;
		}
		throw openQuote('"', open);
	}

	private int escaped(int backslash) {
		if (backslash + 1 == this.line.length()) {
			throw new IllegalArgumentException("The backslash at position " + backslash
					+ " escapes nothing: it is the last character of the command line");
		}
		if (this.word.length() == 2 && this.word.charAt(1) == ':' && Character.isLetter(this.word.charAt(0))) {
			note("\\");
		}
		// a backslash before a newline joins the lines
		if (this.line.charAt(backslash + 1) != '\n') {
			append(this.line.charAt(backslash + 1));
		}
		return backslash + 2;
	}

	private void append(char c) {
		this.inWord = true;
		this.word.append(c);
	}

	private void endWord() {
		if (this.inWord) {
			this.words.add(this.word.toString());
			this.word.setLength(0);
			this.inWord = false;
		}
	}

	// the line may contain a password: the message contains only the position
	private static IllegalArgumentException openQuote(char quote, int position) {
		return new IllegalArgumentException(
				"The quote " + quote + " at position " + position + " of the command line is never closed");
	}

	static String join(List<String> arguments) {
		StringBuilder joined = new StringBuilder();
		for (String argument : arguments) {
			if (!joined.isEmpty()) {
				joined.append(' ');
			}
			joined.append(quote(argument));
		}
		return joined.toString();
	}

	private static String quote(String argument) {
		if (!Printable.of(argument).equals(argument)) {
			return quoteEscaped(argument);
		}
		String unmasked = argument.replace(Secret.MASK, "");
		boolean safe = !argument.isEmpty();
		for (int i = 0; safe && i < unmasked.length(); i++) {
			safe = SAFE.indexOf(unmasked.charAt(i)) >= 0;
		}
		return safe ? argument : "'" + argument.replace("'", "'\\''") + "'";
	}

	private static String quoteEscaped(String argument) {
		StringBuilder quoted = new StringBuilder("$'");
		for (int i = 0; i < argument.length(); i++) {
			char c = argument.charAt(i);
			if (c == '\'' || c == '\\') {
				quoted.append('\\').append(c);
			}
			else {
				Printable.append(c, quoted);
			}
		}
		return quoted.append('\'').toString();
	}

}
