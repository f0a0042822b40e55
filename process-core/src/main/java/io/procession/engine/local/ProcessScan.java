package io.procession.engine.local;

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
 * A single scan of {@code /proc}, which takes about 15 microseconds per process. The size
 * of the data read from other processes is limited here, the time by the
 * {@link ProcessScanner}, which observes the current read. A process that cannot be read
 * is skipped and does not affect the scan of others. <i>Confined to the thread that runs
 * it, except for {@link #reading()}.</i>
 */
final class ProcessScan {

	private static final byte[] MARKER = "PROCESSION_".getBytes(StandardCharsets.US_ASCII);

	private static final int CHUNK = 32 * 1024;

	/**
	 * Maximum number of bytes read from a single environment. {@code execve(2)} accepts
	 * no more than 6 MiB, but a process may declare any of its memory to be its
	 * environment; see {@code PR_SET_MM_ENV_END} in {@code prctl(2)}.
	 */
	private static final int LONGEST_ENVIRONMENT = 6 * 1024 * 1024;

	/**
	 * Maximum number of bytes read from all environments beyond the first chunk of each.
	 */
	private static final int LONGEST_ENVIRONMENTS = 32 * 1024 * 1024;

	private static final int LONGEST_MARKER = 4 * 1024;

	/** Maximum number of markers per process, one per nested manager. */
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
	 * @param unreadable processes whose environment is not read because an earlier read
	 * has not returned
	 * @param unreadableUsers users whose environments are not read for the same reason
	 */
	ProcessScan(Set<Identity> unreadable, Set<Integer> unreadableUsers) {
		this.unreadable = unreadable;
		this.unreadableUsers = unreadableUsers;
	}

	/** Return the read in progress, or {@code null} if there is none. */
	@Nullable Reading reading() {
		return this.reading;
	}

	/**
	 * Scan all processes.
	 * @param environments whether to read environments as well
	 * @return the processes found
	 * @throws NoDescriptorException if no file descriptor is left for the scan
	 */
	ProcessTable scan(boolean environments) {
		long self = ProcessHandle.current().pid();
		String[] names = new File("/proc").list();
		if (names == null) {
			// not an empty table, which would mean that all processes have exited
			throw new NoDescriptorException(new IOException("Failed to read /proc"));
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

	/** Return the user ID of a process, or -1 if it is unknown. */
	static int user(long pid) {
		try {
			return (Integer) Files.getAttribute(Path.of("/proc", Long.toString(pid)), "unix:uid");
		}
		catch (IOException | RuntimeException ex) {
			return -1;
		}
	}

	// an environment that is not readable belongs to a process of another user
	private List<String> readMarkers(long pid) {
		this.collector.begin();
		int total = 0;
		try (FileInputStream in = ProcStat.open("/proc/" + pid + "/environ")) {
			int count = in.read(this.buffer);
			while (count > 0) {
				this.collector.accept(this.buffer, count);
				total += count;
				if (count < CHUNK) {
					// a read from a file in /proc fills the buffer, except at the end
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
			// keep what has been read so far: the process may just have exited
			return this.collector.markers();
		}
		return this.collector.markers();
	}

	/**
	 * A process, distinguished from all others by its start time; see {@link ProcStat}.
	 *
	 * @param pid process ID
	 * @param startTicks start time, or 0 if the start time itself could not be read
	 */
	record Identity(long pid, long startTicks) {

	}

	/**
	 * A read in progress.
	 *
	 * @param of process that is being read
	 * @param since start of the read, as {@link System#nanoTime()}
	 */
	record Reading(Identity of, long since) {

	}

	/**
	 * Collector of markers from an environment that is read in chunks.
	 */
	private static final class MarkerCollector {

		private final byte[] entry = new byte[LONGEST_MARKER];

		private int length;

		/** Whether the current entry cannot be a marker. */
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
