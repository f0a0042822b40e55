package io.procession.security;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Finds secrets by the names of what holds them, and hides them where commands are shown:
 * in {@code --password=x}, {@code --password x}, {@code PASSWORD=x}, {@code password: x},
 * a URL's {@code ?token=x}, {@code user:x@} and {@code https://x@}, in
 * {@code Authorization: Bearer x}, and after the options of some well-known programs,
 * such as {@code curl -u user:x}. A name is secret if it ends with one of the words, or
 * matches one of the patterns as a whole, in either case.
 *
 * <p>
 * Secrets without a name, such as a password that is an argument of its own, are not
 * found: pass them by {@code secretArg} or, better, {@code secretEnv}. <i>Immutable,
 * thread-safe.</i>
 */
public final class Redactor {

	/** What a secret is shown as. */
	public static final String MASK = "***";

	/**
	 * The words and patterns that are looked for unless others are given: those of Spring
	 * Boot, and the short forms of programs. The variables {@code PWD} and {@code OLDPWD}
	 * name directories.
	 */
	public static final List<String> NAMES = List.of("password", "passwd", "passphrase", "passcode", "secret",
			"secret-id", "secret_id", "secretid", "key", "token", ".*credentials.*", "vcap_services", "authorization",
			"(?!(?-i:(OLD)?PWD)$)(.*[-_.])?(pass|pwd|auth|bearer)", "(?-i:.*[a-z0-9](Pass|Pwd|Auth))");

	/** What is found by its name is looked for in other texts only if it is as long. */
	private static final int SHORTEST_FOUND = 4;

	private static final Pattern WORD = Pattern.compile("[\\w-]+");

	private static final Redactor DEFAULTS = new Redactor(NAMES, List.of());

	private final List<String> names;

	/** Those of the names that are words, and those that are patterns. */
	private final List<String> words;

	private final List<Pattern> patterns;

	/** What gives the values that are hidden whatever their names are. */
	private final List<Supplier<List<String>>> sources;

	private final SecretFinder finder = new SecretFinder(this::isSecret);

	/** Made when a text is first looked at, and again when a source gives others. */
	private volatile Snapshot snapshot = Snapshot.EMPTY;

	private Redactor(List<String> names, List<Supplier<List<String>>> sources) {
		names.forEach(Redactor::check);
		this.names = names;
		this.words = names.stream().filter(Redactor::isWord).toList();
		this.patterns = names.stream().filter((name) -> !isWord(name)).map(Redactor::pattern).toList();
		this.sources = sources;
	}

	private Redactor(Redactor other, List<Supplier<List<String>>> sources) {
		this.names = other.names;
		this.words = other.words;
		this.patterns = other.patterns;
		this.sources = sources;
	}

	private static void check(String name) {
		if (name.isBlank()) {
			throw new IllegalArgumentException("A pattern for the names of secrets must not be empty");
		}
	}

	private static boolean isWord(String name) {
		return WORD.matcher(name).matches();
	}

	private static Pattern pattern(String name) {
		try {
			return Pattern.compile(name, Pattern.CASE_INSENSITIVE);
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
		return new Redactor(List.copyOf(names), List.of());
	}

	/**
	 * The same, which also hides values, wherever they occur.
	 * @param more what to hide
	 * @return a new redactor, or this if there is nothing to hide
	 */
	public Redactor hiding(Collection<String> more) {
		if (more.isEmpty()) {
			return this;
		}
		Constant values = new Constant(List.copyOf(more));
		return this.sources.contains(values) ? this : hiding(values);
	}

	/**
	 * Return a redactor that also hides the values that a source gives whenever a text is
	 * looked at.
	 * @param source gives the values; the same list as long as they are the same
	 * @return a new redactor
	 */
	public Redactor hiding(Supplier<List<String>> source) {
		return new Redactor(this, Stream.concat(this.sources.stream(), Stream.of(source)).toList());
	}

	/**
	 * Whether what has this name is a secret.
	 * @param name of an option, a variable, a property
	 * @return whether it is
	 */
	public boolean isSecret(String name) {
		for (String word : this.words) {
			int start = name.length() - word.length();
			if (name.regionMatches(true, start, word, 0, word.length())) {
				return true;
			}
		}
		for (Pattern pattern : this.patterns) {
			if (pattern.matcher(name).matches()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The arguments as they may be shown.
	 * @param arguments an argument vector
	 * @return as many arguments, secrets in them replaced
	 */
	public List<String> redact(List<String> arguments) {
		HiddenValues values = values();
		List<String> shown = this.finder.hide(arguments);
		shown.replaceAll(values::hide);
		return shown;
	}

	/**
	 * The secrets among arguments that are long enough to be recognised in other texts.
	 * @param arguments an argument vector
	 * @return the secrets
	 */
	public List<String> find(List<String> arguments) {
		return this.finder.find(arguments).stream().filter(Redactor::isRecognisable).distinct().toList();
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
	 * A text without the values that this hides, as they are or encoded as in URLs, JSON,
	 * HTML, shells, base64 and hexadecimal.
	 * @param text any text
	 * @return the text, each of the values replaced
	 */
	public String hide(String text) {
		return values().hide(text);
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
		return values().hideInPart(part, cutAtStart);
	}

	/**
	 * How long the longest of the values is that this hides.
	 * @return characters, 0 if there are none
	 */
	public int longestValue() {
		return values().longest();
	}

	private HiddenValues values() {
		if (this.sources.isEmpty()) {
			return HiddenValues.NONE;
		}
		List<List<String>> given = this.sources.stream().map(Supplier::get).toList();
		Snapshot known = this.snapshot;
		if (!known.isOf(given)) {
			known = new Snapshot(given, new HiddenValues(given.stream().flatMap(List::stream).toList()));
			this.snapshot = known;
		}
		return known.values;
	}

	@Override
	public boolean equals(Object other) {
		return this == other || other instanceof Redactor redactor && this.names.equals(redactor.names)
				&& this.sources.equals(redactor.sources);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.names, this.sources);
	}

	/**
	 * The names, never the values.
	 */
	@Override
	public String toString() {
		return "Redactor" + this.names.stream().map((name) -> name.toLowerCase(Locale.ROOT)).toList();
	}

	/**
	 * Values that never change.
	 */
	private record Constant(List<String> get) implements Supplier<List<String>> {

	}

	/**
	 * What was made of the values that the sources gave.
	 */
	private record Snapshot(List<List<String>> given, HiddenValues values) {

		private static final Snapshot EMPTY = new Snapshot(List.of(), HiddenValues.NONE);

		private boolean isOf(List<List<String>> others) {
			if (this.given.size() != others.size()) {
				return false;
			}
			for (int i = 0; i < others.size(); i++) {
				if (this.given.get(i) != others.get(i)) {
					return false;
				}
			}
			return true;
		}

	}

}
