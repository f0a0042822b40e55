package io.procession.isolation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Control group created for a single process tree; see {@code cgroups(7)}, version 2. A
 * process does not leave the group by changing its parent, session or environment.
 * <i>Thread-safe.</i>
 */
public final class ControlGroup {

	private static final String PROCESSES = "cgroup.procs";

	private final Path directory;

	ControlGroup(Path directory) {
		this.directory = directory;
	}

	/**
	 * Return the file to which a process writes {@code 0} to enter the group.
	 * @return the path of the file
	 */
	public Path entrance() {
		return this.directory.resolve(PROCESSES);
	}

	/**
	 * Return the processes in this group and in its child groups, which its members may
	 * have created.
	 * @return the process IDs, empty if there are no processes or the group does not
	 * exist
	 */
	public List<Long> members() {
		List<Long> members = new ArrayList<>();
		for (Path group : tree()) {
			for (String line : ControlGroups.read(group.resolve(PROCESSES)).split("\\s+")) {
				// 0 is a process of an outer PID namespace
				if (!line.isEmpty() && !line.equals("0")) {
					members.add(Long.parseLong(line));
				}
			}
		}
		return members;
	}

	/**
	 * Kill all processes in the group atomically, including those being forked. Requires
	 * Linux 5.14.
	 * @return whether the kernel has accepted the request
	 */
	public boolean kill() {
		Path kill = this.directory.resolve("cgroup.kill");
		if (!Files.exists(kill)) {
			return false;
		}
		try {
			Files.write(kill, "1".getBytes(StandardCharsets.US_ASCII));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Remove the group unless it contains processes.
	 * @return whether the group no longer exists
	 */
	public boolean remove() {
		List<Path> groups = tree();
		for (int i = groups.size() - 1; i >= 0; i--) {
			try {
				Files.deleteIfExists(groups.get(i));
			}
			catch (IOException ex) {
				return false;
			}
		}
		return true;
	}

	// parents first
	private List<Path> tree() {
		try (Stream<Path> locations = Files.walk(this.directory)) {
			return locations.filter(Files::isDirectory).toList();
		}
		catch (IOException | java.io.UncheckedIOException ex) {
			return Files.isDirectory(this.directory) ? List.of(this.directory) : List.of();
		}
	}

	@Override
	public String toString() {
		return this.directory.toString();
	}

}
