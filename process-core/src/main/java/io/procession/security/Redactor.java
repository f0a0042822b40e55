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
 * Finds secrets by the names of the options, variables and properties that hold them, and
 * hides them where commands are shown: in {@code --password=x}, {@code --password x},
 * {@code PASSWORD=x}, {@code password: x}, in {@code ?token=x}, {@code user:x@} and
 * {@code https://x@} of a URL, in {@code Authorization: Bearer x}, and after the options
 * of some well-known programs, such as {@code curl -u user:x}. A name is secret if it
 * ends with one of the words, or one of the patterns matches it as a whole, ignoring
 * case.
 *
 * <p>
 * Secrets without a name, such as a password that is an argument of its own, are not
 * found: pass them by {@code secretArg} or, better, {@code secretEnv}. <i>Immutable,
 * thread-safe.</i>
 */
public final class Redactor {

	/** Text that is shown in place of a secret. */
	public static final String MASK = "***";

	/**
	 * Default words and patterns: those of Spring Boot, and the short forms used by
	 * programs. The variables {@code PWD} and {@code OLDPWD} are not secret, since they
	 * contain directories.
	 */
	public static final List<String> NAMES = List.of("password", "passwd", "passphrase", "passcode", "secret",
			"secret-id", "secret_id", "secretid", "key", "token", ".*credentials.*", "vcap_services", "authorization",
			"(?!(?-i:(OLD)?PWD)$)(.*[-_.])?(pass|pwd|auth|bearer)", "(?-i:.*[a-z0-9](Pass|Pwd|Auth))");

	/** Minimum length of a secret found by its name to be hidden in other texts, too. */
	private static final int SHORTEST_FOUND = 4;

	private static final Pattern WORD = Pattern.compile("[\\w-]+");

	private static final Redactor DEFAULTS = new Redactor(NAMES, List.of());

	private final List<String> names;

	/** The names that are words; the others are patterns. */
	private final List<String> words;

	private final List<Pattern> patterns;

	/** Suppliers of values that are hidden regardless of their names. */
	private final List<Supplier<List<String>>> sources;

	private final SecretFinder finder = new SecretFinder(this::isSecret);

	/**
	 * Created when the first text is processed, and again when a source supplies another
	 * list.
	 */
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
			throw new IllegalArgumentException("A pattern for names of secrets must not be empty");
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
			throw new IllegalArgumentException("'" + name + "' is not a regular expression: " + ex.getDescription(),
					ex);
		}
	}

	/**
	 * Return a redactor that searches for {@link #NAMES}.
	 * @return the redactor
	 */
	public static Redactor defaults() {
		return DEFAULTS;
	}

	/**
	 * Create a redactor that searches for the given names.
	 * @param names words that names end with, or regular expressions; may be empty
	 * @return the redactor
	 * @throws IllegalArgumentException if one is blank or not a valid regular expression
	 */
	public static Redactor of(Collection<String> names) {
		return new Redactor(List.copyOf(names), List.of());
	}

	/**
	 * Return a redactor that also hides the given values wherever they occur.
	 * @param more the values to hide
	 * @return a new redactor, or this one if there is nothing more to hide
	 */
	public Redactor hiding(Collection<String> more) {
		if (more.isEmpty()) {
			return this;
		}
		Constant values = new Constant(List.copyOf(more));
		return this.sources.contains(values) ? this : hiding(values);
	}

	/**
	 * Return a redactor that also hides the values of a source, which is queried for each
	 * text.
	 * @param source supplies the values, as the same list instance until they change
	 * @return a new redactor
	 */
	public Redactor hiding(Supplier<List<String>> source) {
		return new Redactor(this, Stream.concat(this.sources.stream(), Stream.of(source)).toList());
	}

	/**
	 * Return whether the value of a name is a secret.
	 * @param name the name of an option, a variable or a property
	 * @return whether the value is a secret
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
	 * Redact arguments.
	 * @param arguments an argument vector
	 * @return the same number of arguments, with secrets replaced
	 */
	public List<String> redact(List<String> arguments) {
		HiddenValues values = values();
		List<String> shown = this.finder.hide(arguments);
		shown.replaceAll(values::hide);
		return shown;
	}

	/**
	 * Find the secrets in arguments that are long enough to be recognized in other texts.
	 * @param arguments an argument vector
	 * @return the secrets
	 */
	public List<String> find(List<String> arguments) {
		return this.finder.find(arguments).stream().filter(Redactor::isRecognisable).distinct().toList();
	}

	/**
	 * Return whether a value that was found by its name is long enough to be hidden in
	 * other texts without hiding large parts of them.
	 * @param value the value that was found
	 * @return whether the value has at least four characters, not counting leading and
	 * trailing white space; {@link #MASK} has fewer
	 */
	public static boolean isRecognisable(String value) {
		return value.strip().length() >= SHORTEST_FOUND;
	}

	/**
	 * Replace the hidden values in a text, both in plain text and encoded as in URLs,
	 * JSON, HTML, shells, base64 and hexadecimal.
	 * @param text any text
	 * @return the text with each of the values replaced
	 */
	public String hide(String text) {
		return values().hide(text);
	}

	/**
	 * Replace the hidden values in a part of a longer text, including fragments of values
	 * at its ends.
	 * @param part a part of a text that was split by size, possibly within a value
	 * @param cutAtStart whether the part was preceded by other text
	 * @return the part with each of the values replaced; if it was preceded by other
	 * text, as many characters as the longest value has are removed from its start
	 */
	public String hideInPart(String part, boolean cutAtStart) {
		return values().hideInPart(part, cutAtStart);
	}

	/**
	 * Return the length of the longest value that is hidden.
	 * @return the number of characters, 0 if there are no such values
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
	 * Return the names, never the values.
	 */
	@Override
	public String toString() {
		return "Redactor" + this.names.stream().map((name) -> name.toLowerCase(Locale.ROOT)).toList();
	}

	/**
	 * A source whose values never change.
	 */
	private record Constant(List<String> get) implements Supplier<List<String>> {

	}

	/**
	 * Hidden values created from the lists that the sources supplied.
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
