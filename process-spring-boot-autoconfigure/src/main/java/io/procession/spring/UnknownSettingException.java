package io.procession.spring;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Something is said in {@code procession.*} under a name that means nothing.
 */
final class UnknownSettingException extends RuntimeException {

	private final transient List<ConfigurationProperty> properties;

	private final String known;

	/**
	 * A new exception.
	 * @param properties what means nothing, one or more; their values are not shown
	 * @param known what there is instead, as the beginning of a sentence
	 */
	UnknownSettingException(Collection<ConfigurationProperty> properties, String known) {
		super("There is no setting " + names(properties));
		this.properties = List.copyOf(properties);
		this.known = known;
	}

	private static List<String> names(Collection<ConfigurationProperty> properties) {
		return properties.stream()
			.map(ConfigurationProperty::getName)
			.sorted(Comparator.naturalOrder())
			.map((name) -> "'" + name + "'")
			.distinct()
			.toList();
	}

	List<ConfigurationProperty> properties() {
		return this.properties;
	}

	String known() {
		return this.known;
	}

}
