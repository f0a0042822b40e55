package io.procession.sample;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.procession.sample.LogDesk.Part;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the sample runs tools of Linux")
class UploadLimitIntegrationTests {

	@Test
	void refusesTooLargeUpload(@TempDir Path directory) {
		byte[] log = LogDesk.sampleLog();

		try (LogDesk desk = LogDesk.open(directory, "--log-desk.max-upload=1MB")) {
			desk.post("/reports", "text/plain", LogDesk.repeated(log, 20))
				.isProblem(413, "larger than 1 MB: send it in parts");
			desk.postForm("/reports", Part.file("access.log", LogDesk.repeated(log, 20))).isProblem(413, "too large");
			desk.postForm("/checksums", Part.file("access.log", LogDesk.repeated(log, 20))).isProblem(413, "too large");

			assertThat(directory.resolve("uploads")).isEmptyDirectory();
		}
	}

}
