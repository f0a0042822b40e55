package io.procession.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProcStatsReaderTests {

	private static final Instant BOOT = Instant.parse("2026-01-01T00:00:00Z");

	@TempDir
	private Path proc;

	private ProcStatsReader reader;

	@BeforeEach
	void setUp() throws IOException {
		this.reader = new ProcStatsReader(this.proc, BOOT);
		write("uptime", "1000.50 1234.00\n");
		write("42/status", "Name:\tx\nVmSize:\t    9999 kB\nVmRSS:\t    1712 kB\nThreads:\t9\n");
		write("42/io", "rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 5\n");
		write("42/fd/0", "");
		write("42/fd/1", "");
		write("42/task/42/children", "43 44 ");
		write("42/task/50/children", "");
		write("42/task/51/children", "45 ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "sleep", "my worker", "a) Z 1 (b", "(((", ")", "" })
	void readsEntryWithAnyName(String name) throws IOException {
		write("42/stat", stat(name, 'S'));

		ProcessStats stats = this.reader.read(42).orElseThrow();

		assertThat(stats.pid()).isEqualTo(42);
		assertThat(stats.startedAt()).isEqualTo(BOOT.plusMillis(900_250));
		assertThat(stats.uptime()).isEqualTo(Duration.ofMillis(100_250));
		assertThat(stats.cpuTime()).isEqualTo(Duration.ofMillis(3_750));
		assertThat(stats.residentBytes()).hasValue(1712 * 1024);
		assertThat(stats.virtualBytes()).hasValue(2_654_208);
		assertThat(stats.threads()).hasValue(3);
		assertThat(stats.openFiles()).hasValue(2);
		assertThat(stats.readBytes()).hasValue(4096);
		assertThat(stats.writtenBytes()).hasValue(8192);
		assertThat(stats.children()).hasValue(3);
	}

	@ParameterizedTest
	@ValueSource(chars = { 'Z', 'X', 'x' })
	void hasNoStatsOfDeadProcess(char state) throws IOException {
		write("42/stat", stat("sleep", state));

		assertThat(this.reader.read(42)).isEmpty();
	}

	@Test
	void hasNoStatsOfVanishedProcess() {
		assertThat(this.reader.read(7)).isEmpty();
	}

	@Test
	void omitsMissingValues() throws IOException {
		write("7/stat", stat("kthreadd", 'S'));
		write("7/status", "Name:\tkthreadd\nThreads:\t1\n");

		ProcessStats stats = this.reader.read(7).orElseThrow();

		assertThat(stats.cpuTime()).isEqualTo(Duration.ofMillis(3_750));
		assertThat(stats.residentBytes()).isEmpty();
		assertThat(stats.openFiles()).isEmpty();
		assertThat(stats.readBytes()).isEmpty();
		assertThat(stats.writtenBytes()).isEmpty();
		assertThat(stats.children()).isEmpty();
	}

	private static String stat(String name, char state) {
		return "42 (" + name + ") " + state
				+ " 1 42 42 0 -1 4194304 100 0 0 0 250 125 0 0 20 0 3 0 90025 2654208 428 18446744073709551615\n";
	}

	private void write(String file, String text) throws IOException {
		Path path = this.proc.resolve(file);
		Files.createDirectories(path.getParent());
		Files.writeString(path, text);
	}

}
