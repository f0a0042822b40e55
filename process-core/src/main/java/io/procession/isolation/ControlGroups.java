package io.procession.isolation;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Control group directory (version 2), delegated to this JVM, in which process trees get
 * groups of their own. Reads and writes only the files described in {@code cgroups(7)},
 * so that any directory with such files can be used.
 */
final class ControlGroups {

	private static final long PERIOD_MICROS = 100_000;

	private static final String HOW = " (systemd: Delegate=yes and DelegateSubgroup=jvm in the unit of the JVM;"
			+ " or create a directory that this user may write to, and set procession.control-group)";

	private final @Nullable Path base;

	private final String whyNone;

	private ControlGroups(@Nullable Path base, String whyNone) {
		this.base = base;
		this.whyNone = whyNone;
	}

	static ControlGroups none(String why) {
		return new ControlGroups(null, why);
	}

	static ControlGroups of(Path base) {
		return new ControlGroups(base, "");
	}

	/**
	 * Detect the directory.
	 * @param configured the configured directory, or {@code null} for the parent of the
	 * JVM's own group
	 */
	static ControlGroups detect(@Nullable Path configured) {
		if (configured != null) {
			return Files.isRegularFile(configured.resolve("cgroup.controllers")) ? of(configured)
					: none("'" + configured + "' is not a cgroup v2 directory");
		}
		String mount = mount(read(Path.of("/proc/self/mountinfo")));
		String own = read(Path.of("/proc/self/cgroup")).lines()
			.filter((line) -> line.startsWith("0::"))
			.map((line) -> line.substring(3))
			.findFirst()
			.orElse("");
		if (mount == null || own.isEmpty()) {
			return none("cgroup v2 is not mounted");
		}
		Path parent = Path.of(own).getParent();
		// groups directly in the root or in a slice belong to the system, even if root
		// runs the JVM
		if (parent == null || own.startsWith("/..") || parent.getFileName() == null
				|| parent.toString().endsWith(".slice")) {
			return none("no cgroup directory was delegated to this JVM, which is in '" + own + "'" + HOW);
		}
		return of(Path.of(mount).resolve("." + parent).normalize());
	}

	/** Return the mount point of version 2, as listed in {@code /proc/self/mountinfo}. */
	static @Nullable String mount(String mountinfo) {
		for (String line : mountinfo.split("\n")) {
			int separator = line.indexOf(" - ");
			if (separator > 0 && line.startsWith("cgroup2 ", separator + 3)) {
				String[] fields = line.split(" ");
				return fields[4];
			}
		}
		return null;
	}

	/**
	 * Return why process trees cannot be limited by a controller.
	 * @param controller the controller, such as {@code memory}
	 * @return what is missing, or empty if the controller is available
	 */
	Optional<String> whyNot(String controller) {
		if (this.base == null) {
			return Optional.of(this.whyNone);
		}
		if (!Files.isWritable(this.base) || !Files.isWritable(this.base.resolve("cgroup.procs"))) {
			return Optional.of("'" + this.base + "' is not writable by this JVM" + HOW);
		}
		if (!words("cgroup.controllers").contains(controller)) {
			return Optional.of("'" + this.base + "' lacks the controller '" + controller
					+ "': its parent directory does not enable it (cgroup.subtree_control),"
					+ " or it is in use by cgroup v1");
		}
		boolean occupied = !read(this.base.resolve("cgroup.procs")).isBlank();
		if (!words("cgroup.subtree_control").contains(controller) && occupied) {
			return Optional.of("'" + this.base + "' contains processes itself, so it cannot enable the controller '"
					+ controller + "'" + HOW);
		}
		return Optional.empty();
	}

	private List<String> words(String file) {
		return (this.base != null) ? List.of(read(this.base.resolve(file)).strip().split("\\s+")) : List.of();
	}

	ControlGroup create(String name, TreeLimits limits) {
		if (this.base == null) {
			throw new IsolationException(this.whyNone);
		}
		Path directory = this.base.resolve(name);
		try {
			share(limits);
			Files.createDirectory(directory);
		}
		catch (IOException ex) {
			throw failure(directory, ex);
		}
		ControlGroup group = new ControlGroup(directory);
		try {
			limit(directory, limits);
			return group;
		}
		catch (IOException ex) {
			group.remove();
			throw failure(directory, ex);
		}
	}

	private static IsolationException failure(Path directory, IOException ex) {
		return new IsolationException("failed to create the control group '" + directory + "' (" + ex
				+ "): check that the directory is delegated to this JVM");
	}

	/** Enable the required controllers for child groups. */
	private void share(TreeLimits limits) throws IOException {
		List<String> needed = new ArrayList<>();
		if (limits.memory() != null) {
			needed.add("memory");
		}
		if (limits.cpus() != null) {
			needed.add("cpu");
		}
		if (limits.tasks() != null) {
			needed.add("pids");
		}
		needed.removeAll(words("cgroup.subtree_control"));
		for (String controller : needed) {
			write("cgroup.subtree_control", "+" + controller);
		}
	}

	private void limit(Path directory, TreeLimits limits) throws IOException {
		Long memory = limits.memory();
		if (memory != null) {
			write(directory.resolve("memory.max"), memory.toString());
			Path swap = directory.resolve("memory.swap.max");
			if (Files.exists(swap)) {
				// otherwise, memory beyond the limit would be swapped out
				write(swap, "0");
			}
		}
		if (limits.cpus() != null) {
			write(directory.resolve("cpu.max"), Math.round(limits.cpus() * PERIOD_MICROS) + " " + PERIOD_MICROS);
		}
		if (limits.tasks() != null) {
			write(directory.resolve("pids.max"), limits.tasks().toString());
		}
	}

	private void write(String file, String text) throws IOException {
		if (this.base != null) {
			write(this.base.resolve(file), text);
		}
	}

	// a single write(2) per request, as the kernel requires
	private static void write(Path file, String text) throws IOException {
		try (OutputStream stream = new FileOutputStream(file.toFile())) {
			stream.write(text.getBytes(StandardCharsets.US_ASCII));
		}
	}

	static String read(Path file) {
		return JvmStatus.text(file);
	}

}
