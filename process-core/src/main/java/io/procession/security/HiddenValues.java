package io.procession.security;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Values that are hidden wherever they occur. <i>Immutable, thread-safe.</i>
 */
final class HiddenValues {

	static final HiddenValues NONE = new HiddenValues(List.of());

	/** A line of a value of several lines is looked for by itself if it is as long. */
	private static final int SHORTEST_LINE = 8;

	/** The longest first: one may hold another. */
	private final List<SecretMatcher> matchers;

	/**
	 * New hidden values.
	 * @param values what to hide, blanks around it aside
	 */
	HiddenValues(Collection<String> values) {
		// the newline at the end of a secret's file is seldom shown
		this.matchers = values.stream()
			.map(String::strip)
			.flatMap(HiddenValues::withLines)
			.filter((value) -> !value.isEmpty())
			.distinct()
			.sorted(Comparator.comparingInt(String::length).reversed())
			.map(SecretMatcher::new)
			.toList();
	}

	// what passes a secret on line by line may put something before each
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
			// not before: that would cut the next one
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
