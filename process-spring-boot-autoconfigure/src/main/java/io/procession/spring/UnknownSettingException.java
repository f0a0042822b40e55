package io.procession.spring;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;

/**
 * Exception thrown if there are unknown properties under {@code procession}.
 */
final class UnknownSettingException extends RuntimeException {

	private final transient List<Unknown> unknown;

	/**
	 * Create an exception.
	 * @param unknown the unknown properties, at least one
	 */
	UnknownSettingException(List<Unknown> unknown) {
		super("Unknown configuration " + ((unknown.size() == 1) ? "property " : "properties ") + names(unknown));
		this.unknown = unknown.stream().sorted(Comparator.comparing(Unknown::name)).toList();
	}

	private static String names(List<Unknown> unknown) {
		return unknown.stream()
			.map((property) -> "'" + property.name() + "'")
			.sorted()
			.distinct()
			.collect(Collectors.joining(", "));
	}

	List<Unknown> unknown() {
		return this.unknown;
	}

	/**
	 * An unknown property; its value is not shown.
	 *
	 * @param name name of the property
	 * @param origin origin of the property
	 * @param advice the available properties, as a sentence without its period
	 */
	record Unknown(ConfigurationPropertyName name, @Nullable Origin origin, String advice) {

	}

}
