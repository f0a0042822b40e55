package io.procession.process;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.procession.security.Printable;

/**
 * Differences of a program's environment from that of the JVM. Only the names of
 * variables are ever printed, not their values, and libraries that convert objects to
 * JSON do not find them. <i>Immutable.</i>
 */
public final class Environment {

	private static final Environment UNCHANGED = new Environment(null, Map.of(), Map.of(), Set.of());

	// transient: hidden from serializers of any kind, which may access private fields

	private final transient @Nullable Boolean inherit;

	private final transient Map<String, String> variables;

	private final transient Map<String, Secret> secrets;

	private final transient Set<String> unset;

	/**
	 * Check and copy the values.
	 * @param inherit whether to inherit the environment of the JVM; {@code null} if not
	 * configured, which means that it is inherited
	 * @param variables the variables to set, by name; values may be empty
	 * @param secrets the variables to set whose values are never shown, by name
	 * @param unset the names of variables to remove
	 */
	public Environment(@Nullable Boolean inherit, Map<String, String> variables, Map<String, Secret> secrets,
			Set<String> unset) {
		this.inherit = inherit;
		this.variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
		this.secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
		this.unset = Collections.unmodifiableSet(new LinkedHashSet<>(unset));
		variables.keySet().forEach(Environment::checkName);
		secrets.keySet().forEach(Environment::checkName);
		unset.forEach(Environment::checkName);
		variables.forEach((name, value) -> {
			Objects.requireNonNull(value, () -> "The value of environment variable '" + Printable.of(name)
					+ "' must not be null: use unsetEnv(...) to remove a variable");
			if (value.indexOf('\0') >= 0) {
				throw new IllegalArgumentException("The value of environment variable '" + Printable.of(name)
						+ "' contains a NUL character, which cannot be passed to a program: environ(7)");
			}
		});
	}

	/**
	 * Return whether the environment of the JVM is inherited.
	 * @return whether it is inherited, or {@code null} if not configured, which means
	 * that it is inherited
	 */
	public @Nullable Boolean inherit() {
		return this.inherit;
	}

	/**
	 * Return the variables that are set.
	 * @return values by name; values may be empty
	 */
	public Map<String, String> variables() {
		return this.variables;
	}

	/**
	 * Return the variables that are set and whose values are never shown.
	 * @return secrets by name
	 */
	public Map<String, Secret> secrets() {
		return this.secrets;
	}

	/**
	 * Return the names of the variables that are removed.
	 * @return the names
	 */
	public Set<String> unset() {
		return this.unset;
	}

	/**
	 * Return the environment of the JVM without changes.
	 * @return the environment
	 */
	public static Environment unchanged() {
		return UNCHANGED;
	}

	private static void checkName(String name) {
		if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("'" + Printable.of(name)
					+ "' cannot be the name of an environment variable: it must not be empty or contain '=' or NUL");
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

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Environment environment && Objects.equals(this.inherit, environment.inherit)
				&& this.variables.equals(environment.variables) && this.secrets.equals(environment.secrets)
				&& this.unset.equals(environment.unset);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.inherit, this.variables, this.secrets, this.unset);
	}

	/**
	 * Return the names of the variables, never the values.
	 */
	@Override
	public String toString() {
		return "Environment[inherit=" + this.inherit + ", set=" + this.variables.keySet() + ", secret="
				+ this.secrets.keySet() + ", unset=" + this.unset + "]";
	}

}
