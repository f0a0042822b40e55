package io.procession.sample.checksum;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import io.procession.test.FakeProcesses;
import io.procession.test.spring.AutoConfigureFakeProcesses;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
@WebMvcTest(controllers = ChecksumController.class, properties = "procession.programs.inbox.autostart=false")
@AutoConfigureFakeProcesses
class ChecksumControllerTests {

	private final FakeProcesses processes;

	private final MockMvcTester web;

	ChecksumControllerTests(@Autowired FakeProcesses processes, @Autowired MockMvcTester web) {
		this.processes = processes;
		this.web = web;
	}

	@Test
	void computesChecksumOfEachFile() {
		this.processes.stub("sha256sum").repliesWith((call) -> call.input().repeat(64) + "  -\n");

		assertThat(this.web.post()
			.uri("/checksums")
			.multipart()
			.file(new MockMultipartFile("file", "a.txt", null, "a".getBytes(StandardCharsets.UTF_8)))
			.file(new MockMultipartFile("file", "b.txt", null, "b".getBytes(StandardCharsets.UTF_8)))).hasStatusOk()
			.bodyText()
			.contains("a.txt", "a".repeat(64), "b.txt", "b".repeat(64));
		assertThat(this.processes).ranTimes(2, "sha256sum");
	}

	@Nested
	class WithoutTheProgram {

		@Test
		void isAnErrorOfTheServer() {
			ChecksumControllerTests.this.processes.stub("sha256sum").exitCode(127);

			assertThat(ChecksumControllerTests.this.web.post()
				.uri("/checksums")
				.multipart()
				.file(new MockMultipartFile("file", "a.txt", null, "a".getBytes(StandardCharsets.UTF_8))))
				.hasStatus5xxServerError();
			assertThat(ChecksumControllerTests.this.processes).ranTimes(1, "sha256sum");
		}

	}

}
