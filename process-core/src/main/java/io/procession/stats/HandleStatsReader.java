package io.procession.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * {@link StatsReader} that uses {@link ProcessHandle}, available on every platform.
 */
final class HandleStatsReader implements StatsReader {

	@Override
	public Optional<ProcessStats> read(long pid) {
		return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).flatMap(HandleStatsReader::stats);
	}

	private static Optional<ProcessStats> stats(ProcessHandle handle) {
		ProcessHandle.Info info = handle.info();
		Optional<Instant> startedAt = info.startInstant();
		Optional<Duration> cpuTime = info.totalCpuDuration();
		if (startedAt.isEmpty() || cpuTime.isEmpty()) {
			return Optional.empty();
		}
		Duration uptime = Duration.between(startedAt.get(), Instant.now());
		return Optional.of(new ProcessStats(handle.pid(), startedAt.get(), uptime.isNegative() ? Duration.ZERO : uptime,
				cpuTime.get(), OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty(),
				OptionalLong.empty(), OptionalLong.empty(), OptionalInt.of((int) handle.children().count())));
	}

}
