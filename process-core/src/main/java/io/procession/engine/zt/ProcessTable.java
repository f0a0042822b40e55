package io.procession.engine.zt;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The processes of this machine at one moment: which are alive, who started them, and the
 * markers that they carry. <i>Immutable.</i>
 */
final class ProcessTable {

	static final ProcessTable EMPTY = new ProcessTable(Map.of(), Map.of(), 0);

	private final Map<Long, ProcStat> processes;

	private final Map<Long, List<String>> markers;

	private final int zombies;

	/**
	 * Create a table.
	 * @param processes the processes that are alive, by PID
	 * @param markers the markers of those that carry any, by PID
	 * @param zombies the number of zombies whose parent is this JVM
	 */
	ProcessTable(Map<Long, ProcStat> processes, Map<Long, List<String>> markers, int zombies) {
		this.processes = processes;
		this.markers = markers;
		this.zombies = zombies;
	}

	/**
	 * Return the processes that the JDK knows, which sees parents but neither groups nor
	 * environments.
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

	/** Return the markers that a process carries, of whatever engine. */
	List<String> markers(long pid) {
		return this.markers.getOrDefault(pid, List.of());
	}

	/** Return the processes that carry markers. */
	Iterable<Long> marked() {
		return this.markers.keySet();
	}

	/** Return the number of zombies whose parent is this JVM. */
	int zombies() {
		return this.zombies;
	}

}
