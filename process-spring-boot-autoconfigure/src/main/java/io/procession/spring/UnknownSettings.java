package io.procession.spring;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Rejects unknown properties under {@code procession}. Spring would ignore them silently,
 * and because of a single wrong letter a process would run without the configured user or
 * limits. Only names are checked: a missing, empty or overridden value is not an error.
 * Environment variables are not checked because their names are ambiguous, and because
 * each process of a manager has such a variable itself.
 */
public final class UnknownSettings {

	private static final ConfigurationPropertyName TOP = ConfigurationPropertyName.of("procession");

	/** Names of sections that are bound and checked by other packages. */
	private static final Set<String> ELSEWHERE = Set.of("programs", "security");

	/** Names of sections that contain only a switch. */
	private static final Set<String> SWITCHES = Set.of("events", "metrics", "supervision");

	private static final String SWITCH = "enabled";

	private UnknownSettings() {
	}

	/**
	 * Reject all properties under a prefix that do not exist in a type.
	 * @param environment the environment with the properties
	 * @param prefix the prefix, in dashed form
	 * @param type the type that is bound to the prefix: a record, or a map or list of
	 * records
	 */
	public static void refuse(Environment environment, String prefix, ResolvableType type) {
		ConfigurationPropertyName root = ConfigurationPropertyName.of(prefix);
		refuse(environment, root, (property) -> advice(type, property.getName(), root.getNumberOfElements()));
		refuseMixed(environment, root, type);
	}

	/**
	 * Reject all properties that neither belong to the manager nor to a section of
	 * another package.
	 */
	static void refuseAtTop(Environment environment) {
		refuse(environment, TOP, UnknownSettings::adviceAtTop);
		refuseMixed(environment, TOP, ResolvableType.forClass(ProcessProperties.class));
	}

	/** Return the names that exist directly under the top-level prefix. */
	static Set<String> atTop() {
		Set<String> names = new TreeSet<>(parts(ProcessProperties.class).keySet());
		names.addAll(ELSEWHERE);
		names.addAll(SWITCHES);
		names.add(SWITCH);
		return names;
	}

	private static void refuse(Environment environment, ConfigurationPropertyName root,
			Function<ConfigurationProperty, @Nullable String> advice) {
		List<UnknownSettingException.Unknown> unknown = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource names
					&& !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
				names.stream().filter(root::isAncestorOf).forEach((name) -> {
					ConfigurationProperty property = source.getConfigurationProperty(name);
					String what = (property != null) ? advice.apply(property) : null;
					if (property != null && what != null) {
						unknown.add(new UnknownSettingException.Unknown(name, property.getOrigin(), what));
					}
				});
			}
		}
		if (!unknown.isEmpty()) {
			throw new UnknownSettingException(unknown);
		}
	}

	// if a section has a value itself, Spring would silently ignore the properties under
	// it
	private static void refuseMixed(Environment environment, ConfigurationPropertyName root, ResolvableType type) {
		Iterable<ConfigurationPropertySource> sources = ConfigurationPropertySources.get(environment);
		Map<ConfigurationPropertyName, ConfigurationProperty> found = new LinkedHashMap<>();
		for (ConfigurationPropertySource source : sources) {
			if (source instanceof IterableConfigurationPropertySource names) {
				names.stream()
					.filter(root::isAncestorOf)
					.forEach((name) -> found.putIfAbsent(name, source.getConfigurationProperty(name)));
			}
		}
		for (ConfigurationPropertyName section : found.keySet()) {
			if (isSection(type, section, root.getNumberOfElements())) {
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

	private static boolean isSection(ResolvableType type, ConfigurationPropertyName name, int at) {
		Class<?> raw = type.toClass();
		if (at >= name.getNumberOfElements()) {
			return isSection(raw);
		}
		if (Map.class.isAssignableFrom(raw)) {
			return isSection(type.getGeneric(1), name, at + 1);
		}
		String element = name.getElement(at, Form.UNIFORM);
		return isSection(raw) && parts(raw).entrySet()
			.stream()
			.anyMatch((part) -> isSame(part.getKey(), element) && isSection(part.getValue(), name, at + 1));
	}

	private static @Nullable String adviceAtTop(ConfigurationProperty property) {
		ConfigurationPropertyName name = property.getName();
		String first = name.getElement(1, Form.UNIFORM);
		if (ELSEWHERE.contains(first)) {
			return null;
		}
		if (SWITCHES.contains(first)) {
			boolean known = (name.getNumberOfElements() == 2) ? String.valueOf(property.getValue()).isEmpty()
					: name.getNumberOfElements() == 3 && name.getElement(2, Form.UNIFORM).equals(SWITCH);
			return known ? null : there(name.chop(2), Set.of(SWITCH));
		}
		if (first.equals(SWITCH)) {
			return (name.getNumberOfElements() == 2) ? null : nothing(name.chop(2));
		}
		return parts(ProcessProperties.class).keySet().stream().anyMatch((part) -> isSame(part, first))
				? advice(ResolvableType.forClass(ProcessProperties.class), name, 1) : there(TOP, atTop());
	}

	/**
	 * Return the advice for a name, or {@code null} if the property exists.
	 * @param type the type that is bound to the first elements of the name
	 * @param at number of these elements
	 */
	private static @Nullable String advice(ResolvableType type, ConfigurationPropertyName name, int at) {
		if (at >= name.getNumberOfElements()) {
			return null;
		}
		Class<?> raw = type.toClass();
		if (Map.class.isAssignableFrom(raw)) {
			// keys of a map of values may contain dots
			return isSection(type.getGeneric(1).toClass()) ? advice(type.getGeneric(1), name, at + 1) : null;
		}
		if (Collection.class.isAssignableFrom(raw)) {
			return name.isNumericIndex(at) ? advice(type.getGeneric(0), name, at + 1)
					: "'" + name.chop(at) + "' is a list";
		}
		if (!isSection(raw)) {
			return nothing(name.chop(at));
		}
		Map<String, ResolvableType> parts = parts(raw);
		for (Map.Entry<String, ResolvableType> part : parts.entrySet()) {
			if (isSame(part.getKey(), name.getElement(at, Form.UNIFORM))) {
				return advice(part.getValue(), name, at + 1);
			}
		}
		return there(name.chop(at), parts.keySet());
	}

	private static boolean isSame(String dashed, String uniform) {
		return dashed.replace("-", "").equals(uniform);
	}

	// records of the core, such as TimeLimit, are values
	private static boolean isSection(Class<?> type) {
		return type.isRecord() && type.getPackageName().startsWith(UnknownSettings.class.getPackageName());
	}

	private static Map<String, ResolvableType> parts(Class<?> section) {
		Map<String, ResolvableType> parts = new TreeMap<>();
		for (RecordComponent component : section.getRecordComponents()) {
			parts.put(DataObjectPropertyName.toDashedForm(component.getName()),
					ResolvableType.forType(component.getGenericType()));
		}
		return parts;
	}

	private static String there(ConfigurationPropertyName section, Collection<String> names) {
		return ((names.size() == 1) ? "The only known property under '" + section + "' is: "
				: "Known properties under '" + section + "' are: ") + String.join(", ", names);
	}

	private static String nothing(ConfigurationPropertyName value) {
		return "'" + value + "' is a single value without properties below it";
	}

}
