package io.procession.isolation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * External program that the library uses, mostly in the chain that precedes a program.
 * Looked up by absolute path, in the directories of the system first, so that the
 * environment of a program does not determine which tools are run before it.
 */
public enum Tool {

	/** Starts a session. */
	SETSID("util-linux", true),
	/** Sets resource limits. */
	PRLIMIT("util-linux", false),
	/** Sets the out-of-memory score. */
	CHOOM("util-linux", false),
	/** Sets the CPU affinity. */
	TASKSET("util-linux", false),
	/** Sets the CPU scheduling policy. */
	CHRT("util-linux", false),
	/** Sets the nice value. */
	NICE("coreutils", true),
	/** Sets the I/O priority. */
	IONICE("util-linux", false),
	/** Sets user, groups and privileges. */
	SETPRIV("util-linux", false),
	/** Sets environment variables and resets signals. */
	ENV("coreutils", false),
	/** Sets the umask and enters a control group. */
	SH("a POSIX shell", true),
	/** Prints what a chain has set. */
	CAT("coreutils", true),
	/** Looks up accounts that are not listed in files. */
	GETENT("the C library's tools", true),
	/** Searches environments. */
	GREP("grep", true),
	/** Waits. */
	SLEEP("coreutils", true),
	/** Limits the time of a search. */
	TIMEOUT("coreutils", true),
	/** Replaces characters. */
	TR("coreutils", true);

	private static final List<String> DIRECTORIES = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");

	private final String origin;

	private final boolean alsoBusyBox;

	Tool(String origin, boolean alsoBusyBox) {
		this.origin = origin;
		this.alsoBusyBox = alsoBusyBox;
	}

	String command() {
		return name().toLowerCase(java.util.Locale.ROOT);
	}

	/**
	 * Look up the tool.
	 * @return its absolute path, or empty if no suitable tool is installed
	 */
	public Optional<Path> find() {
		Path found = locate();
		return (found != null && (this.alsoBusyBox || !isBusyBox(found))) ? Optional.of(found) : Optional.empty();
	}

	/**
	 * Return why {@link #find()} returns empty.
	 * @return what is missing and what to install
	 */
	public String whyMissing() {
		Path found = locate();
		return (found != null)
				? "'" + found + "' is the BusyBox version, which is not sufficient: install " + this.origin
				: "'" + command() + "' is missing: install " + this.origin;
	}

	/**
	 * Return the search path for tools. The directories of the system come first,
	 * regardless of the given {@code PATH}.
	 * @param path the {@code PATH} to append, or {@code null} if there is none
	 * @return the directories in the format of {@code PATH}
	 */
	public static String searchPath(@Nullable String path) {
		String directories = String.join(File.pathSeparator, DIRECTORIES);
		return (path != null) ? directories + File.pathSeparator + path : directories;
	}

	private @Nullable Path locate() {
		for (String directory : searchPath(System.getenv("PATH")).split(File.pathSeparator)) {
			File candidate = new File(directory, command());
			if (directory.startsWith("/") && candidate.isFile() && candidate.canExecute()) {
				return candidate.toPath();
			}
		}
		return null;
	}

	/**
	 * Return whether a tool is a hard link or a symbolic link to BusyBox, as created by
	 * {@code busybox --install [-s]}.
	 */
	static boolean isBusyBox(Path tool) {
		try {
			return tool.toRealPath().getFileName().toString().startsWith("busybox") || isLinked(tool, "busybox")
					|| isLinked(tool, "../bin/busybox");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean isLinked(Path tool, String busyBox) throws IOException {
		Path candidate = tool.resolveSibling(busyBox);
		return Files.exists(candidate) && Files.isSameFile(tool, candidate);
	}

}
