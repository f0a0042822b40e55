package io.procession.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The processes of this machine, as {@code /proc} shows them. Zombies are not alive.
 * Linux only: elsewhere the table is empty.
 */
public final class ProcessTable {

	private static final Path PROC = Path.of("/proc");

	private static final int LONGEST = 1 << 20;

	private ProcessTable() {
	}

	/**
	 * Return all living processes.
	 * @return a snapshot
	 */
	public static List<Entry> all() {
		if (!Files.isDirectory(PROC)) {
			return List.of();
		}
		List<Entry> entries = new ArrayList<>();
		try (Stream<Path> directories = Files.list(PROC)) {
			directories.map((directory) -> directory.getFileName().toString())
				.filter((name) -> Character.isDigit(name.charAt(0)))
				.forEach((name) -> find(Long.parseLong(name)).ifPresent(entries::add));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return entries;
	}

	/**
	 * Return a process by its process ID.
	 * @param pid the process ID
	 * @return the process, or empty if it is not alive
	 */
	public static Optional<Entry> find(long pid) {
		String stat;
		try {
			stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			return Optional.empty();
		}
		// the name in parentheses may itself hold blanks and parentheses
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		char state = fields[0].charAt(0);
		if (state == 'Z' || state == 'X') {
			return Optional.empty();
		}
		return Optional.of(new Entry(pid, Long.parseLong(fields[1]), Long.parseLong(fields[2]),
				Long.parseLong(fields[3]), state, Long.parseLong(fields[19])));
	}

	/**
	 * Return whether a process is alive.
	 * @param pid its process ID
	 * @return whether it is alive
	 */
	public static boolean isAlive(long pid) {
		return find(pid).isPresent();
	}

	/**
	 * Return all living descendants of a process.
	 * @param pid the ancestor, not part of the result
	 * @return a snapshot
	 */
	public static List<Entry> descendants(long pid) {
		Map<Long, List<Entry>> children = new HashMap<>();
		for (Entry entry : all()) {
			children.computeIfAbsent(entry.parent(), (parent) -> new ArrayList<>()).add(entry);
		}
		List<Entry> descendants = new ArrayList<>();
		Set<Long> seen = new HashSet<>();
		List<Long> ancestors = new ArrayList<>(List.of(pid));
		while (!ancestors.isEmpty()) {
			for (Entry child : children.getOrDefault(ancestors.remove(ancestors.size() - 1), List.of())) {
				if (seen.add(child.pid())) {
					descendants.add(child);
					ancestors.add(child.pid());
				}
			}
		}
		return descendants;
	}

	/**
	 * Return all living processes with a certain entry in their environment.
	 * @param condition receives {@code NAME=value}
	 * @return a snapshot
	 */
	public static List<Entry> withEnvironment(Predicate<String> condition) {
		return all().stream().filter((entry) -> entry.environment().stream().anyMatch(condition)).toList();
	}

	/**
	 * A process that is alive.
	 *
	 * @param pid its process ID
	 * @param parent its parent's process ID
	 * @param group its process group
	 * @param session its session
	 * @param state its state, such as {@code S} or {@code T}
	 * @param startTicks when it started: makes it unique together with the process ID
	 */
	public record Entry(long pid, long parent, long group, long session, char state, long startTicks) {

		/**
		 * Return whether this same process is still alive.
		 * @return whether it is alive
		 */
		public boolean isAlive() {
			return find(this.pid).filter((now) -> now.startTicks == this.startTicks).isPresent();
		}

		/**
		 * Return the environment as {@code NAME=value} entries.
		 * @return the entries, empty if unreadable
		 */
		public List<String> environment() {
			return nulSeparated("environ");
		}

		private List<String> nulSeparated(String file) {
			try (InputStream in = Files.newInputStream(PROC.resolve(Long.toString(this.pid)).resolve(file))) {
				// another test may run a process that declares gigabytes as its
				// environment
				return List.of(new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1).split("\0"));
			}
			catch (IOException ex) {
				return List.of();
			}
		}

		@Override
		public String toString() {
			String command = String.join(" ", nulSeparated("cmdline"));
			return "process " + this.pid + " (parent " + this.parent + ", state " + this.state + "): "
					+ command.substring(0, Math.min(200, command.length()));
		}

	}

}
