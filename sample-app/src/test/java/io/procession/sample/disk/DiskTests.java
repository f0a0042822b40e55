package io.procession.sample.disk;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Bean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import io.procession.process.Signal;
import io.procession.test.FakeProcesses;
import io.procession.test.spring.AutoConfigureFakeProcesses;
import io.procession.test.spring.FakeProcessesCustomizer;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
// region spring
@SpringBootTest(properties = "log-desk.disk-cron=0 0 3 * * *")
@AutoConfigureFakeProcesses
@AutoConfigureMockMvc
class DiskTests {

	@Autowired
	private FakeProcesses processes;

	@Autowired
	private MockMvcTester web;

	@Test
	void runsEveryNight() {
		this.processes.stub("df *")
			.outputLines("Filesystem 1024-blocks Used Available Capacity Mounted on", "/dev/sdb 100 30 70 30% /data");

		this.processes.advance(Duration.ofDays(2));

		assertThat(this.processes).ranTimes(2, "df", "-P", "-k");
		assertThat(this.web.get().uri("/disk")).bodyText().contains("/dev/sdb").doesNotContain("/dev/sda");
	}

	@Test
	void continuesWhenDisksDoNotRespond() {
		this.processes.stub("df *").hangs();

		this.processes.advance(Duration.ofDays(1));

		assertThat(this.processes.calls().get(0).signals()).contains(Signal.TERM);
		assertThat(this.web.get().uri("/disk")).hasStatusOk();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class WhatStartsWithTheContext {

		@Bean
		FakeProcessesCustomizer stubs() {
			return (processes) -> {
				processes.stub("df *")
					.outputLines("Filesystem 1024-blocks Used Available Capacity Mounted on", "/dev/sda 9 3 6 30% /");
				processes.stub((spec) -> spec.displayName().equals("inbox")).hangs();
			};
		}

	}

}
// endregion
