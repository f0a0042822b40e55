package io.procession.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What one process, without its children, uses at one moment. What the system or the
 * reader's permissions do not tell is empty. <i>Immutable.</i>
 *
 * @param pid its process ID
 * @param startedAt when it was started; the same in each sample of one reader, which
 * tells it from a later process of the same PID
 * @param uptime how long it has been running
 * @param cpuTime the time all its threads have spent on processors, in user and kernel
 * mode
 * @param residentBytes its memory that is in RAM, shared pages included
 * @param virtualBytes its address space
 * @param threads how many threads it has
 * @param openFiles how many file descriptors it holds; Linux tells them of one's own
 * processes only
 * @param readBytes what it has fetched from storage: neither pipes, sockets nor the page
 * cache count; Linux tells it of one's own processes only
 * @param writtenBytes what it has sent to storage; Linux tells it of one's own processes
 * only
 * @param children how many direct children it has, zombies included
 */
public record ProcessStats(long pid, Instant startedAt, Duration uptime, Duration cpuTime, OptionalLong residentBytes,
		OptionalLong virtualBytes, OptionalInt threads, OptionalInt openFiles, OptionalLong readBytes,
		OptionalLong writtenBytes, OptionalInt children) {

	/**
	 * The share of processors that it has used since it was started.
	 * @return 1.0 for one core all the time, more if several threads run; 0 before there
	 * is a time to divide by
	 */
	public double cpuShare() {
		return share(this.cpuTime, this.uptime);
	}

	/**
	 * The share of processors that it has used since an earlier sample. CPU time is
	 * counted in steps of 10 ms on Linux: look at a second or more.
	 * @param earlier a sample of the same process
	 * @return 1.0 for one core all the time, more if several threads ran; 0 if no time
	 * has passed
	 * @throws IllegalArgumentException if the sample is of another process
	 */
	public double cpuShareSince(ProcessStats earlier) {
		if (earlier.pid != this.pid || !earlier.startedAt.equals(this.startedAt)) {
			throw new IllegalArgumentException("Not the same process: PID " + this.pid + " started at " + this.startedAt
					+ ", PID " + earlier.pid + " at " + earlier.startedAt);
		}
		return share(this.cpuTime.minus(earlier.cpuTime), this.uptime.minus(earlier.uptime));
	}

	private static double share(Duration cpuTime, Duration time) {
		return (time.isZero() || time.isNegative()) ? 0 : (double) cpuTime.toNanos() / time.toNanos();
	}

}
