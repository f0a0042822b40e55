package io.procession.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Environment that a process gets. The process inherits variables unless they are unset,
 * and variables that are set replace inherited ones:
 *
 * <pre>
 * inherited - unset + variables
 * </pre>
 *
 * An engine may add variables that depend on the user that runs the process, unless this
 * plan {@linkplain #decides decides} on them, and variables of its own. The plan holds
 * secrets in clear text, so that its string representation contains no values.
 * <i>Immutable.</i>
 *
 * @param inherited inherited variables, or {@code null} for the complete environment of
 * the JVM
 * @param variables variables to set
 * @param unset names of the variables that are not inherited
 */
public record EnvironmentPlan(@Nullable Map<String, String> inherited, Map<String, String> variables,
		Set<String> unset) {

	/**
	 * Complete environment of the JVM, without changes.
	 */
	public static final EnvironmentPlan INHERITED = new EnvironmentPlan(null, Map.of(), Set.of());

	/**
	 * Return whether the process inherits the complete environment of the JVM, except for
	 * variables that are unset.
	 * @return {@code false} if it inherits only certain variables, or none
	 */
	public boolean inheritsAll() {
		return this.inherited == null;
	}

	/**
	 * Return the variables that an engine has to set, in addition to the environment of
	 * the JVM if the process {@linkplain #inheritsAll inherits all} of it.
	 * @return values by name
	 */
	public Map<String, String> assigned() {
		if (this.inherited == null || this.inherited.isEmpty()) {
			return this.variables;
		}
		Map<String, String> assigned = new LinkedHashMap<>(this.inherited);
		assigned.keySet().removeAll(this.unset);
		assigned.putAll(this.variables);
		return assigned;
	}

	/**
	 * Return whether a variable is set or unset by this plan, rather than inherited.
	 * @param name name of the variable
	 * @return whether it is set or unset
	 */
	public boolean decides(String name) {
		return this.variables.containsKey(name) || this.unset.contains(name);
	}

	/**
	 * Return the value of a variable in the process.
	 * @param name name of the variable
	 * @return the value, or {@code null} if the process does not have the variable
	 */
	public @Nullable String get(String name) {
		String value = this.variables.get(name);
		if (value != null || this.unset.contains(name)) {
			return value;
		}
		return (this.inherited != null) ? this.inherited.get(name) : System.getenv(name);
	}

	/**
	 * Return the names of all variables of the process.
	 * @return the names
	 */
	public Set<String> names() {
		Set<String> names = new TreeSet<>(
				(this.inherited != null) ? this.inherited.keySet() : System.getenv().keySet());
		names.removeAll(this.unset);
		names.addAll(this.variables.keySet());
		return names;
	}

	/**
	 * Return a description without values, which may be secrets.
	 */
	@Override
	public String toString() {
		return "EnvironmentPlan[inherited=" + ((this.inherited != null) ? this.inherited.keySet() : "all")
				+ ", variables=" + this.variables.keySet() + ", unset=" + this.unset + "]";
	}

}
