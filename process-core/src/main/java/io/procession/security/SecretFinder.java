package io.procession.security;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds secrets in arguments by the text before them: the name of an option, a variable
 * or a header, the user of a URL, or an option of a program that is known to take a
 * secret. <i>Immutable, thread-safe</i>, provided that its predicate is.
 */
final class SecretFinder {

	// possessive, and never beginning within a word, since arguments can be long
	private static final Pattern ASSIGNED = Pattern.compile("(?<![\\w.-])-*+(?<name>[\\w.-]++)[\"']?\\s*+[=:]\\s*+");

	// includes characters that are escaped by backslashes and therefore do not end the
	// value
	private static final Pattern VALUE = Pattern
		.compile("[\"'](?<quoted>(?<=\")(?=[^\"])[^\"\\\\]*+(?:\\\\[\\s\\S][^\"\\\\]*+)*+|(?<=')[^']++)"
				+ "|(?<bare>(?=[^\\s&;\"'}])[^\\s&;\"'}\\\\]*+(?:\\\\[\\s\\S][^\\s&;\"'}\\\\]*+)*+)");

	private static final Pattern OPTION = Pattern.compile("-++(?<name>[\\w.-]++)");

	/** An option that is separated from its value by a blank, within a script. */
	private static final Pattern SPOKEN = Pattern
		.compile("(?<![^\\s\"'(;|&])-{1,2}+(?<name>[\\w.-]++)(?:[ \\t]|\\\\\n)++(?=[^\\s-])");

	// up to the last @, as browsers do
	private static final Pattern USER_INFO = Pattern.compile("://[^\\s/:@]*+:(?<secret>[^\\s/?#]+)@");

	/** A user without a password is often a token. */
	private static final Pattern TOKEN_AS_USER = Pattern.compile("(?i)https?://(?<secret>[^\\s/:@?#]++)@");

	/** Authorization header of RFC 9110: the secret follows the name of the scheme. */
	private static final Pattern AUTHORIZATION = Pattern.compile(
			"(?i)(?<![\\w-])(?:proxy-)?authorization[\"']?\\s*+[:=]\\s*+[\"']?(?:[a-z][\\w-]*+[ \\t]++)?+(?<secret>[^\"'\\r\\n]++)");

	/**
	 * Header that AUTHORIZATION handles, since its value consists of a scheme and a
	 * secret.
	 */
	private static final Pattern HEADER = Pattern.compile("(?i)(proxy-)?authorization");

	private static final Pattern BEARER = Pattern.compile("(?i)(?<![\\w-])bearer[ \\t]++(?<secret>[\\w.~+/=-]++)");

	private static final List<Pattern> PATTERNS = List.of(USER_INFO, TOKEN_AS_USER, AUTHORIZATION, BEARER);

	/** Option of curl with a user and a password, within a script. */
	private static final Pattern CURL_USER = Pattern.compile(
			"(?<![^\\s\"'(;|&])(?:-[A-Za-z#]{0,8}[uU]|--user|--proxy-user)[ \\t=]*+[\"']?[^\\s:\"']*+:(?<secret>[^\\s\"']++)");

	/** Characters at which a value whose end is uncertain may end. */
	private static final Pattern END = Pattern.compile("[,;&\\s@`)}]");

	private final Predicate<String> secretName;

	/**
	 * Create a finder.
	 * @param secretName whether the value of a name is a secret
	 */
	SecretFinder(Predicate<String> secretName) {
		this.secretName = secretName;
	}

	/**
	 * Replace the secrets in arguments.
	 * @param arguments an argument vector
	 * @return the same number of arguments
	 */
	List<String> hide(List<String> arguments) {
		List<String> shown = new ArrayList<>(arguments.size());
		Scan scan = new Scan();
		for (String argument : arguments) {
			StringBuilder text = new StringBuilder();
			int from = 0;
			for (Span span : scan.next(argument)) {
				text.append(argument, from, span.start).append(Redactor.MASK);
				from = span.end;
			}
			shown.add((from == 0) ? argument : text.append(argument, from, argument.length()).toString());
		}
		return shown;
	}

	/**
	 * Collect the secrets in arguments.
	 * @param arguments an argument vector
	 * @return the secrets; where the end of one is uncertain, the shortest candidate as
	 * well
	 */
	List<String> find(List<String> arguments) {
		List<String> found = new ArrayList<>();
		Scan scan = new Scan();
		for (String argument : arguments) {
			for (Span span : scan.next(argument)) {
				String value = argument.substring(span.start, span.end);
				found.add(value);
				if (!span.whole) {
					found.add(END.split(value, 2)[0]);
				}
			}
		}
		return found;
	}

	private static List<Span> spansFrom(String argument, int start) {
		return (start <= 0 || start >= argument.length()) ? List.of()
				: List.of(new Span(start, argument.length(), true));
	}

	private boolean announcesSecret(String argument) {
		Matcher option = OPTION.matcher(argument);
		return option.matches() && this.secretName.test(option.group("name"));
	}

	private List<Span> secrets(String argument) {
		List<Span> spans = new ArrayList<>();
		if (argument.indexOf('=') >= 0 || argument.indexOf(':') >= 0) {
			addAssigned(argument, spans);
		}
		if (argument.indexOf(' ') >= 0 || argument.indexOf(':') >= 0) {
			PATTERNS.forEach((pattern) -> add(pattern, argument, spans));
		}
		if (argument.contains("curl")) {
			add(CURL_USER, argument, spans);
		}
		Matcher spoken = SPOKEN.matcher(argument);
		Matcher value = VALUE.matcher(argument);
		while (spoken.find()) {
			if (this.secretName.test(spoken.group("name"))
					&& value.region(spoken.end(), argument.length()).lookingAt()) {
				boolean bare = value.start("bare") >= 0;
				spans.add(new Span(bare ? value.start() : value.start("quoted"), value.end(), false));
			}
		}
		return merged(spans);
	}

	private static void add(Pattern pattern, String argument, List<Span> spans) {
		Matcher matcher = pattern.matcher(argument);
		while (matcher.find()) {
			spans.add(new Span(matcher.start("secret"), matcher.end("secret"), false));
		}
	}

	private void addAssigned(String argument, List<Span> spans) {
		Matcher assigned = ASSIGNED.matcher(argument);
		Matcher value = VALUE.matcher(argument);
		int from = 0;
		while (assigned.find(from)) {
			from = assigned.end();
			String name = assigned.group("name");
			if (!HEADER.matcher(name).matches() && this.secretName.test(name)
					&& value.region(from, argument.length()).lookingAt()) {
				boolean bare = value.start("bare") >= 0;
				// an unquoted value at the start of an argument extends to the end of the
				// argument
				int end = (bare && assigned.start() == 0) ? argument.length() : value.end();
				spans.add(new Span(bare ? value.start() : value.start("quoted"), end, false));
				from = end;
			}
		}
	}

	private static List<Span> merged(List<Span> spans) {
		if (spans.size() < 2) {
			return spans;
		}
		spans.sort(Comparator.comparingInt(Span::start));
		List<Span> merged = new ArrayList<>();
		for (Span span : spans) {
			Span last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
			if (last == null || span.start >= last.end) {
				merged.add(span);
			}
			else {
				merged.set(merged.size() - 1, new Span(last.start, Math.max(last.end, span.end), false));
			}
		}
		return merged;
	}

	/**
	 * Pass over the arguments of a command, in which an argument can announce that the
	 * next one is a secret.
	 */
	private final class Scan {

		private KnownTool tool = KnownTool.NONE;

		private boolean first = true;

		private boolean secretFollows;

		private boolean userFollows;

		List<Span> next(String argument) {
			List<Span> spans;
			if (this.secretFollows) {
				spans = argument.isEmpty() ? List.of() : List.of(new Span(0, argument.length(), true));
			}
			else if (this.userFollows) {
				spans = spansFrom(argument, argument.indexOf(':') + 1);
			}
			else {
				spans = secrets(argument);
				spans = spans.isEmpty() ? spansFrom(argument, this.tool.secretIn(argument)) : spans;
			}
			boolean announced = !this.secretFollows && !this.userFollows;
			this.secretFollows = announced && (announcesSecret(argument) || this.tool.announcesSecret(argument));
			this.userFollows = announced && !this.secretFollows && this.tool.announcesUser(argument);
			// the program may follow another one that starts it
			if (this.first || !argument.startsWith("-")) {
				this.tool = KnownTool.named(argument, this.tool);
			}
			this.first = false;
			return spans;
		}

	}

	/**
	 * Position of a secret.
	 *
	 * @param whole whether its end is certain
	 */
	private record Span(int start, int end, boolean whole) {

	}

}
