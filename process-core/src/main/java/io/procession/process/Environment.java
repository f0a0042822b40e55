package io.procession.process;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How a program's environment differs from the JVM's. Values are never printed, only
 * names. <i>Immutable.</i>
 *
 * @param inherit whether it starts from the JVM's environment; {@code null} where nothing
 * was said, which means that it does
 * @param variables what is set, by name; an empty value is a value
 * @param secrets what is set and shown nowhere, by name
 * @param unset names that are removed
 */
public record Environment(@Nullable Boolean inherit, Map<String, String> variables, Map<String, Secret> secrets,
		Set<String> unset) {

	private static final Environment UNCHANGED = new Environment(null, Map.of(), Map.of(), Set.of());

	/**
	 * Checks and copies.
	 * @param inherit whether it starts from the JVM's environment
	 * @param variables what is set, by name
	 * @param secrets what is set and shown nowhere, by name
	 * @param unset names that are removed
	 */
	public Environment {
		variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
		secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
		unset = Collections.unmodifiableSet(new LinkedHashSet<>(unset));
		variables.keySet().forEach(Environment::checkName);
		secrets.keySet().forEach(Environment::checkName);
		unset.forEach(Environment::checkName);
		variables.forEach((name, value) -> {
			if (value.indexOf('\0') >= 0) {
				throw new IllegalArgumentException("The value of environment variable '" + name
						+ "' holds a NUL character, which no program can receive: environ(7)");
			}
		});
	}

	/**
	 * The JVM's environment, unchanged.
	 * @return the environment
	 */
	public static Environment unchanged() {
		return UNCHANGED;
	}

	private static void checkName(String name) {
		if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("'" + name.replace("\0", "\\0")
					+ "' cannot be the name of an environment variable: it must not be empty nor hold '=' or NUL");
		}
	}

	Environment with(String name, String value) {
		Map<String, String> changed = new LinkedHashMap<>(this.variables);
		changed.put(name, value);
		return new Environment(this.inherit, changed, without(this.secrets, name), without(this.unset, name));
	}

	Environment with(String name, Secret secret) {
		Map<String, Secret> changed = new LinkedHashMap<>(this.secrets);
		changed.put(name, secret);
		return new Environment(this.inherit, without(this.variables, name), changed, without(this.unset, name));
	}

	Environment withUnset(String name) {
		Set<String> changed = new LinkedHashSet<>(this.unset);
		changed.add(name);
		return new Environment(this.inherit, without(this.variables, name), without(this.secrets, name), changed);
	}

	Environment withInherit(boolean inheritAll) {
		return new Environment(inheritAll, this.variables, this.secrets, this.unset);
	}

	private static <V> Map<String, V> without(Map<String, V> map, String name) {
		if (!map.containsKey(name)) {
			return map;
		}
		Map<String, V> changed = new LinkedHashMap<>(map);
		changed.remove(name);
		return changed;
	}

	private static Set<String> without(Set<String> set, String name) {
		if (!set.contains(name)) {
			return set;
		}
		Set<String> changed = new LinkedHashSet<>(set);
		changed.remove(name);
		return changed;
	}

	/**
	 * The names, never the values.
	 */
	@Override
	public String toString() {
		return "Environment[inherit=" + this.inherit + ", set=" + this.variables.keySet() + ", secret="
				+ this.secrets.keySet() + ", unset=" + this.unset + "]";
	}

}
