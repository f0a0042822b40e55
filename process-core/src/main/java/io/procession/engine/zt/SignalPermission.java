package io.procession.engine.zt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Whether this JVM may signal a process, as {@code kill(2)} decides: a set-user-ID
 * program such as {@code sudo} can have become another user's.
 */
final class SignalPermission {

	private static final int CAP_KILL = 5;

	/** Where a line of users has the real, the effective and the saved one. */
	private static final int REAL = 0;

	private static final int EFFECTIVE = 1;

	private static final int SAVED = 2;

	private SignalPermission() {
	}

	/**
	 * Whether there is a permission.
	 * @param pid the process
	 * @return {@code false} only if it is there and may not be signalled
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
			// gone, or not Linux
			return List.of();
		}
	}

}
