package io.procession.spring.supervision;

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

import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;

/**
 * Names of programs and of their environment variables, as they are written in each
 * property source. The keys of a bound map do not contain this information: Spring drops
 * characters that are not allowed in property names, and a property that is written in
 * two ways results in two keys. <i>Confined to the thread that configures the
 * application.</i>
 */
final class ProgramNames {

	private static final String PREFIX = "procession.programs";

	private static final String ENVIRONMENT = "environment";

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

	private static final Pattern PLAIN_VARIABLE = Pattern.compile("[A-Za-z0-9_.-]+");

	private static final Pattern INDEX = Pattern.compile("\\d+");

	private static final Set<String> SETTINGS = Arrays.stream(ProgramProperties.class.getRecordComponents())
		.map(RecordComponent::getName)
		.map(ProgramNames::uniform)
		.collect(Collectors.toUnmodifiableSet());

	private final Names programs = new Names("program");

	/** Names of environment variables by the key of the program. */
	private final Map<String, Names> variables = new HashMap<>();

	private ProgramNames() {
	}

	/**
	 * Read and check the names.
	 * @param environment the environment with the properties
	 * @return the names
	 * @throws ProgramConfigurationException if a name cannot be used as it is written, or
	 * is written in two ways in one property source
	 */
	static ProgramNames of(Environment environment) {
		ProgramNames names = new ProgramNames();
		if (environment instanceof ConfigurableEnvironment configurable) {
			List<EnumerablePropertySource<?>> sources = new ArrayList<>();
			for (PropertySource<?> source : configurable.getPropertySources()) {
				if (source instanceof EnumerablePropertySource<?> enumerable) {
					sources.add(enumerable);
				}
			}
			// from the lowest precedence, so that a name is shown as in the definition
			// of the program
			Collections.reverse(sources);
			sources.stream().filter((source) -> !isSystemEnvironment(source)).forEach(names::add);
			sources.stream().filter(ProgramNames::isSystemEnvironment).forEach(names::add);
		}
		return names;
	}

	private static boolean isSystemEnvironment(PropertySource<?> source) {
		return source instanceof SystemEnvironmentPropertySource;
	}

	/**
	 * Merge the bound programs to one entry per program, with the name as it is written.
	 * @param bound the bound programs, those of the property source with the highest
	 * precedence first
	 * @return the programs, in the order in which they are defined
	 */
	Map<String, ProgramProperties> merge(Map<String, ProgramProperties> bound) {
		Map<String, ProgramProperties> merged = new LinkedHashMap<>();
		this.programs.merge(bound).forEach((name, program) -> {
			Names names = this.variables.get(this.programs.keyOf(name));
			merged.put(name, (names != null) ? program.withEnvironment(names.merge(program.environment())) : program);
		});
		return merged;
	}

	private void add(EnumerablePropertySource<?> source) {
		for (String property : source.getPropertyNames()) {
			boolean isVariable = isSystemEnvironment(source) && property.indexOf('.') < 0;
			List<Part> parts = isVariable ? variableParts(property) : parts(property);
			if (parts.size() > 2 && parts.get(0).is("procession") && parts.get(1).is("programs")) {
				add(new Property(source, property, parts));
			}
		}
	}

	private void add(Property property) {
		List<Part> parts = property.parts();
		Part name = parts.get(2);
		boolean isLenient = isSystemEnvironment(property.source());
		if (!isLenient) {
			checkProgram(name, property);
		}
		this.programs.add(name, property, isLenient);
		if (parts.size() > 3 && parts.get(3).is(ENVIRONMENT)) {
			addVariable(this.variables.computeIfAbsent(name.key(), (key) -> new Names("environment variable")),
					property, isLenient);
		}
	}

	private static void checkProgram(Part name, Property property) {
		if (!name.isBracketed() && !PLAIN.matcher(name.text()).matches()) {
			throw property.refused(PREFIX + "." + name.text(),
					"'" + name.text()
							+ "' cannot be the name of a program: it must start with a letter, followed by letters,"
							+ " digits, '-' or '_'",
					"Rename the program.");
		}
		List<Part> parts = property.parts();
		if (parts.size() > 3 && parts.get(3).isBracketed() && INDEX.matcher(parts.get(3).text()).matches()) {
			throw property.refused(property.upTo(3), "it is a list", "Write command: before the list.");
		}
		if (parts.size() > 4 && !SETTINGS.contains(uniform(parts.get(3).text()))) {
			for (int i = 4; i < parts.size(); i++) {
				if (parts.get(i).is("command")) {
					String dotted = parts.subList(2, i).stream().map(Part::text).collect(Collectors.joining("."));
					throw property.refused(PREFIX + "." + dotted, "a name with dots must be written in brackets",
							"Write \"[" + dotted + "]\" in YAML, " + PREFIX + "[" + dotted
									+ "] in a properties file, or rename the program.");
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

		ProgramConfigurationException refused(String property, String reason, String action) {
			return new ProgramConfigurationException(property, origin(), reason, action);
		}

	}

	/** Names of one kind by their keys, in the order in which they are defined. */
	private static final class Names {

		private final String kind;

		private final Map<String, String> shown = new LinkedHashMap<>();

		private final Map<PropertySource<?>, Map<String, Property>> bySource = new HashMap<>();

		private final Map<Property, String> written = new HashMap<>();

		Names(String kind) {
			this.kind = kind;
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
						this.kind.equals("program") ? "Remove or rename one of them."
								: "Remove one of them, or write both in brackets, as in \"[" + name.text()
										+ "]\" in YAML.");
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
