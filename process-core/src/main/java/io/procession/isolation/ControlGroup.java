package io.procession.isolation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A control group of its own for one tree; see {@code cgroups(7)}, version 2. Nothing
 * leaves it by itself, whatever it does to its parents, session and environment.
 * <i>Thread-safe.</i>
 */
public final class ControlGroup {

	private static final String PROCESSES = "cgroup.procs";

	private final Path directory;

	ControlGroup(Path directory) {
		this.directory = directory;
	}

	/**
	 * Where a process writes {@code 0} to enter.
	 * @return the file
	 */
	public Path entrance() {
		return this.directory.resolve(PROCESSES);
	}

	/**
	 * Who is in it, and in the groups that its members have made in it.
	 * @return process IDs, empty if nobody is or the group is gone
	 */
	public List<Long> members() {
		List<Long> members = new ArrayList<>();
		for (Path group : tree()) {
			for (String line : ControlGroups.read(group.resolve(PROCESSES)).split("\\s+")) {
				// 0 is who cannot be named in this PID namespace
				if (!line.isEmpty() && !line.equals("0")) {
					members.add(Long.parseLong(line));
				}
			}
		}
		return members;
	}

	/**
	 * Kills everyone in it at once, forks in flight included. Linux 5.14.
	 * @return whether the kernel knows how
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
	 * Removes it, if nobody is in it any more.
	 * @return whether it is gone
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
		try (Stream<Path> folders = Files.walk(this.directory)) {
			return folders.filter(Files::isDirectory).toList();
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
