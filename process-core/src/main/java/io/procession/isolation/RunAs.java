package io.procession.isolation;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The user and the groups that a program runs with; see {@code credentials(7)}. A number
 * is decimal, without sign and leading zeros, 0 to 4294967294; anything else is a name.
 * <i>Immutable.</i> Linux only: uses {@code setpriv(1)}.
 *
 * @param user name or number of the user
 * @param group name or number of the group, or {@code null} for the user's own
 * @param supplementaryGroups names or numbers of further groups, empty for none, or
 * {@code null} for those that the user is in
 */
public record RunAs(String user, @Nullable String group, @Nullable List<String> supplementaryGroups) {

	/**
	 * Checks the names.
	 * @param user name or number of the user
	 * @param group name or number of the group
	 * @param supplementaryGroups names or numbers of further groups
	 */
	public RunAs {
		checkName("user", user);
		if (group != null) {
			checkName("group", group);
		}
		if (supplementaryGroups != null) {
			supplementaryGroups = List.copyOf(supplementaryGroups);
			supplementaryGroups.forEach((name) -> checkName("supplementary group", name));
		}
	}

	private static void checkName(String what, String name) {
		boolean odd = name.startsWith("-") || name.chars().anyMatch((c) -> c <= ' ' || c == ':' || c == ',');
		if (name.isEmpty() || odd) {
			throw new IllegalArgumentException("'" + name.replace("\0", "\\0") + "' cannot be the name of a " + what
					+ ": it must not be empty, start with '-' nor hold blanks, ':' and ','");
		}
	}

	/**
	 * A user, with its own group and the groups that it is in.
	 * @param user name or number
	 * @return the user
	 */
	public static RunAs user(String user) {
		return new RunAs(user, null, null);
	}

	/**
	 * Another group than the user's own.
	 * @param value name or number
	 * @return a changed copy
	 */
	public RunAs withGroup(String value) {
		return new RunAs(this.user, value, this.supplementaryGroups);
	}

	/**
	 * Exactly these further groups instead of those that the user is in.
	 * @param values names or numbers; none for no further groups
	 * @return a changed copy
	 */
	public RunAs withSupplementaryGroups(String... values) {
		return new RunAs(this.user, this.group, List.of(values));
	}

}
