package io.procession.security;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Values to hide wherever they occur. <i>Immutable, thread-safe.</i>
 */
final class HiddenValues {

	static final HiddenValues NONE = new HiddenValues(List.of());

	/** Minimum length of a single line of a multi-line value to be hidden by itself. */
	private static final int SHORTEST_LINE = 8;

	/** Sorted by decreasing length, since one value may contain another. */
	private final List<SecretMatcher> matchers;

	/**
	 * Create hidden values.
	 * @param values the values to hide, without leading and trailing white space
	 */
	HiddenValues(Collection<String> values) {
		// the newline at the end of a file that contains a secret is seldom shown
		this.matchers = values.stream()
			.map(String::strip)
			.flatMap(HiddenValues::withLines)
			.filter((value) -> !value.isEmpty())
			.distinct()
			.sorted(Comparator.comparingInt(String::length).reversed())
			.map(SecretMatcher::new)
			.toList();
	}

	// a program that prints a secret line by line may add a prefix to each line
	private static Stream<String> withLines(String value) {
		return Stream.concat(Stream.of(value),
				value.lines().map(String::strip).filter((line) -> line.length() >= SHORTEST_LINE));
	}

	int longest() {
		return this.matchers.isEmpty() ? 0 : this.matchers.get(0).length();
	}

	String hide(String text) {
		String hidden = text;
		for (SecretMatcher matcher : this.matchers) {
			hidden = matcher.hide(hidden, false);
		}
		return hidden;
	}

	String hideInPart(String part, boolean cutAtStart) {
		String hidden = hide(part);
		if (cutAtStart) {
			// not earlier, since that could truncate the following value
			hidden = hidden.substring(Math.min(longest(), hidden.length()));
			for (SecretMatcher matcher : this.matchers) {
				hidden = matcher.hideStart(hidden);
			}
		}
		for (SecretMatcher matcher : this.matchers) {
			hidden = matcher.hide(hidden, true);
		}
		return hidden;
	}

}
