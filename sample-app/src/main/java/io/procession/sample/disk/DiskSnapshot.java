package io.procession.sample.disk;

import java.time.Instant;
import java.util.List;

import io.procession.process.ProcessResult;

/**
 * Usage of the disks at one point in time.
 *
 * @param takenAt when
 * @param filesystems one each
 */
record DiskSnapshot(Instant takenAt, List<Filesystem> filesystems) {

	/**
	 * Reads what {@code df -P} wrote.
	 * @param result a line of titles, then a line for each file system
	 * @return the snapshot
	 */
	static DiskSnapshot of(ProcessResult result) {
		return new DiskSnapshot(result.startedAt(),
				result.outputLines().stream().skip(1).map(Filesystem::parse).toList());
	}

	/**
	 * Usage of a file system.
	 *
	 * @param device what it lies on
	 * @param kilobytes its size
	 * @param used how much of it is taken
	 * @param available how much of it ordinary users may still take
	 * @param mountedOn where it is
	 */
	record Filesystem(String device, long kilobytes, long used, long available, String mountedOn) {

		private static Filesystem parse(String line) {
			// the last one may hold spaces
			String[] fields = line.split(" +", 6);
			return new Filesystem(fields[0], Long.parseLong(fields[1]), Long.parseLong(fields[2]),
					Long.parseLong(fields[3]), fields[5]);
		}

	}

}
