package io.procession.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ToolTests {

	@TempDir
	private Path directory;

	@Test
	void detectsBusyBoxByHardAndSymbolicLinks() throws IOException {
		Path bin = Files.createDirectory(this.directory.resolve("bin"));
		Path sbin = Files.createDirectory(this.directory.resolve("sbin"));
		Path busyBox = Files.createFile(bin.resolve("busybox"));

		assertThat(Tool.isBusyBox(Files.createSymbolicLink(sbin.resolve("setpriv"), busyBox))).isTrue();
		assertThat(Tool.isBusyBox(Files.createLink(bin.resolve("ionice"), busyBox))).isTrue();
		assertThat(Tool.isBusyBox(Files.createLink(sbin.resolve("taskset"), busyBox))).isTrue();
		assertThat(Tool.isBusyBox(Files.createFile(bin.resolve("chrt")))).isFalse();
	}

}
