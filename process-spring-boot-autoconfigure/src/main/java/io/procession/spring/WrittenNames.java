package io.procession.spring;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Names in a section of named settings, such as {@code procession.programs}, and names of
 * their environment variables, as they are written in each property source. The keys of a
 * bound map do not contain this information: Spring drops characters that are not allowed
 * in property names, and a property that is written in two ways results in two keys.
 * <i>Confined to the thread that configures the application.</i>
 */
public final class WrittenNames {

	private static final String ENVIRONMENT = "environment";

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

	private static final Pattern PLAIN_VARIABLE = Pattern.compile("[A-Za-z0-9_.-]+");

	private static final Pattern INDEX = Pattern.compile("\\d+");

	private final String prefix;

	private final List<String> section;

	private final Set<String> settings;

	private final String kind;

	private final Names names;

	/** Names of environment variables by the key of the name. */
	private final Map<String, Names> variables = new HashMap<>();

	private WrittenNames(String prefix, Class<?> type) {
		this.prefix = prefix;
		this.section = Arrays.stream(prefix.split("\\.")).map(WrittenNames::uniform).toList();
		this.settings = Arrays.stream(type.getRecordComponents())
			.map(RecordComponent::getName)
			.map(WrittenNames::uniform)
			.collect(Collectors.toUnmodifiableSet());
		// procession.programs contains programs
		this.kind = prefix.substring(prefix.lastIndexOf('.') + 1).replaceFirst("s$", "");
		this.names = new Names(this.kind, "Remove or rename one of them.");
	}

	/**
	 * Read and check the names.
	 * @param environment the environment with the properties
	 * @param prefix the prefix of the section, two words such as
	 * {@code procession.programs}
	 * @param type the record that is bound to each name
	 * @return the names
	 * @throws SettingException if a name cannot be used as it is written, or is written
	 * in two ways in one property source
	 */
	public static WrittenNames of(Environment environment, String prefix, Class<?> type) {
		WrittenNames names = new WrittenNames(prefix, type);
		if (environment instanceof ConfigurableEnvironment configurable) {
			List<EnumerablePropertySource<?>> sources = new ArrayList<>();
			for (PropertySource<?> source : configurable.getPropertySources()) {
				if (source instanceof EnumerablePropertySource<?> enumerable) {
					sources.add(enumerable);
				}
			}
			// from the lowest precedence, so that a name is shown as it is defined
			Collections.reverse(sources);
			sources.stream().filter((source) -> !isSystemEnvironment(source)).forEach(names::add);
			sources.stream().filter(WrittenNames::isSystemEnvironment).forEach(names::add);
		}
		return names;
	}

	private static boolean isSystemEnvironment(PropertySource<?> source) {
		return source instanceof SystemEnvironmentPropertySource;
	}

	/**
	 * Merge a bound map to one entry per name, with the name as it is written.
	 * @param bound the bound map, entries of the property source with the highest
	 * precedence first
	 * @param rename function that applies an operation to the environment variables of a
	 * value
	 * @param <V> type of the values
	 * @return the values by name, in the order in which they are defined
	 */
	public <V> Map<String, V> merge(Map<String, V> bound, BiFunction<V, UnaryOperator<Map<String, String>>, V> rename) {
		Map<String, V> merged = new LinkedHashMap<>();
		this.names.merge(bound).forEach((name, value) -> {
			Names variables = this.variables.get(this.names.keyOf(name));
			merged.put(name, (variables != null) ? rename.apply(value, variables::merge) : value);
		});
		return merged;
	}

	private void add(EnumerablePropertySource<?> source) {
		for (String property : source.getPropertyNames()) {
			boolean isVariable = isSystemEnvironment(source) && property.indexOf('.') < 0;
			List<Part> parts = isVariable ? variableParts(property) : parts(property);
			if (parts.size() > 2 && parts.get(0).is(this.section.get(0)) && parts.get(1).is(this.section.get(1))) {
				add(new Property(source, property, parts));
			}
		}
	}

	private void add(Property property) {
		List<Part> parts = property.parts();
		Part name = parts.get(2);
		boolean isLenient = isSystemEnvironment(property.source());
		if (!isLenient) {
			checkName(name, property);
		}
		this.names.add(name, property, isLenient);
		if (parts.size() > 3 && parts.get(3).is(ENVIRONMENT)) {
			addVariable(this.variables.computeIfAbsent(name.key(), (key) -> new Names("environment variable", null)),
					property, isLenient);
		}
	}

	private void checkName(Part name, Property property) {
		if (!name.isBracketed() && !PLAIN.matcher(name.text()).matches()) {
			throw property.refused(this.prefix + "." + name.text(),
					"'" + name.text() + "' cannot be the name of a " + this.kind
							+ ": it must start with a letter, followed by letters, digits, '-' or '_'",
					"Rename the " + this.kind + ".");
		}
		List<Part> parts = property.parts();
		if (parts.size() > 3 && parts.get(3).isBracketed() && INDEX.matcher(parts.get(3).text()).matches()) {
			throw property.refused(property.upTo(3), "it is a list", "Write command: before the list.");
		}
		if (parts.size() > 4 && !this.settings.contains(uniform(parts.get(3).text()))) {
			for (int i = 4; i < parts.size(); i++) {
				if (parts.get(i).is("command")) {
					String dotted = parts.subList(2, i).stream().map(Part::text).collect(Collectors.joining("."));
					throw property.refused(this.prefix + "." + dotted, "a name with dots must be written in brackets",
							"Write \"[" + dotted + "]\" in YAML, " + this.prefix + "[" + dotted
									+ "] in a properties file, or rename the " + this.kind + ".");
				}
			}
		}
	}

	private static void addVariable(Names names, Property property, boolean isLenient) {
		String section = property.upTo(4);
		List<Part> rest = property.parts().subList(4, property.parts().size());
		if (rest.isEmpty()) {
			Object value = property.source().getProperty(property.name());
			if (!isLenient && value != null && !value.toString().isBlank()) {
				throw property.refused(section, "it is a single string",
						"Write NAME: value below it for each variable.");
			}
			return;
		}
		Part first = rest.get(0);
		if (first.isBracketed() && INDEX.matcher(first.text()).matches()) {
			throw property.refused(section, "it is a list", "Write NAME: value, not - NAME=value, for each variable.");
		}
		Part last = rest.get(rest.size() - 1);
		if (rest.size() > 1 && last.isBracketed() && INDEX.matcher(last.text()).matches()) {
			throw property.refused(property.upTo(property.parts().size() - 1),
					"the value of an environment variable cannot be a list", "Write it as a single string in quotes.");
		}
		Part variable = (rest.size() == 1) ? first
				: new Part(rest.stream().map(Part::text).collect(Collectors.joining(isLenient ? "_" : ".")), false);
		if (!variable.isBracketed() && !PLAIN_VARIABLE.matcher(variable.text()).matches()) {
			throw property.refused(section + "." + variable.text(),
					"Spring removes all characters but letters, digits, '-', '_' and '.' from property names",
					"Write \"[" + variable.text() + "]\" in YAML, " + section + "[" + variable.text()
							+ "] in a properties file, to preserve the name.");
		}
		names.add(variable, property, isLenient);
	}

	// Spring compares names without case and without separators
	private static String uniform(String name) {
		StringBuilder uniform = new StringBuilder();
		name.chars().filter(Character::isLetterOrDigit).forEach(uniform::appendCodePoint);
		return uniform.toString().toLowerCase(Locale.ROOT);
	}

	private static List<Part> parts(String property) {
		List<Part> parts = new ArrayList<>();
		int i = 0;
		while (i < property.length()) {
			boolean isBracketed = property.charAt(i) == '[' && property.indexOf(']', i) > 0;
			int end = isBracketed ? property.indexOf(']', i) : endOfPlain(property, i);
			parts.add(new Part(property.substring(isBracketed ? i + 1 : i, end), isBracketed));
			i = isBracketed ? end + 1 : end;
			if (i < property.length() && property.charAt(i) == '.') {
				i++;
			}
		}
		return parts;
	}

	private static int endOfPlain(String property, int start) {
		int end = start;
		while (end < property.length() && property.charAt(end) != '.' && property.charAt(end) != '[') {
			end++;
		}
		return end;
	}

	// in PROCESSION_PROGRAMS_MYWORKER_ENVIRONMENT_APP_ENV, only the variable keeps its
	// case
	private static List<Part> variableParts(String variable) {
		List<Part> parts = new ArrayList<>();
		for (String part : variable.split("_", -1)) {
			boolean isKept = parts.size() > 3 && parts.get(3).is(ENVIRONMENT);
			parts.add(new Part(isKept ? part : part.toLowerCase(Locale.ROOT), false));
		}
		return parts;
	}

	/**
	 * Part of the name of a property.
	 *
	 * @param text the text as written, without brackets
	 * @param isBracketed whether it is written in brackets and therefore used unchanged
	 */
	private record Part(String text, boolean isBracketed) {

		boolean is(String name) {
			return !this.isBracketed && uniform(this.text).equals(name);
		}

		/** Return the key, which is the same for all notations of the name. */
		String key() {
			return this.isBracketed ? this.text : uniform(this.text);
		}

	}

	/**
	 * Property in a property source.
	 *
	 * @param source the property source
	 * @param name name of the property as written
	 * @param parts parts of the name
	 */
	private record Property(EnumerablePropertySource<?> source, String name, List<Part> parts) {

		@Nullable Origin origin() {
			return OriginLookup.getOrigin(this.source, this.name);
		}

		String upTo(int part) {
			StringBuilder name = new StringBuilder();
			for (Part each : this.parts.subList(0, part)) {
				if (each.isBracketed()) {
					name.append('[').append(each.text()).append(']');
				}
				else {
					name.append(name.isEmpty() ? "" : ".").append(each.text());
				}
			}
			return name.toString();
		}

		SettingException refused(String property, String reason, String action) {
			return new SettingException(property, origin(), reason, action);
		}

	}

	/** Names of one kind by their keys, in the order in which they are defined. */
	private static final class Names {

		private final String kind;

		private final @Nullable String remedy;

		private final Map<String, String> shown = new LinkedHashMap<>();

		private final Map<PropertySource<?>, Map<String, Property>> bySource = new HashMap<>();

		private final Map<Property, String> written = new HashMap<>();

		Names(String kind, @Nullable String remedy) {
			this.kind = kind;
			this.remedy = remedy;
		}

		void add(Part name, Property property, boolean isLenient) {
			this.shown.putIfAbsent(name.key(), name.text());
			Property first = this.bySource.computeIfAbsent(property.source(), (source) -> new HashMap<>())
				.putIfAbsent(name.key(), property);
			this.written.put(property, name.text());
			String other = (first != null) ? this.written.get(first) : null;
			if (!isLenient && first != null && other != null && !other.equals(name.text())) {
				throw property.refused(property.name(),
						"the " + this.kind + " '" + name.text() + "' is the same as '" + other + "'"
								+ ((first.origin() != null) ? " (from " + first.origin() + ")" : "")
								+ ": case, '-' and '_' are ignored in property names",
						(this.remedy != null) ? this.remedy : "Remove one of them, or write both in brackets, as in \"["
								+ name.text() + "]\" in YAML.");
			}
		}

		String keyOf(String name) {
			return this.shown.containsKey(name) ? name : uniform(name);
		}

		/**
		 * Merge entries by name. The first of several keys for the same name has the
		 * highest precedence.
		 */
		<V> Map<String, V> merge(Map<String, V> bound) {
			Map<String, V> byKey = new LinkedHashMap<>();
			bound.forEach((name, value) -> byKey.putIfAbsent(keyOf(name), value));
			Map<String, V> merged = new LinkedHashMap<>();
			this.shown.forEach((key, name) -> {
				V value = byKey.get(key);
				if (value != null) {
					merged.put(name, value);
				}
			});
			return merged;
		}

	}

}
