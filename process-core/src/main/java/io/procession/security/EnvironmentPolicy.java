package io.procession.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What processes inherit of the JVM's environment: everything, which is the default, the
 * variables of an allowlist, or nothing. What a process sets itself is not asked about.
 * <i>Immutable.</i>
 */
public final class EnvironmentPolicy {

	/**
	 * The names of {@link #allowlist()}: where programs, home and temporary files are,
	 * who the user is, language and time zone; nothing that usually holds a secret.
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
	 * Everything is inherited.
	 * @return the policy
	 */
	public static EnvironmentPolicy inheritAll() {
		return ALL;
	}

	/**
	 * Nothing is inherited.
	 * @return the policy
	 */
	public static EnvironmentPolicy inheritNothing() {
		return NOTHING;
	}

	/**
	 * What {@link #ALLOWED} names is inherited.
	 * @return the policy
	 */
	public static EnvironmentPolicy allowlist() {
		return allowlist(ALLOWED);
	}

	/**
	 * What the list names is inherited.
	 * @param names names of variables; {@code *} stands for any characters
	 * @return the policy
	 * @throws IllegalArgumentException if a name is empty or holds {@code =} or NUL
	 */
	public static EnvironmentPolicy allowlist(Collection<String> names) {
		List<Pattern> patterns = names.stream().map(EnvironmentPolicy::pattern).toList();
		return new EnvironmentPolicy("allowlist " + names,
				(name) -> patterns.stream().anyMatch((pattern) -> pattern.matcher(name).matches()));
	}

	private static Pattern pattern(String name) {
		if (name.isBlank() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("'" + name.replace("\0", "\\0")
					+ "' cannot be the name of an environment variable: it must not be empty nor hold '=' or NUL");
		}
		return Pattern.compile(String.join(".*", Arrays.stream(name.split("\\*", -1)).map(Pattern::quote).toList()));
	}

	/**
	 * Whether it leaves the environment as it is.
	 * @return whether everything is inherited
	 */
	public boolean isInheritAll() {
		return this == ALL;
	}

	/**
	 * What is inherited of an environment.
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
