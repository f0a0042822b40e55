package io.procession.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

@Timeout(60)
@EnabledOnOs({ OS.LINUX, OS.MAC })
class StatsReaderIntegrationTests {

	private final StatsReader reader = StatsReader.system();

	private Optional<Process> child = Optional.empty();

	@AfterEach
	void tearDown() {
		this.child.ifPresent((child) -> {
			child.descendants().forEach(ProcessHandle::destroyForcibly);
			child.destroyForcibly();
		});
	}

	@Test
	void readsThisJvm() {
		ProcessStats stats = this.reader.read(ProcessHandle.current().pid()).orElseThrow();

		assertThat(stats.cpuTime()).isPositive();
		assertThat(stats.uptime()).isPositive();
		assertThat(stats.cpuShare()).isPositive();
		assertThat(stats.startedAt()).isCloseTo(ProcessHandle.current().info().startInstant().orElseThrow(),
				within(3, ChronoUnit.SECONDS));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void readsAllValuesOfOwnProcessOnLinux() throws IOException {
		long pid = start("sleep 60 & sleep 60 & exec 9</dev/null; wait").pid();
		await().until(() -> this.reader.read(pid).orElseThrow().children().orElseThrow() == 2);

		ProcessStats stats = this.reader.read(pid).orElseThrow();

		assertThat(stats.threads()).hasValue(1);
		assertThat(stats.openFiles().orElseThrow()).isGreaterThanOrEqualTo(4);
		assertThat(stats.residentBytes().orElseThrow()).isBetween(1L, stats.virtualBytes().orElseThrow());
		assertThat(stats.readBytes()).isPresent();
		assertThat(stats.writtenBytes()).isPresent();
	}

	@Test
	void countsCpuTimeOfBusyProcess() throws IOException {
		long pid = start("while :; do :; done").pid();
		ProcessStats first = this.reader.read(pid).orElseThrow();
		await().until(() -> this.reader.read(pid)
			.orElseThrow()
			.cpuTime()
			.minus(first.cpuTime())
			.compareTo(Duration.ofMillis(100)) > 0);

		ProcessStats later = this.reader.read(pid).orElseThrow();

		assertThat(later.startedAt()).isEqualTo(first.startedAt());
		assertThat(later.cpuShareSince(first)).isPositive();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void hasNoStatsOfZombie() throws IOException {
		long parent = start("sleep 0 & exec sleep 60").pid();
		long zombie = await().until(() -> zombieOf(parent), (pid) -> pid > 0);

		assertThat(this.reader.read(zombie)).isEmpty();
		assertThat(this.reader.read(parent).orElseThrow().children()).hasValue(1);
	}

	@Test
	void hasNoStatsOfEndedProcess() throws Exception {
		Process ended = start("exit 0");
		ended.waitFor();

		assertThat(this.reader.read(ended.pid())).isEmpty();
	}

	@Test
	void readsStartAndCpuTimeFromProcessHandle() throws IOException {
		long pid = start("exec sleep 60").pid();

		ProcessStats stats = new HandleStatsReader().read(pid).orElseThrow();

		assertThat(stats.startedAt()).isCloseTo(Instant.now(), within(60, ChronoUnit.SECONDS));
		assertThat(stats.residentBytes()).isEmpty();
		assertThat(new HandleStatsReader().read(Long.MAX_VALUE)).isEmpty();
	}

	private Process start(String script) throws IOException {
		Process process = new ProcessBuilder("sh", "-c", script).start();
		this.child = Optional.of(process);
		return process;
	}

	private static long zombieOf(long parent) throws IOException {
		String children = Files.readString(Path.of("/proc/" + parent + "/task/" + parent + "/children")).trim();
		if (!children.isEmpty() && Files.readString(Path.of("/proc/" + children + "/stat")).contains(") Z ")) {
			return Long.parseLong(children);
		}
		return 0;
	}

}
