package io.procession.isolation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this JVM is allowed, as {@code /proc} shows it; see {@code capabilities(7)}.
 *
 * @param uid number of its user
 * @param gid number of its group
 * @param groups numbers of its further groups
 * @param capabilities what the programs that it starts may do, one bit each
 * @param inherited whether there are capabilities that outlive a change of the user
 */
record JvmStatus(long uid, long gid, Set<Long> groups, long capabilities, boolean inherited) {

	private static final Path STATUS = Path.of("/proc/self/status");

	static JvmStatus read() {
		return parse(text(STATUS));
	}

	static JvmStatus parse(String text) {
		Map<String, String> fields = fields(text);
		long uid = Long.parseLong(fields.getOrDefault("Uid", "-1").split("\\s+")[0]);
		Set<Long> groups = new HashSet<>();
		for (String group : fields.getOrDefault("Groups", "").split("\\s+")) {
			if (!group.isEmpty()) {
				groups.add(Long.parseLong(group));
			}
		}
		long ambient = bits(fields, "CapAmb");
		// what root starts gets all that is not bounded; what others start the ambient
		// ones
		long capabilities = (uid == 0) ? bits(fields, "CapBnd") | ambient : ambient;
		return new JvmStatus(uid, Long.parseLong(fields.getOrDefault("Gid", "-1").split("\\s+")[0]), groups,
				capabilities, ambient != 0 || bits(fields, "CapInh") != 0);
	}

	boolean has(Capability capability) {
		return (this.capabilities & 1L << capability.bit) != 0;
	}

	static Map<String, String> fields(String text) {
		Map<String, String> fields = new HashMap<>();
		for (String line : text.split("\n")) {
			int colon = line.indexOf(':');
			if (colon > 0) {
				fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
			}
		}
		return fields;
	}

	private static long bits(Map<String, String> fields, String name) {
		return Long.parseUnsignedLong(fields.getOrDefault(name, "0"), 16);
	}

	/**
	 * The hard limits, by the names of {@code /proc/self/limits}; no bound is the most.
	 */
	static Map<String, Long> hardLimits(String text) {
		return limits(text, 1);
	}

	/** Soft limits (column 0) or hard ones (column 1). */
	static Map<String, Long> limits(String text, int column) {
		Map<String, Long> limits = new HashMap<>();
		for (String line : text.split("\n")) {
			if (line.startsWith("Max ") && line.length() > 26) {
				String value = line.substring(26).strip().split("\\s+")[column];
				limits.put(line.substring(0, 26).strip(),
						value.equals("unlimited") ? Long.MAX_VALUE : Long.parseUnsignedLong(value));
			}
		}
		return limits;
	}

	/** A list of numbers, such as {@code 0-3,8}. */
	static Set<Integer> numbers(String list) {
		Set<Integer> numbers = new TreeSet<>();
		for (String part : list.strip().split(",")) {
			if (!part.isEmpty()) {
				String[] ends = part.split("-");
				for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
					numbers.add(i);
				}
			}
		}
		return numbers;
	}

	static String text(Path file) {
		try {
			return Files.readString(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Parts of root's privilege.
	 */
	enum Capability {

		/** Signals to other users' processes. */
		CAP_KILL(5),
		/** Other groups. */
		CAP_SETGID(6),
		/** Other users. */
		CAP_SETUID(7),
		/** Nearly everything. */
		CAP_SYS_ADMIN(21),
		/** To come before others. */
		CAP_SYS_NICE(23),
		/** To be above limits. */
		CAP_SYS_RESOURCE(24);

		private final int bit;

		Capability(int bit) {
			this.bit = bit;
		}

	}

}
