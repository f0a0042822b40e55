package io.procession.isolation;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.procession.lang.CheckReturnValue;

/**
 * User and groups that a program is run as; see {@code credentials(7)}. A decimal number
 * from 0 to 4294967294, without sign and leading zeros, is an ID, unless a user or group
 * has it as its name; any other text is a name. <i>Immutable.</i> Linux only: uses {@code
 * setpriv(1)}.
 *
 * @param user name or ID of the user
 * @param group name or ID of the group, or {@code null} for the user's own
 * @param supplementaryGroups names or IDs of the supplementary groups, empty for none, or
 * {@code null} for those of the user
 */
@CheckReturnValue
public record RunAs(String user, @Nullable String group, @Nullable List<String> supplementaryGroups) {

	/**
	 * Create a user with groups.
	 * @param user name or ID of the user
	 * @param group name or ID of the group
	 * @param supplementaryGroups names or IDs of the supplementary groups
	 * @throws IllegalArgumentException if a name is not valid
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
					+ ": it must not be empty, start with '-', or contain blanks, ':' or ','");
		}
	}

	/**
	 * Create a user with its own group and its own supplementary groups.
	 * @param user the name or ID
	 * @return the user
	 */
	public static RunAs user(String user) {
		return new RunAs(user, null, null);
	}

	/**
	 * Return a copy with the given group instead of the user's own.
	 * @param value the name or ID
	 * @return a changed copy
	 */
	public RunAs withGroup(String value) {
		return new RunAs(this.user, value, this.supplementaryGroups);
	}

	/**
	 * Return a copy with exactly the given supplementary groups instead of those of the
	 * user.
	 * @param values the names or IDs, none for no supplementary groups
	 * @return a changed copy
	 */
	public RunAs withSupplementaryGroups(String... values) {
		return new RunAs(this.user, this.group, List.of(values));
	}

}
