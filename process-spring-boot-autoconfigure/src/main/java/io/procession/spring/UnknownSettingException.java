package io.procession.spring;

import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;

/**
 * Something is said under {@code procession} by a name that means nothing.
 */
final class UnknownSettingException extends RuntimeException {

	private final transient List<Unknown> unknown;

	/**
	 * A new exception.
	 * @param unknown what means nothing, one or more
	 */
	UnknownSettingException(List<Unknown> unknown) {
		super("There is no setting " + names(unknown));
		this.unknown = unknown.stream().sorted(Comparator.comparing(Unknown::name)).toList();
	}

	private static List<String> names(List<Unknown> unknown) {
		return unknown.stream().map((said) -> "'" + said.name() + "'").sorted().distinct().toList();
	}

	List<Unknown> unknown() {
		return this.unknown;
	}

	/**
	 * A name that means nothing; its value is not shown.
	 *
	 * @param name the name
	 * @param origin where it stands
	 * @param advice what there is instead, as a sentence without its full stop
	 */
	record Unknown(ConfigurationPropertyName name, @Nullable Origin origin, String advice) {

	}

}
