package io.procession.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Finds secrets by the names of what holds them, and hides them where commands are shown:
 * in {@code --password=x}, {@code --password x}, {@code PASSWORD=x}, {@code password: x},
 * a URL's {@code ?token=x} and {@code user:x@}. A name is secret if it ends with one of
 * the words, or matches one of the patterns as a whole, in either case.
 *
 * <p>
 * Secrets without a name, such as the {@code x} of {@code mysql -px}, are not found: pass
 * them by {@code secretArg} or, better, {@code secretEnv}. <i>Immutable.</i>
 */
public final class Redactor {

	/** What a secret is shown as. */
	public static final String MASK = "***";

	/** The words and patterns that are looked for unless others are given. */
	public static final List<String> NAMES = List.of("password", "secret", "key", "token", ".*credentials.*",
			"vcap_services");

	/** What is found by its name is looked for in other texts only if it is as long. */
	private static final int SHORTEST_FOUND = 4;

	/** A line of a secret of several lines is looked for by itself if it is as long. */
	private static final int SHORTEST_LINE = 8;

	private static final Pattern WORD = Pattern.compile("[\\w-]+");

	// possessive, and never begun within a word: arguments can be long
	private static final Pattern ASSIGNED = Pattern.compile("(?<![\\w.-])-*+(?<name>[\\w.-]++)[\"']?\\s*+[=:]\\s*+");

	// with what backslashes keep from ending it
	private static final Pattern VALUE = Pattern
		.compile("[\"'](?<quoted>(?<=\")(?=[^\"])[^\"\\\\]*+(?:\\\\[\\s\\S][^\"\\\\]*+)*+|(?<=')[^']++)"
				+ "|(?<bare>(?=[^\\s&;\"'}])[^\\s&;\"'}\\\\]*+(?:\\\\[\\s\\S][^\\s&;\"'}\\\\]*+)*+)");

	private static final Pattern OPTION = Pattern.compile("-++(?<name>[\\w.-]++)");

	/** An option before its value within a script. */
	private static final Pattern SPOKEN = Pattern
		.compile("(?<![^\\s\"'(;|&])-{1,2}+(?<name>[\\w.-]++)(?:[ \\t]|\\\\\n)++(?=[^\\s-])");

	// up to the last @, as a browser reads it
	private static final Pattern USER_INFO = Pattern.compile("://[^\\s/:@]*+:(?<password>[^\\s/?#]+)@");

	/** Where a value may end already. */
	private static final Pattern END = Pattern.compile("[,;&\\s@`)}]");

	private static final Redactor DEFAULTS = new Redactor(NAMES);

	private final List<String> names;

	private final List<Pattern> patterns;

	/** What is hidden whatever its name is, the longest first. */
	private final List<String> values;

	private Redactor(List<String> names) {
		this(List.copyOf(names), names.stream().map(Redactor::pattern).toList(), List.of());
	}

	private Redactor(List<String> names, List<Pattern> patterns, List<String> values) {
		this.names = names;
		this.patterns = patterns;
		// one may hold another; the newline at the end of a secret's file is seldom shown
		this.values = values.stream()
			.map(String::strip)
			.flatMap(Redactor::withLines)
			.filter((value) -> !value.isEmpty())
			.distinct()
			.sorted(Comparator.comparingInt(String::length).reversed())
			.toList();
	}

	// what passes a secret on line by line may put something before each
	private static Stream<String> withLines(String value) {
		return Stream.concat(Stream.of(value),
				value.lines().map(String::strip).filter((line) -> line.length() >= SHORTEST_LINE));
	}

	private static Pattern pattern(String name) {
		if (name.isBlank()) {
			throw new IllegalArgumentException("A pattern for the names of secrets must not be empty");
		}
		String expression = WORD.matcher(name).matches() ? ".*" + name : name;
		try {
			return Pattern.compile(expression, Pattern.CASE_INSENSITIVE);
		}
		catch (PatternSyntaxException ex) {
			throw new IllegalArgumentException("'" + name + "' is no regular expression: " + ex.getDescription(), ex);
		}
	}

	/**
	 * One that looks for {@link #NAMES}, which are those that Spring Boot sanitizes.
	 * @return the redactor
	 */
	public static Redactor defaults() {
		return DEFAULTS;
	}

	/**
	 * One that looks for other names.
	 * @param names words that names end with, or regular expressions; may be empty
	 * @return the redactor
	 * @throws IllegalArgumentException if one is empty or no regular expression
	 */
	public static Redactor of(Collection<String> names) {
		return new Redactor(List.copyOf(names));
	}

	/**
	 * The same, which also hides values, wherever they occur.
	 * @param more what to hide
	 * @return a new redactor, or this if there is nothing to hide
	 */
	public Redactor hiding(Collection<String> more) {
		return more.isEmpty() ? this
				: new Redactor(this.names, this.patterns, Stream.concat(this.values.stream(), more.stream()).toList());
	}

	/**
	 * Whether what has this name is a secret.
	 * @param name of an option, a variable, a property
	 * @return whether it is
	 */
	public boolean isSecret(String name) {
		return this.patterns.stream().anyMatch((pattern) -> pattern.matcher(name).matches());
	}

	/**
	 * The arguments as they may be shown.
	 * @param arguments an argument vector
	 * @return as many arguments, secrets in them replaced
	 */
	public List<String> redact(List<String> arguments) {
		List<String> shown = new ArrayList<>(arguments.size());
		boolean follows = false;
		for (String argument : arguments) {
			shown.add(follows ? MASK : hide(withoutSecrets(argument)));
			follows = announcesSecret(argument);
		}
		return shown;
	}

	/**
	 * The secrets among arguments that are long enough to be recognised in other texts.
	 * @param arguments an argument vector
	 * @return the secrets
	 */
	public List<String> find(List<String> arguments) {
		List<String> found = new ArrayList<>();
		boolean follows = false;
		for (String argument : arguments) {
			if (follows) {
				found.add(argument);
			}
			else {
				secrets(argument).forEach((span) -> add(argument.substring(span.start, span.end), found));
			}
			follows = announcesSecret(argument);
		}
		found.removeIf((secret) -> !isRecognisable(secret));
		return found;
	}

	// where it ends is not always clear: what is shown elsewhere may be the shorter one
	private static void add(String value, List<String> found) {
		found.add(value);
		String shorter = END.split(value, 2)[0];
		if (!shorter.equals(value)) {
			found.add(shorter);
		}
	}

	/**
	 * Whether a value found by its name can be looked for in other texts without hiding
	 * half of them.
	 * @param value what was found
	 * @return whether it is long enough, and no mask already
	 */
	public static boolean isRecognisable(String value) {
		return value.strip().length() >= SHORTEST_FOUND;
	}

	/**
	 * A text without the values that this hides.
	 * @param text any text
	 * @return the text, each of the values replaced
	 */
	public String hide(String text) {
		String hidden = text;
		for (String value : this.values) {
			hidden = hidden.replace(value, MASK);
		}
		return hidden;
	}

	/**
	 * A part of a longer text without the values that this hides, nor what its ends leave
	 * of them.
	 * @param part where the longer text was cut by its size, a value may have been cut
	 * too
	 * @param cutAtStart whether something came before it
	 * @return the part, each of the values replaced, with less at its start
	 */
	public String hideInPart(String part, boolean cutAtStart) {
		String hidden = hide(part);
		if (cutAtStart) {
			// not before: that would cut the next one
			hidden = hidden.substring(Math.min(longestValue(), hidden.length()));
		}
		for (int length = Math.min(longestValue() - 1, hidden.length()); length >= SHORTEST_FOUND; length--) {
			int start = hidden.length() - length;
			String end = hidden.substring(start);
			if (this.values.stream().anyMatch((value) -> value.startsWith(end))) {
				return hidden.substring(0, start) + MASK;
			}
		}
		return hidden;
	}

	/**
	 * How long the longest of the values is that this hides.
	 * @return characters, 0 if there are none
	 */
	public int longestValue() {
		return this.values.isEmpty() ? 0 : this.values.get(0).length();
	}

	private boolean announcesSecret(String argument) {
		Matcher option = OPTION.matcher(argument);
		return option.matches() && isSecret(option.group("name"));
	}

	private String withoutSecrets(String argument) {
		StringBuilder shown = new StringBuilder();
		int from = 0;
		for (Span span : secrets(argument)) {
			shown.append(argument, from, span.start).append(MASK);
			from = span.end;
		}
		return (from == 0) ? argument : shown.append(argument, from, argument.length()).toString();
	}

	private List<Span> secrets(String argument) {
		List<Span> spans = new ArrayList<>();
		if (argument.indexOf('=') >= 0 || argument.indexOf(':') >= 0) {
			addAssigned(argument, spans);
			Matcher userInfo = USER_INFO.matcher(argument);
			while (userInfo.find()) {
				spans.add(new Span(userInfo.start("password"), userInfo.end("password")));
			}
		}
		Matcher spoken = SPOKEN.matcher(argument);
		Matcher value = VALUE.matcher(argument);
		while (spoken.find()) {
			if (isSecret(spoken.group("name")) && value.region(spoken.end(), argument.length()).lookingAt()) {
				boolean bare = value.start("bare") >= 0;
				spans.add(new Span(bare ? value.start() : value.start("quoted"), value.end()));
			}
		}
		return merged(spans);
	}

	private void addAssigned(String argument, List<Span> spans) {
		Matcher assigned = ASSIGNED.matcher(argument);
		Matcher value = VALUE.matcher(argument);
		int from = 0;
		while (assigned.find(from)) {
			from = assigned.end();
			if (isSecret(assigned.group("name")) && value.region(from, argument.length()).lookingAt()) {
				boolean bare = value.start("bare") >= 0;
				// one that is an argument of its own goes to its end, whatever it holds
				int end = (bare && assigned.start() == 0) ? argument.length() : value.end();
				spans.add(new Span(bare ? value.start() : value.start("quoted"), end));
				from = end;
			}
		}
	}

	private static List<Span> merged(List<Span> spans) {
		spans.sort(Comparator.comparingInt(Span::start));
		List<Span> merged = new ArrayList<>();
		for (Span span : spans) {
			Span last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
			if (last == null || span.start >= last.end) {
				merged.add(span);
			}
			else {
				merged.set(merged.size() - 1, new Span(last.start, Math.max(last.end, span.end)));
			}
		}
		return merged;
	}

	@Override
	public boolean equals(Object other) {
		return this == other || other instanceof Redactor redactor && this.names.equals(redactor.names)
				&& this.values.equals(redactor.values);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.names, this.values);
	}

	/**
	 * The names, never the values.
	 */
	@Override
	public String toString() {
		return "Redactor" + this.names.stream().map((name) -> name.toLowerCase(Locale.ROOT)).toList();
	}

	private record Span(int start, int end) {

	}

}
