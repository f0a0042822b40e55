package io.procession.spring;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Describes properties in messages, as they are written in their property source.
 */
public final class WrittenSettings {

	private static final Pattern DURATION = Pattern.compile("-?PT[-0-9.HMS]*[HMS]");

	private final Environment environment;

	/**
	 * Create an instance.
	 * @param environment the environment with the properties
	 */
	public WrittenSettings(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Return the name of a property with its value and origin. The value is omitted for
	 * named properties, such as those of programs, that may contain a secret: the command
	 * and the environment. If the property is missing, another property of its section is
	 * named instead.
	 * @param name name of the property or of a section
	 * @return the description
	 */
	public String describe(ConfigurationPropertyName name) {
		ConfigurationProperty property = find(name);
		if (property == null) {
			ConfigurationProperty other = findIn(name.getParent());
			return "'" + name + "'" + ((other != null && other.getOrigin() != null)
					? " (next to '" + other.getName() + "' from " + other.getOrigin() + ")" : "");
		}
		boolean isShown = property.getName().equals(name) && !mayBeSecret(name);
		String value = isShown ? " with the value '" + property.getValue() + "'" : "";
		return "'" + name + "'" + value
				+ ((property.getOrigin() != null) ? " (from " + property.getOrigin() + ")" : "");
	}

	private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty found = source.getConfigurationProperty(name);
			if (found != null) {
				return found;
			}
		}
		return findIn(name);
	}

	// for a section, the first property in it
	private @Nullable ConfigurationProperty findIn(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				Optional<ConfigurationPropertyName> first = iterable.stream().filter(name::isAncestorOf).findFirst();
				if (first.isPresent()) {
					return source.getConfigurationProperty(first.get());
				}
			}
		}
		return null;
	}

	private static boolean mayBeSecret(ConfigurationPropertyName name) {
		if (name.getNumberOfElements() < 3 || !SettingsTree.load(ClassUtils.getDefaultClassLoader())
			.named()
			.containsKey(name.getElement(1, Form.DASHED))) {
			return false;
		}
		String setting = (name.getNumberOfElements() > 3) ? name.getElement(3, Form.UNIFORM) : "command";
		return setting.equals("command") || setting.equals("environment");
	}

	/**
	 * Return a message of the core in the notation of configuration files, in which
	 * durations are written differently.
	 * @param message the message
	 * @return the message, for example with {@code 1s} instead of {@code PT1S}
	 */
	public static String inYaml(String message) {
		return DURATION.matcher(message).replaceAll(WrittenSettings::duration);
	}

	private static String duration(MatchResult match) {
		try {
			Duration duration = Duration.parse(match.group());
			return (duration.toNanosPart() == 0) ? duration.toSeconds() + "s"
					: (duration.toNanosPart() % 1_000_000 == 0) ? duration.toMillis() + "ms" : match.group();
		}
		catch (DateTimeParseException | ArithmeticException ex) {
			return match.group();
		}
	}

}
