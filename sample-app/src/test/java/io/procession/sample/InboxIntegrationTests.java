package io.procession.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static io.procession.sample.LogDesk.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the sample runs tools of Linux")
class InboxIntegrationTests {

	@TempDir
	private Path directory;

	private Path inbox;

	@BeforeEach
	void setUp() {
		this.inbox = this.directory.resolve("inbox");
	}

	@Test
	void archivesMovedFiles() throws IOException {
		try (LogDesk desk = LogDesk.open(this.directory)) {
			drop("first");
			PATIENCE.untilAsserted(() -> assertThat(this.inbox).isDirectoryContaining("glob:**/first.log.gz"));

			assertThat(desk.processes().run("zcat", this.inbox.resolve("first.log.gz").toString()).output())
				.isEqualTo("first\n");
			assertThat(this.inbox.resolve("first.log")).doesNotExist();
			PATIENCE.untilAsserted(() -> assertThat(this.inbox.resolve("archived.txt")).content()
				.contains("first.log.gz: 0 server errors"));
		}
	}

	@Test
	void isRestartedWhenKilled() throws IOException {
		try (LogDesk desk = LogDesk.open(this.directory)) {
			long pid = desk.program("inbox").pid();

			ProcessHandle.of(pid).orElseThrow().destroyForcibly();

			PATIENCE.untilAsserted(() -> assertThat(desk.program("inbox").pid()).isNotEqualTo(pid));
			assertThat(desk.supervisor().find("inbox").orElseThrow().restarts()).isEqualTo(1);
			drop("second");
			PATIENCE.untilAsserted(() -> assertThat(this.inbox).isDirectoryContaining("glob:**/second.log.gz"));
		}
	}

	@Test
	void hasEndedWhenContextIsClosed() {
		long pid;
		try (LogDesk desk = LogDesk.open(this.directory)) {
			pid = desk.program("inbox").pid();
			assertThat(ProcessHandle.of(pid)).isPresent();
		}

		assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
	}

	// moves it atomically, since the program may scan at any time
	private void drop(String text) throws IOException {
		Path file = Files.writeString(this.directory.resolve(text + ".tmp"), text + "\n");
		PATIENCE.until(() -> Files.isDirectory(this.inbox));
		Files.move(file, this.inbox.resolve(text + ".log"), StandardCopyOption.ATOMIC_MOVE);
	}

}
