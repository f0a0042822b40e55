package io.procession.engine.zt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The environment variable that every process of one engine carries, and its descendants
 * inherit: {@code PROCESSION_<engine>=<execution>;<pid>;<start ticks>;<boot>;<pid
 * namespace>;<application>}. The engine's id is in the name, so that engines within
 * engines add to each other and overwrite nothing; the value names the execution and the
 * JVM that owns it.
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

	/** A name for a control group, which nobody else has and tells whose it is. */
	String groupName(String executionId) {
		return "procession-" + this.owner.pid() + "-" + this.name.substring(PREFIX.length()) + "-"
				+ executionId.replaceAll("[^A-Za-z0-9._-]", "_");
	}

	Owner owner() {
		return this.owner;
	}

	/**
	 * Looks at one entry of an environment.
	 * @param entry such as {@code NAME=value}
	 * @return the execution it names, or empty if it is no marker of this engine
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
	 * Reads who owns a process from any engine's marker.
	 * @param entry such as {@code NAME=value}
	 * @return the owner, or empty if the entry cannot be read
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
	 * A JVM, told apart from every other that ever ran on this machine.
	 *
	 * @param pid its process ID
	 * @param startTicks its start, in clock ticks since boot: {@code proc(5)}
	 * @param bootId which boot of the machine
	 * @param pidNamespace within which its PID means something: {@code pid_namespaces(7)}
	 * @param application its name, empty if it has none
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
