package io.procession.engine.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Calculator that determines whether arguments and environment fit into the space that
 * the kernel provides; see {@code execve(2)}, "Limits on size of arguments and
 * environment".
 */
final class ArgumentSpace {

	/**
	 * Maximum size of an entry: MAX_ARG_STRLEN with pages of 4 KiB, without the final
	 * NUL.
	 */
	private static final int LONGEST = 128 * 1024 - 1;

	/** Maximum total size, regardless of the stack size. */
	private static final long MOST = 6L * 1024 * 1024;

	private static final long LEAST = 128 * 1024;

	/** Space used by the kernel itself and by the JDK's spawn helper. */
	private static final long RESERVE = 8 * 1024;

	private static final int POINTER = 8;

	private long used = RESERVE;

	private boolean tooLong;

	void add(String entry) {
		int bytes = entry.getBytes(StandardCharsets.UTF_8).length;
		this.tooLong |= bytes > LONGEST;
		this.used += bytes + 1 + POINTER;
	}

	boolean isEnough() {
		return !this.tooLong && this.used <= limit();
	}

	private static long limit() {
		try {
			for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
				if (line.startsWith("Max stack size")) {
					String soft = line.substring("Max stack size".length()).strip().split("\\s+")[0];
					long quarter = soft.equals("unlimited") ? MOST : Long.parseLong(soft) / 4;
					return Math.max(LEAST, Math.min(MOST, quarter));
				}
			}
			return LEAST;
		}
		catch (IOException | NumberFormatException ex) {
			return LEAST;
		}
	}

}
