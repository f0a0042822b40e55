package io.procession.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Account that a program is run as, in numeric form. <i>Immutable.</i>
 *
 * @param uid ID of the user
 * @param gid ID of the group
 * @param groups IDs of the supplementary groups, as far as listed in files
 * @param name name of the user, or {@code null} if the ID has none
 * @param home home directory
 * @param shell login shell, or {@code null} if unknown
 */
public record Account(long uid, long gid, Set<Long> groups, @Nullable String name, String home,
		@Nullable String shell) {

	private static final int EXECUTE_BY_OWNER = 0100;

	private static final int EXECUTE_BY_GROUP = 0010;

	private static final int EXECUTE_BY_OTHERS = 0001;

	/**
	 * Return the label of the account for messages.
	 * @return the name in quotes, or the ID if there is no name
	 */
	public String label() {
		return "'" + ((this.name != null) ? this.name : Long.toString(this.uid)) + "'";
	}

	/**
	 * Return what prevents this user from executing a file or entering a directory,
	 * judging by the permission bits. Access control lists are not evaluated, so that a
	 * result has to be confirmed by the kernel.
	 * @param path the file or directory
	 * @return the file, or the directory on its path, that denies access, or empty if
	 * none does
	 */
	public Optional<Path> blocker(Path path) {
		try {
			Path real = path.toRealPath();
			for (Path part = real; part != null; part = part.getParent()) {
				if (!mayExecute(part)) {
					return Optional.of(part);
				}
			}
			return Optional.empty();
		}
		catch (IOException | UnsupportedOperationException ex) {
			return Optional.of(path);
		}
	}

	private boolean mayExecute(Path path) throws IOException {
		Map<String, Object> file = Files.readAttributes(path, "unix:mode,uid,gid");
		int mode = number(file, "mode");
		long owner = Integer.toUnsignedLong(number(file, "uid"));
		long group = Integer.toUnsignedLong(number(file, "gid"));
		if (this.uid == 0) {
			return Files.isDirectory(path) || (mode & (EXECUTE_BY_OWNER | EXECUTE_BY_GROUP | EXECUTE_BY_OTHERS)) != 0;
		}
		if (owner == this.uid) {
			return (mode & EXECUTE_BY_OWNER) != 0;
		}
		boolean member = group == this.gid || this.groups.contains(group);
		return (mode & (member ? EXECUTE_BY_GROUP : EXECUTE_BY_OTHERS)) != 0;
	}

	private static int number(Map<String, Object> file, String attribute) {
		return (file.get(attribute) instanceof Integer number) ? number : 0;
	}

}
