package io.procession.stats;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * {@link StatsReader} that uses the {@code /proc} file system, as described in {@code
 * proc(5)}. Linux only.
 */
final class ProcStatsReader implements StatsReader {

	/**
	 * Duration of a clock tick. {@code sysconf(_SC_CLK_TCK)} is 100 per second on every
	 * architecture that a JVM runs on, regardless of the frequency of the kernel timer.
	 */
	private static final Duration TICK = Duration.ofMillis(10);

	/** Indexes of the fields of {@code stat} after the name, starting with the state. */
	private static final int STATE = 0;

	private static final int USER_TIME = 11;

	private static final int SYSTEM_TIME = 12;

	private static final int THREADS = 17;

	private static final int START_TIME = 19;

	private static final int VIRTUAL_BYTES = 20;

	static final StatsReader SYSTEM = forSystem();

	private final Path proc;

	private final Instant bootedAt;

	ProcStatsReader(Path proc, Instant bootedAt) {
		this.proc = proc;
		this.bootedAt = bootedAt;
	}

	private static StatsReader forSystem() {
		Path proc = Path.of("/proc");
		try {
			read(proc.resolve("self/stat"));
			return new ProcStatsReader(proc, Instant.now().minus(sinceBoot(proc)));
		}
		catch (IOException ex) {
			return new HandleStatsReader();
		}
	}

	@Override
	public Optional<ProcessStats> read(long pid) {
		Path process = this.proc.resolve(Long.toString(pid));
		try {
			String stat = read(process.resolve("stat"));
			// the name in parentheses may itself contain spaces and parentheses
			String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ");
			if ("ZXx".contains(fields[STATE])) {
				return Optional.empty();
			}
			Duration startedAfterBoot = ticks(fields[START_TIME]);
			Duration uptime = sinceBoot(this.proc).minus(startedAfterBoot);
			String io = readIfAllowed(process.resolve("io"));
			return Optional.of(new ProcessStats(pid, this.bootedAt.plus(startedAfterBoot),
					uptime.isNegative() ? Duration.ZERO : uptime,
					ticks(fields[USER_TIME]).plus(ticks(fields[SYSTEM_TIME])),
					residentBytes(readIfAllowed(process.resolve("status"))),
					OptionalLong.of(Long.parseLong(fields[VIRTUAL_BYTES])),
					OptionalInt.of(Integer.parseInt(fields[THREADS])), entries(process.resolve("fd")),
					number(io, "read_bytes:"), number(io, "write_bytes:"), children(process.resolve("task"))));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private static Duration sinceBoot(Path proc) throws IOException {
		String seconds = read(proc.resolve("uptime")).split(" ", 2)[0];
		return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValue());
	}

	private static Duration ticks(String count) {
		return TICK.multipliedBy(Long.parseLong(count));
	}

	private static OptionalLong residentBytes(String status) {
		OptionalLong kibibytes = number(status, "VmRSS:");
		return kibibytes.isPresent() ? OptionalLong.of(kibibytes.getAsLong() * 1024) : kibibytes;
	}

	private static OptionalInt children(Path tasks) {
		String[] threads = tasks.toFile().list();
		if (threads == null) {
			return OptionalInt.empty();
		}
		int count = 0;
		for (String thread : threads) {
			try {
				count += (int) read(tasks.resolve(thread).resolve("children")).chars().filter((c) -> c == ' ').count();
			}
			catch (IOException ex) {
				if (Files.exists(tasks.resolve(thread))) {
					return OptionalInt.empty();
				}
			}
		}
		return OptionalInt.of(count);
	}

	private static OptionalInt entries(Path directory) {
		String[] names = directory.toFile().list();
		return (names != null) ? OptionalInt.of(names.length) : OptionalInt.empty();
	}

	private static OptionalLong number(String text, String label) {
		for (String line : text.split("\n")) {
			if (line.startsWith(label)) {
				return OptionalLong.of(Long.parseLong(line.substring(label.length()).trim().split(" ", 2)[0]));
			}
		}
		return OptionalLong.empty();
	}

	private static String readIfAllowed(Path file) {
		try {
			return read(file);
		}
		catch (IOException ex) {
			return "";
		}
	}

	private static String read(Path file) throws IOException {
		return Files.readString(file, StandardCharsets.ISO_8859_1);
	}

}
