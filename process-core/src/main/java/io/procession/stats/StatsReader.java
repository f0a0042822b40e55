package io.procession.stats;

import java.util.Optional;

/**
 * Tells what processes use. Implementations are thread-safe.
 */
@FunctionalInterface
public interface StatsReader {

	/**
	 * Takes a sample. Does not block; any PID of this machine may be asked for.
	 * @param pid a process ID
	 * @return what it uses, or empty if there is no such process, it is a zombie, or this
	 * system tells neither its start nor its CPU time
	 */
	Optional<ProcessStats> read(long pid);

	/**
	 * The reader for this machine: {@code /proc} on Linux ({@code proc(5)}), elsewhere
	 * what {@link ProcessHandle.Info} has, which is start and CPU time.
	 * @return the reader
	 */
	static StatsReader system() {
		return ProcStatsReader.SYSTEM;
	}

}
