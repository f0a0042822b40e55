package io.procession.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Decides which variables of the JVM's environment processes inherit: all of them, which
 * is the default, those of an allowlist, or none. It does not apply to the variables that
 * are set for a process itself. <i>Immutable.</i>
 */
public final class EnvironmentPolicy {

	/**
	 * Names of the variables of {@link #allowlist()}: the locations of programs, home and
	 * temporary files, the user, language and time zone. None of them usually contains a
	 * secret.
	 */
	public static final List<String> ALLOWED = List.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG",
			"LANGUAGE", "LC_*", "TZ", "TMPDIR", "TMP", "TEMP", "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT",
			"windir", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData", "ProgramFiles*");

	private static final EnvironmentPolicy ALL = new EnvironmentPolicy("all", (name) -> true);

	private static final EnvironmentPolicy NOTHING = new EnvironmentPolicy("nothing", (name) -> false);

	private final String description;

	private final Predicate<String> allowed;

	private EnvironmentPolicy(String description, Predicate<String> allowed) {
		this.description = description;
		this.allowed = allowed;
	}

	/**
	 * Return the policy by which all variables are inherited.
	 * @return the policy
	 */
	public static EnvironmentPolicy inheritAll() {
		return ALL;
	}

	/**
	 * Return the policy by which no variable is inherited.
	 * @return the policy
	 */
	public static EnvironmentPolicy inheritNothing() {
		return NOTHING;
	}

	/**
	 * Return the policy by which the variables of {@link #ALLOWED} are inherited.
	 * @return the policy
	 */
	public static EnvironmentPolicy allowlist() {
		return allowlist(ALLOWED);
	}

	/**
	 * Create a policy by which the given variables are inherited.
	 * @param names names of variables; {@code *} stands for any characters
	 * @return the policy
	 * @throws IllegalArgumentException if a name is blank or contains {@code =} or NUL
	 */
	public static EnvironmentPolicy allowlist(Collection<String> names) {
		List<Pattern> patterns = names.stream().map(EnvironmentPolicy::pattern).toList();
		return new EnvironmentPolicy("allowlist " + names,
				(name) -> patterns.stream().anyMatch((pattern) -> pattern.matcher(name).matches()));
	}

	private static Pattern pattern(String name) {
		if (name.isBlank() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("'" + name.replace("\0", "\\0")
					+ "' cannot be the name of an environment variable: it must not be empty or contain '=' or NUL");
		}
		return Pattern.compile(String.join(".*", Arrays.stream(name.split("\\*", -1)).map(Pattern::quote).toList()));
	}

	/**
	 * Return whether the environment is inherited unchanged.
	 * @return whether all variables are inherited
	 */
	public boolean isInheritAll() {
		return this == ALL;
	}

	/**
	 * Return the variables of an environment that are inherited.
	 * @param environment values by name
	 * @return a new map, sorted by name
	 */
	public Map<String, String> inherited(Map<String, String> environment) {
		Map<String, String> inherited = new TreeMap<>(environment);
		inherited.keySet().removeIf(this.allowed.negate());
		return inherited;
	}

	@Override
	public String toString() {
		return "EnvironmentPolicy[" + this.description + "]";
	}

}
