package io.procession.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Environment variable that every process of an engine carries and its descendants
 * inherit: {@code PROCESSION_<engine>=<execution>;<pid>;<start ticks>;<boot>;<pid
 * namespace>;<application>}. The name contains the id of the engine, so that nested
 * engines add their markers instead of overwriting those of others. The value identifies
 * the execution and the JVM that owns it.
 */
final class Marker {

	private static final String PREFIX = "PROCESSION_";

	private static final int FIELDS = 6;

	private final String name;

	private final Owner owner;

	private Marker(String name, Owner owner) {
		this.name = name;
		this.owner = owner;
	}

	static Marker create(@Nullable String application) {
		String id = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
		return new Marker(PREFIX + id, Owner.current((application != null) ? application : ""));
	}

	String name() {
		return this.name;
	}

	String value(String executionId) {
		Owner o = this.owner;
		return String.join(";", executionId, Long.toString(o.pid()), Long.toString(o.startTicks()), o.bootId(),
				o.pidNamespace(), o.application());
	}

	/** Return a unique name for a control group, which identifies its owner. */
	String groupName(String executionId) {
		return "procession-" + this.owner.pid() + "-" + this.name.substring(PREFIX.length()) + "-"
				+ executionId.replaceAll("[^A-Za-z0-9._-]", "_");
	}

	Owner owner() {
		return this.owner;
	}

	/**
	 * Return the execution that an entry of an environment identifies.
	 * @param entry the entry, such as {@code NAME=value}
	 * @return the id of the execution, or empty if the entry is not a marker of this
	 * engine
	 */
	Optional<String> execution(String entry) {
		if (!entry.startsWith(this.name) || entry.length() <= this.name.length()
				|| entry.charAt(this.name.length()) != '=') {
			return Optional.empty();
		}
		int end = entry.indexOf(';', this.name.length());
		return Optional.of(entry.substring(this.name.length() + 1, (end < 0) ? entry.length() : end));
	}

	static boolean isMarker(String entry) {
		return entry.startsWith(PREFIX);
	}

	/**
	 * Return the owner of a process, given a marker of any engine.
	 * @param entry the entry, such as {@code NAME=value}
	 * @return the owner, or empty if the entry cannot be parsed
	 */
	static Optional<Owner> owner(String entry) {
		String[] fields = entry.substring(entry.indexOf('=') + 1).split(";", FIELDS);
		if (fields.length != FIELDS) {
			return Optional.empty();
		}
		try {
			return Optional
				.of(new Owner(Long.parseLong(fields[1]), Long.parseLong(fields[2]), fields[3], fields[4], fields[5]));
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/**
	 * A JVM, distinguished from all others that have ever run on this machine.
	 *
	 * @param pid process ID
	 * @param startTicks start time in clock ticks since boot; see {@code proc(5)}
	 * @param bootId id of the boot of the machine
	 * @param pidNamespace namespace of the PID; see {@code pid_namespaces(7)}
	 * @param application name of the application, empty if it has none
	 */
	record Owner(long pid, long startTicks, String bootId, String pidNamespace, String application) {

		static Owner current(String application) {
			long pid = ProcessHandle.current().pid();
			ProcStat self = ProcStat.readSelf();
			return new Owner(pid, (self != null) ? self.startTicks() : 0, read("/proc/sys/kernel/random/boot_id"),
					link("/proc/self/ns/pid"), application.replace('\0', '_'));
		}

		private static String read(String file) {
			try {
				return Files.readString(Path.of(file)).strip();
			}
			catch (IOException ex) {
				return "";
			}
		}

		private static String link(String file) {
			try {
				return Files.readSymbolicLink(Path.of(file)).toString();
			}
			catch (IOException | UnsupportedOperationException ex) {
				return "";
			}
		}

	}

}
