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
 * User, groups and capabilities of this JVM, as shown by {@code /proc}. See {@code
 * capabilities(7)} for the capabilities.
 *
 * @param uid ID of the user
 * @param gid ID of the group
 * @param groups IDs of the supplementary groups
 * @param capabilities capabilities of the programs started by the JVM, one bit each
 * @param inherited whether there are capabilities that persist after a change of the user
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
		// programs started by root get all capabilities of the bounding set, others only
		// the ambient ones
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
	 * Return the hard limits by the names used in {@code /proc/self/limits}. An unlimited
	 * resource has the value {@link Long#MAX_VALUE}.
	 */
	static Map<String, Long> hardLimits(String text) {
		return limits(text, 1);
	}

	/** Return the soft limits (column 0) or the hard limits (column 1). */
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

	/** Parse a list of numbers, such as {@code 0-3,8}. */
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
	 * Capabilities that isolation may require; see {@code capabilities(7)}.
	 */
	enum Capability {

		/** Permits signals to processes of other users. */
		CAP_KILL(5),
		/** Permits changes of the groups. */
		CAP_SETGID(6),
		/** Permits changes of the user. */
		CAP_SETUID(7),
		/** Permits a wide range of administrative operations. */
		CAP_SYS_ADMIN(21),
		/** Permits higher scheduling priorities. */
		CAP_SYS_NICE(23),
		/** Permits exceeding resource limits. */
		CAP_SYS_RESOURCE(24);

		private final int bit;

		Capability(int bit) {
			this.bit = bit;
		}

	}

}
