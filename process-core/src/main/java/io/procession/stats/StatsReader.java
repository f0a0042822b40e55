package io.procession.stats;

import java.util.Optional;

/**
 * Reader for the resource usage of processes. Implementations are thread-safe.
 */
@FunctionalInterface
public interface StatsReader {

	/**
	 * Take a sample of any process on this machine. Does not block.
	 * @param pid the process ID
	 * @return the resource usage, or empty if the process does not exist, is a zombie, or
	 * if the platform provides neither its start time nor its CPU time
	 */
	Optional<ProcessStats> read(long pid);

	/**
	 * Return the reader for the current platform: based on {@code /proc} on Linux (see
	 * {@code proc(5)}), on {@link ProcessHandle.Info} elsewhere, which provides start
	 * time and CPU time.
	 * @return the reader
	 */
	static StatsReader system() {
		return ProcStatsReader.SYSTEM;
	}

}
