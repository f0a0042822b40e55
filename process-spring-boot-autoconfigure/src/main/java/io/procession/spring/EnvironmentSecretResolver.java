package io.procession.spring;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

import io.procession.process.SecretResolver;

/**
 * {@link SecretResolver} that reads properties, without resolving placeholders in their
 * values: a secret may contain <code>${x}</code>, which Spring would resolve, or would
 * include in an exception message if it cannot be resolved. Only a value that entirely
 * consists of one placeholder refers to another property.
 */
final class EnvironmentSecretResolver implements SecretResolver {

	private static final Pattern REFERENCE = Pattern.compile("\\$\\{(?<name>[^${}:]++)(?::(?<fallback>[^${}]*+))?}");

	private final Environment environment;

	EnvironmentSecretResolver(Environment environment) {
		this.environment = environment;
	}

	@Override
	public @Nullable String resolve(String name) {
		if (!(this.environment instanceof ConfigurableEnvironment configurable)) {
			return this.environment.getProperty(name);
		}
		Set<String> seen = new HashSet<>();
		String property = name;
		while (seen.add(property)) {
			String value = value(configurable, property);
			Matcher reference = REFERENCE.matcher((value != null) ? value : "");
			if (!reference.matches()) {
				return value;
			}
			property = reference.group("name");
			if (reference.group("fallback") != null && value(configurable, property) == null) {
				return reference.group("fallback");
			}
		}
		// the properties refer to each other in a cycle
		return null;
	}

	private static @Nullable String value(ConfigurableEnvironment environment, String name) {
		for (PropertySource<?> source : environment.getPropertySources()) {
			Object value = source.getProperty(name);
			if (value != null) {
				// YAML may have parsed the value as a number
				return value.toString();
			}
		}
		return null;
	}

}
