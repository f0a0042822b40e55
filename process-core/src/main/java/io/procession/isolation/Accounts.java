package io.procession.isolation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Users and groups of this machine: those in {@code /etc/passwd} and {@code /etc/group},
 * and those that {@code getent(1)} additionally finds by name.
 */
final class Accounts {

	private static final long NUMBERS_END = 0xFFFF_FFFFL;

	/** Canonical form of an ID: a leading zero or sign would make it ambiguous. */
	private static final Pattern CANONICAL = Pattern.compile("0|[1-9][0-9]{0,9}");

	/** Text that {@code getent(1)} takes for an ID, which it truncates to 32 bits. */
	private static final Pattern NUMBER_TO_GETENT = Pattern.compile("[+-]?[0-9]+");

	private final Path passwd;

	private final Path group;

	private final Lookup lookup;

	Accounts(Lookup lookup) {
		this(Path.of("/etc/passwd"), Path.of("/etc/group"), lookup);
	}

	Accounts(Path passwd, Path group, Lookup lookup) {
		this.passwd = passwd;
		this.group = group;
		this.lookup = lookup;
	}

	/**
	 * Resolve names to IDs.
	 * @throws IsolationException if one of the names is unknown
	 */
	Account resolve(RunAs runAs) {
		String[] user = user(runAs.user());
		if (user == null) {
			return withoutEntry(runAs);
		}
		long uid = Long.parseLong(user[2]);
		long gid = (runAs.group() != null) ? gid(runAs.group()) : Long.parseLong(user[3]);
		Set<Long> groups = (runAs.supplementaryGroups() != null) ? gids(runAs.supplementaryGroups())
				: groupsOf(user[0]);
		return new Account(uid, gid, groups, user[0], user[5], user[6].isEmpty() ? "/bin/sh" : user[6]);
	}

	private Account withoutEntry(RunAs runAs) {
		Long uid = canonical(runAs.user());
		if (uid == null) {
			throw IsolationException.unknownAccount("run-as: no such user '" + runAs.user()
					+ "' on this machine: create it (useradd -r " + runAs.user() + "), or use another one");
		}
		if (runAs.group() == null) {
			throw IsolationException.unknownAccount("run-as: no user has the ID " + uid
					+ ", so its group is unknown: specify the group as well, RunAs.user(\"" + uid
					+ "\").withGroup(...)");
		}
		List<String> others = runAs.supplementaryGroups();
		return new Account(uid, gid(runAs.group()), (others != null) ? gids(others) : Set.of(), null, "/", null);
	}

	private String @Nullable [] user(String nameOrNumber) {
		String[] byName = entry(this.passwd, 7, (fields) -> fields[0].equals(nameOrNumber));
		Long number = canonical(nameOrNumber);
		if (byName == null && number != null) {
			byName = entry(this.passwd, 7, (fields) -> number.equals(number(fields[2])));
		}
		return (byName != null) ? byName : ask("passwd", nameOrNumber, 7);
	}

	private Set<Long> gids(List<String> names) {
		Set<Long> numbers = new LinkedHashSet<>();
		names.forEach((name) -> numbers.add(gid(name)));
		return numbers;
	}

	private long gid(String nameOrNumber) {
		String[] found = entry(this.group, 3, (fields) -> fields[0].equals(nameOrNumber));
		Long number = canonical(nameOrNumber);
		if (found == null && number != null) {
			return number;
		}
		if (found == null) {
			found = ask("group", nameOrNumber, 3);
		}
		if (found == null) {
			throw IsolationException.unknownAccount("run-as: no such group '" + nameOrNumber
					+ "' on this machine: create it (groupadd -r " + nameOrNumber + "), or use another one");
		}
		return Long.parseLong(found[2]);
	}

	private Set<Long> groupsOf(String name) {
		Set<Long> groups = new HashSet<>();
		for (String line : lines(this.group)) {
			String[] fields = line.split(":", -1);
			if (fields.length >= 4 && List.of(fields[3].split(",")).contains(name) && number(fields[2]) != null) {
				groups.add(Long.parseLong(fields[2]));
			}
		}
		return groups;
	}

	private static String @Nullable [] entry(Path file, int fields, Predicate<String[]> which) {
		for (String line : lines(file)) {
			String[] entry = line.split(":", -1);
			if (isEntry(entry, fields) && which.test(entry)) {
				return entry;
			}
		}
		return null;
	}

	/**
	 * Look up a name through {@code getent(1)}. IDs are never looked up, and an entry
	 * with another name is ignored: either could refer to another user, such as root.
	 */
	private String @Nullable [] ask(String database, String name, int fields) {
		if (NUMBER_TO_GETENT.matcher(name).matches()) {
			return null;
		}
		String[] entry = this.lookup.find(database, name).map((line) -> line.strip().split(":", -1)).orElse(null);
		return (entry != null && isEntry(entry, fields) && entry[0].equals(name)) ? entry : null;
	}

	private static boolean isEntry(String[] fields, int count) {
		return fields.length >= count && number(fields[2]) != null && (count < 7 || number(fields[3]) != null);
	}

	private static List<String> lines(Path file) {
		try {
			return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\n"));
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	private static @Nullable Long canonical(String text) {
		return CANONICAL.matcher(text).matches() ? number(text) : null;
	}

	private static @Nullable Long number(String text) {
		if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return null;
		}
		long number = Long.parseLong(text);
		// the largest number means "no change" to the kernel
		return (number < NUMBERS_END) ? number : null;
	}

	/**
	 * Strategy for looking up accounts that are not listed in files.
	 */
	interface Lookup {

		/**
		 * Look up an entry.
		 * @param database {@code passwd} or {@code group}
		 * @param name the name of the user or group
		 * @return the entry in the format of that file, or empty if there is none
		 */
		Optional<String> find(String database, String name);

	}

}
