package io.procession.spring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Rejects unknown properties under {@code procession}. Spring would ignore them silently,
 * and because of a single wrong letter a process would run without the configured user or
 * limits. Only names are checked: a missing, empty or overridden value is not an error.
 * Environment variables are not checked because their names are ambiguous, and because
 * each process of a manager has such a variable itself.
 */
final class UnknownSettings {

	private UnknownSettings() {
	}

	/**
	 * Reject all properties that are not in the tree of {@linkplain SettingsTree known
	 * properties}. Called once, before any property is bound.
	 * @param environment the environment with the properties
	 * @param classLoader the class loader of the application
	 */
	static void refuse(Environment environment, @Nullable ClassLoader classLoader) {
		SettingsTree tree = SettingsTree.load(classLoader);
		Set<String> off = tree.off(environment);
		// a name that Spring would modify is reported as such, not as unknown
		tree.named().forEach((name, type) -> {
			if (!off.contains(name)) {
				WrittenNames.of(environment, SettingsTree.ROOT + "." + name, type);
			}
		});
		Map<ConfigurationPropertyName, @Nullable ConfigurationProperty> found = new LinkedHashMap<>();
		List<UnknownSettingException.Unknown> unknown = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource names) {
				boolean isChecked = !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource);
				names.stream()
					.filter((name) -> SettingsTree.ROOT.isAncestorOf(name)
							&& !off.contains(name.getElement(1, Form.DASHED)))
					.forEach((name) -> {
						ConfigurationProperty property = source.getConfigurationProperty(name);
						found.putIfAbsent(name, property);
						String advice = (isChecked && property != null)
								? tree.advice(name, String.valueOf(property.getValue()).isEmpty()) : null;
						if (property != null && advice != null) {
							unknown.add(new UnknownSettingException.Unknown(name, property.getOrigin(), advice));
						}
					});
			}
		}
		if (!unknown.isEmpty()) {
			throw new UnknownSettingException(unknown);
		}
		refuseMixed(tree, found);
	}

	// if a section has a value itself, Spring would silently ignore the properties under
	// it
	private static void refuseMixed(SettingsTree tree,
			Map<ConfigurationPropertyName, @Nullable ConfigurationProperty> found) {
		for (ConfigurationPropertyName section : found.keySet()) {
			if (tree.isSection(section)) {
				found.keySet().stream().filter(section::isAncestorOf).findFirst().ifPresent((name) -> {
					ConfigurationProperty other = found.get(name);
					Origin origin = (other != null) ? other.getOrigin() : null;
					throw new InvalidConfigurationPropertyValueException(section.toString(), null,
							"'" + name + "'" + ((origin != null) ? " (from " + origin + ")" : "")
									+ " is set as well: set either a single value or the properties below it");
				});
			}
		}
	}

}
