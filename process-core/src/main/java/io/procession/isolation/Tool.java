package io.procession.isolation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A tool of the chain that stands before a program. Found by absolute path, in the
 * system's own folders first: the environment of a program has no say in what is run
 * before it.
 */
public enum Tool {

	/** Begins a session. */
	SETSID("util-linux", true),
	/** Sets limits. */
	PRLIMIT("util-linux", false),
	/** Sets the rank when memory runs out. */
	CHOOM("util-linux", false),
	/** Sets the CPUs. */
	TASKSET("util-linux", false),
	/** Sets the scheduling. */
	CHRT("util-linux", false),
	/** Sets the nice value. */
	NICE("coreutils", true),
	/** Sets the I/O priority. */
	IONICE("util-linux", false),
	/** Sets user, groups and privileges. */
	SETPRIV("util-linux", false),
	/** Sets variables and unblocks signals. */
	ENV("coreutils", false),
	/** Sets the umask, and enters a control group. */
	SH("a POSIX shell", true),
	/** Shows what a chain has set. */
	CAT("coreutils", true),
	/** Looks accounts up that are in no file. */
	GETENT("the C library's tools", true),
	/** Finds environments. */
	GREP("grep", true),
	/** Waits. */
	SLEEP("coreutils", true),
	/** Bounds a wait. */
	TIMEOUT("coreutils", true),
	/** Replaces characters. */
	TR("coreutils", true);

	private static final List<String> FOLDERS = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");

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
	 * Looks the tool up.
	 * @return its absolute path, or empty if there is none that will do
	 */
	public Optional<Path> find() {
		Path found = lookUp();
		return (found != null && (this.alsoBusyBox || !isBusyBox(found))) ? Optional.of(found) : Optional.empty();
	}

	/**
	 * Return why {@link #find()} is empty.
	 * @return what is missing, and what to install
	 */
	public String whyMissing() {
		Path found = lookUp();
		return (found != null) ? "'" + found + "' is that of BusyBox, which cannot do it: install " + this.origin
				: "'" + command() + "' is missing: install " + this.origin;
	}

	/**
	 * Return where tools are looked for: the directories of the system come first,
	 * whatever a {@code PATH} begins with.
	 * @param path a {@code PATH}, or {@code null} if there is none
	 * @return the directories, in the form of a {@code PATH}
	 */
	public static String searchPath(@Nullable String path) {
		String folders = String.join(File.pathSeparator, FOLDERS);
		return (path != null) ? folders + File.pathSeparator + path : folders;
	}

	private @Nullable Path lookUp() {
		for (String folder : searchPath(System.getenv("PATH")).split(File.pathSeparator)) {
			File candidate = new File(folder, command());
			if (folder.startsWith("/") && candidate.isFile() && candidate.canExecute()) {
				return candidate.toPath();
			}
		}
		return null;
	}

	/** It is installed as links of either kind: {@code busybox --install [-s]}. */
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
