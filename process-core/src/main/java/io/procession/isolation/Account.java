package io.procession.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Who a program is to be run as, in numbers. <i>Immutable.</i>
 *
 * @param uid number of the user
 * @param gid number of the group
 * @param groups numbers of the further groups, as far as files tell
 * @param name the user's name, or {@code null} if the number has none
 * @param home the home directory
 * @param shell the login shell, or {@code null} if it is unknown
 */
public record Account(long uid, long gid, Set<Long> groups, @Nullable String name, String home,
		@Nullable String shell) {

	private static final int EXECUTE_BY_OWNER = 0100;

	private static final int EXECUTE_BY_GROUP = 0010;

	private static final int EXECUTE_BY_OTHERS = 0001;

	/**
	 * What the account is called in messages.
	 * @return the name, or the number
	 */
	public String label() {
		return "'" + ((this.name != null) ? this.name : Long.toString(this.uid)) + "'";
	}

	/**
	 * Reckons by the permission bits what keeps this user from executing a file or from
	 * entering a directory. Access lists are not looked at: ask the kernel before you
	 * believe it.
	 * @param path the file or directory
	 * @return the file or the folder on the way that may not be used
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
