package io.procession.test;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import io.procession.process.Command;

/**
 * Glob for a command line: {@code *} matches any text, including line terminators, and
 * {@code ?} a single character. The whole line must match.
 *
 * <p>
 * Quotes in the pattern are ignored: {@code git commit -m 'a b'} matches with and without
 * them. The script of a shell command is matched as a separate line.
 */
final class CommandPattern {

	private final String glob;

	private final Set<Pattern> patterns = new LinkedHashSet<>();

	CommandPattern(String glob) {
		Objects.requireNonNull(glob, "The pattern of a command must not be null: use \"*\" for any");
		if (glob.isBlank()) {
			throw new IllegalArgumentException("The pattern of a command must not be empty: use \"*\" for any");
		}
		this.glob = glob;
		this.patterns.add(compile(glob));
		try {
			this.patterns.add(compile(String.join(" ", Command.parse(glob).arguments())));
		}
		catch (IllegalArgumentException ex) {
			// a literal quote, such as an apostrophe
			return;
		}
	}

	private static Pattern compile(String glob) {
		StringBuilder regex = new StringBuilder();
		for (int i = 0; i < glob.length(); i++) {
			char c = glob.charAt(i);
			switch (c) {
				case '*' -> regex.append(".*");
				case '?' -> regex.append('.');
				default -> regex.append(Pattern.quote(String.valueOf(c)));
			}
		}
		return Pattern.compile(regex.toString(), Pattern.DOTALL);
	}

	boolean matches(Command command) {
		return lines(command).stream()
			.anyMatch((line) -> this.patterns.stream().anyMatch((pattern) -> pattern.matcher(line).matches()));
	}

	/**
	 * Return the texts that represent a command: unquoted, quoted for a shell, and its
	 * script.
	 */
	static Set<String> lines(Command command) {
		List<String> arguments = command.arguments();
		Set<String> lines = new LinkedHashSet<>();
		lines.add(String.join(" ", arguments));
		lines.add(command.toString());
		if (isScript(arguments)) {
			lines.add(arguments.get(2));
		}
		return lines;
	}

	private static boolean isScript(List<String> arguments) {
		return arguments.size() > 2 && ((arguments.get(0).equals("/bin/sh") && arguments.get(1).equals("-c"))
				|| (arguments.get(0).equals("cmd.exe") && arguments.get(1).equals("/c")));
	}

	/**
	 * Return the text to use as a pattern for a command: its script, or the unquoted
	 * line.
	 */
	static String shown(Command command) {
		List<String> arguments = command.arguments();
		return isScript(arguments) ? arguments.get(2) : String.join(" ", arguments);
	}

	@Override
	public String toString() {
		return this.glob;
	}

}
