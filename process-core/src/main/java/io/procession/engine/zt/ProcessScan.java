package io.procession.engine.zt;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One scan of {@code /proc}. Costs about 15 microseconds per process. What it reads of
 * other processes is bounded in size here, and in time by the {@link ProcessScanner},
 * which sees what is being read: a process that cannot be read is skipped and spoils the
 * scan for no other. <i>Confined to the thread that runs it, except for
 * {@link #reading()}.</i>
 */
final class ProcessScan {

	private static final byte[] MARKER = "PROCESSION_".getBytes(StandardCharsets.US_ASCII);

	private static final int CHUNK = 32 * 1024;

	/**
	 * The most that is read of one environment, in bytes. {@code execve(2)} accepts no
	 * more than 6 MiB, but a process may declare any of its memory to be its environment:
	 * {@code PR_SET_MM_ENV_END} of {@code prctl(2)}.
	 */
	private static final int LONGEST_ENVIRONMENT = 6 * 1024 * 1024;

	/**
	 * The most that is read of all environments beyond the first chunk of each, in bytes.
	 */
	private static final int LONGEST_ENVIRONMENTS = 32 * 1024 * 1024;

	private static final int LONGEST_MARKER = 4 * 1024;

	/** One for each manager within managers. */
	private static final int MOST_MARKERS = 64;

	private final Set<Identity> unreadable;

	private final Set<Integer> unreadableUsers;

	private final byte[] buffer = new byte[CHUNK];

	private final MarkerCollector collector = new MarkerCollector();

	private final Map<Long, ProcStat> processes = new HashMap<>();

	private final Map<Long, List<String>> markers = new HashMap<>();

	private volatile @Nullable Reading reading;

	private int left = LONGEST_ENVIRONMENTS;

	private int zombies;

	/**
	 * Create a scan.
	 * @param unreadable processes whose environment is not read since an earlier attempt
	 * has not returned
	 * @param unreadableUsers users whose processes are all treated so
	 */
	ProcessScan(Set<Identity> unreadable, Set<Integer> unreadableUsers) {
		this.unreadable = unreadable;
		this.unreadableUsers = unreadableUsers;
	}

	/** Return what is being read at the moment, or {@code null} if nothing is. */
	@Nullable Reading reading() {
		return this.reading;
	}

	/**
	 * Scan all processes.
	 * @param environments whether to read environments, too
	 * @return the processes found
	 * @throws NoDescriptorException if no file descriptor is left to scan with
	 */
	ProcessTable scan(boolean environments) {
		long self = ProcessHandle.current().pid();
		String[] names = new File("/proc").list();
		if (names == null) {
			// without a file descriptor to scan with, nobody is known to be gone
			throw new NoDescriptorException(new IOException("/proc cannot be read"));
		}
		try {
			for (String name : names) {
				if (name.charAt(0) >= '0' && name.charAt(0) <= '9') {
					scan(Long.parseLong(name), self, environments);
				}
			}
		}
		finally {
			this.reading = null;
		}
		return new ProcessTable(this.processes, this.markers, this.zombies);
	}

	private void scan(long pid, long self, boolean environments) {
		this.reading = new Reading(new Identity(pid, 0), System.nanoTime());
		if (this.unreadable.contains(new Identity(pid, 0))) {
			return;
		}
		ProcStat stat = ProcStat.read(pid, this.buffer);
		if (stat == null) {
			return;
		}
		if (!stat.isAlive()) {
			this.zombies += (stat.parent() == self) ? 1 : 0;
			return;
		}
		this.processes.put(pid, stat);
		Identity identity = new Identity(pid, stat.startTicks());
		if (environments && !this.unreadable.contains(identity) && isReadable(pid)) {
			this.reading = new Reading(identity, System.nanoTime());
			List<String> found = readMarkers(pid);
			if (!found.isEmpty()) {
				this.markers.put(pid, found);
			}
		}
	}

	private boolean isReadable(long pid) {
		return this.unreadableUsers.isEmpty() || !this.unreadableUsers.contains(user(pid));
	}

	/** Return the owner of a process, or -1 if that cannot be told. */
	static int user(long pid) {
		try {
			return (Integer) Files.getAttribute(Path.of("/proc", Long.toString(pid)), "unix:uid");
		}
		catch (IOException | RuntimeException ex) {
			return -1;
		}
	}

	// an environment that may not be read belongs to another user and is none of ours
	private List<String> readMarkers(long pid) {
		this.collector.begin();
		int total = 0;
		try (FileInputStream in = ProcStat.open("/proc/" + pid + "/environ")) {
			int count = in.read(this.buffer);
			while (count > 0) {
				this.collector.accept(this.buffer, count);
				total += count;
				if (count < CHUNK) {
					// a file of /proc fills the buffer unless it ends
					this.collector.endEntry();
					count = 0;
				}
				else if (total < LONGEST_ENVIRONMENT && this.left > 0) {
					count = in.read(this.buffer);
					this.left -= Math.max(0, count);
				}
				else {
					count = 0;
				}
			}
		}
		catch (IOException ex) {
			// what was read until then counts: the process may just have ended
			return this.collector.markers();
		}
		return this.collector.markers();
	}

	/**
	 * A process, told apart from all others by its start; see {@link ProcStat}.
	 *
	 * @param pid its process ID
	 * @param startTicks when it started, or 0 if that is what could not be read
	 */
	record Identity(long pid, long startTicks) {

	}

	/**
	 * A read that is under way.
	 *
	 * @param of the process that is read
	 * @param since when it began, as {@link System#nanoTime()}
	 */
	record Reading(Identity of, long since) {

	}

	/**
	 * Collects the entries that begin as markers do from an environment that comes in
	 * chunks.
	 */
	private static final class MarkerCollector {

		private final byte[] entry = new byte[LONGEST_MARKER];

		private int length;

		/** Whether the present entry cannot be a marker. */
		private boolean other;

		private List<String> markers = List.of();

		void begin() {
			this.length = 0;
			this.other = false;
			this.markers = List.of();
		}

		void accept(byte[] bytes, int count) {
			for (int i = 0; i < count; i++) {
				if (bytes[i] == 0) {
					endEntry();
				}
				else if (!this.other) {
					add(bytes[i]);
				}
			}
		}

		private void add(byte next) {
			boolean differs = this.length < MARKER.length && MARKER[this.length] != next;
			if (differs || this.length == LONGEST_MARKER) {
				this.other = true;
			}
			else {
				this.entry[this.length++] = next;
			}
		}

		void endEntry() {
			if (!this.other && this.length > MARKER.length && this.markers.size() < MOST_MARKERS) {
				this.markers = new ArrayList<>(this.markers);
				this.markers.add(new String(this.entry, 0, this.length, StandardCharsets.UTF_8));
			}
			this.length = 0;
			this.other = false;
		}

		List<String> markers() {
			return this.markers;
		}

	}

}
