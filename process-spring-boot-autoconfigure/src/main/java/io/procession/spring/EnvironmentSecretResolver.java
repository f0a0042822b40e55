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
 * Resolves secrets from properties, whose values are taken as they are: a secret may
 * contain <code>${x}</code>, which Spring would resolve, or quote in its message where it
 * cannot. A value that is one placeholder as a whole refers to another property.
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
		// properties that refer to each other
		return null;
	}

	private static @Nullable String value(ConfigurableEnvironment environment, String name) {
		for (PropertySource<?> source : environment.getPropertySources()) {
			Object value = source.getProperty(name);
			if (value != null) {
				// what YAML takes for a number is one
				return value.toString();
			}
		}
		return null;
	}

}
