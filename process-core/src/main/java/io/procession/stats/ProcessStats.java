package io.procession.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Resource usage of a single process, without its descendants, at one point in time.
 * Values that the platform or the permissions of the reader do not provide are empty.
 * <i>Immutable.</i>
 *
 * @param pid process ID
 * @param startedAt start time; the same in all samples of one reader, which distinguishes
 * the process from a later one with the same PID
 * @param uptime time since the start
 * @param cpuTime CPU time of all threads, in user and kernel mode
 * @param residentBytes memory in RAM, including shared pages
 * @param virtualBytes size of the address space
 * @param threads number of threads
 * @param openFiles number of open file descriptors; on Linux, available for processes of
 * the same user only
 * @param readBytes number of bytes read from storage, excluding pipes, sockets and the
 * page cache; on Linux, available for processes of the same user only
 * @param writtenBytes number of bytes written to storage; on Linux, available for
 * processes of the same user only
 * @param children number of direct children, including zombies
 */
public record ProcessStats(long pid, Instant startedAt, Duration uptime, Duration cpuTime, OptionalLong residentBytes,
		OptionalLong virtualBytes, OptionalInt threads, OptionalInt openFiles, OptionalLong readBytes,
		OptionalLong writtenBytes, OptionalInt children) {

	/**
	 * Return the average CPU usage since the process was started.
	 * @return 1.0 for one fully used core, more if several threads are running; 0 if no
	 * time has elapsed
	 */
	public double cpuShare() {
		return share(this.cpuTime, this.uptime);
	}

	/**
	 * Return the average CPU usage since an earlier sample. On Linux, CPU time is counted
	 * in steps of 10 ms, so that samples should be at least a second apart.
	 * @param earlier an earlier sample of the same process
	 * @return 1.0 for one fully used core, more if several threads were running; 0 if no
	 * time has elapsed
	 * @throws IllegalArgumentException if the sample is of another process
	 */
	public double cpuShareSince(ProcessStats earlier) {
		if (earlier.pid != this.pid || !earlier.startedAt.equals(this.startedAt)) {
			throw new IllegalArgumentException("The statistics are not of the same process: PID " + this.pid
					+ " started at " + this.startedAt + ", PID " + earlier.pid + " at " + earlier.startedAt);
		}
		return share(this.cpuTime.minus(earlier.cpuTime), this.uptime.minus(earlier.uptime));
	}

	private static double share(Duration cpuTime, Duration time) {
		return (time.isZero() || time.isNegative()) ? 0 : (double) cpuTime.toNanos() / time.toNanos();
	}

}
