package io.procession.engine.local;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Snapshot of the processes of this machine: living processes, their parents, and the
 * markers they carry. <i>Immutable.</i>
 */
final class ProcessTable {

	static final ProcessTable EMPTY = new ProcessTable(Map.of(), Map.of(), 0);

	private final Map<Long, ProcStat> processes;

	private final Map<Long, List<String>> markers;

	private final int zombies;

	/**
	 * Create a table.
	 * @param processes the living processes by PID
	 * @param markers the markers by PID, for processes that carry any
	 * @param zombies the number of zombies whose parent is this JVM
	 */
	ProcessTable(Map<Long, ProcStat> processes, Map<Long, List<String>> markers, int zombies) {
		this.processes = processes;
		this.markers = markers;
		this.zombies = zombies;
	}

	/**
	 * Return the processes visible to the JDK, which provides their parents, but neither
	 * process groups nor environments.
	 */
	static ProcessTable ofHandles() {
		Map<Long, ProcStat> processes = new HashMap<>();
		ProcessHandle.allProcesses().forEach((handle) -> {
			long parent = handle.parent().map(ProcessHandle::pid).orElse(0L);
			long start = handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
			processes.put(handle.pid(), new ProcStat(handle.pid(), 'R', parent, 0, 0, 1, start, false));
		});
		return new ProcessTable(processes, Map.of(), 0);
	}

	@Nullable ProcStat process(long pid) {
		return this.processes.get(pid);
	}

	Iterable<ProcStat> processes() {
		return this.processes.values();
	}

	/** Return the markers of a process, of any engine. */
	List<String> markers(long pid) {
		return this.markers.getOrDefault(pid, List.of());
	}

	/** Return the PIDs of the processes that carry markers. */
	Iterable<Long> marked() {
		return this.markers.keySet();
	}

	/** Return the number of zombies whose parent is this JVM. */
	int zombies() {
		return this.zombies;
	}

}
