package io.procession.engine.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Permission of this JVM to signal a process, as defined by {@code kill(2)}. A
 * set-user-ID program such as {@code sudo} may have changed the user of a process.
 */
final class SignalPermission {

	private static final int CAP_KILL = 5;

	/** Positions of the real, effective and saved user IDs in a {@code Uid} line. */
	private static final int REAL = 0;

	private static final int EFFECTIVE = 1;

	private static final int SAVED = 2;

	private SignalPermission() {
	}

	/**
	 * Return whether this JVM has the permission.
	 * @param pid the process ID
	 * @return {@code false} only if the process exists and must not be signaled
	 */
	static boolean isThere(long pid) {
		List<String> own = status(Path.of("/proc/self/status"));
		List<String> other = status(Path.of("/proc", Long.toString(pid), "status"));
		if (own.isEmpty() || other.isEmpty()) {
			return true;
		}
		String capabilities = field(own, "CapEff:")[0];
		if (!capabilities.isEmpty() && (Long.parseUnsignedLong(capabilities, 16) & 1L << CAP_KILL) != 0) {
			return true;
		}
		String[] sender = field(own, "Uid:");
		String[] target = field(other, "Uid:");
		if (sender.length <= SAVED || target.length <= SAVED) {
			return true;
		}
		List<String> allowed = Arrays.asList(target[REAL], target[SAVED]);
		return allowed.contains(sender[REAL]) || allowed.contains(sender[EFFECTIVE]);
	}

	private static String[] field(List<String> status, String name) {
		return status.stream()
			.filter((line) -> line.startsWith(name))
			.map((line) -> line.substring(name.length()).strip().split("\\s+"))
			.findFirst()
			.orElse(new String[] { "" });
	}

	private static List<String> status(Path file) {
		try {
			return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			// the process has exited, or this is not Linux
			return List.of();
		}
	}

}
