package io.procession.spring.test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import io.procession.ProcessManager;
import io.procession.event.ProcessExited;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStatus;
import io.procession.test.FakeProcesses;
import io.procession.test.StrayProcessError;
import io.procession.test.spring.AutoConfigureFakeProcesses;
import io.procession.test.spring.FakeProcessesCustomizer;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(properties = { "procession.programs.worker.command=work --hard",
		"procession.programs.worker.restart.delay=1h" })
@AutoConfigureFakeProcesses
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(60)
class FakeProcessesSpringTests {

	@Autowired
	private FakeProcesses processes;

	@Autowired
	private ProcessManager manager;

	@Autowired
	private ProcessSupervisor supervisor;

	@Autowired
	private Application application;

	@Test
	@Order(1)
	void runsNoRealProcess() {
		assertThat(this.processes).ranNothing();
		this.processes.stub("date").outputLines("today");

		assertThat(this.manager.run("date")).hasOutput("today");
		assertThat(this.application.exited).contains("date");
		assertThat(this.processes).ran("date");
	}

	@Test
	@Order(2)
	void resetsStubsOfPreviousTest() {
		assertThat(this.processes).ranNothing().didNotRun("date");
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("date"));
		// expected by this test
		this.processes.reset();
	}

	@Test
	@Order(3)
	void supervisesPrograms() {
		assertThat(state()).isEqualTo(ProgramState.RUNNING);
		this.processes.advance(Duration.ofSeconds(3));
		assertThat(state()).isEqualTo(ProgramState.BACKOFF);

		this.processes.advance(Duration.ofHours(1));

		assertThat(state()).isEqualTo(ProgramState.RUNNING);
		assertThat(this.processes).ran("work", "--hard");
	}

	private ProgramState state() {
		return this.supervisor.find("worker").map(ProgramStatus::state).orElseThrow();
	}

	@Test
	@Order(4)
	void schedulesByManualClock() {
		this.application.scheduled.clear();
		Instant now = this.processes.time().now();

		this.processes.advance(Duration.ofHours(48));

		assertThat(this.application.scheduled).hasSize(2)
			.allSatisfy((instant) -> assertThat(instant).isAfter(now)
				.matches((due) -> due.getEpochSecond() % Duration.ofDays(1).toSeconds() == Duration.ofHours(2)
					.toSeconds()));
	}

	@Test
	@Order(5)
	void schedulesIntervalsByManualClock() {
		this.processes.advance(Duration.ofMinutes(10));
		this.application.often.clear();
		Instant now = this.processes.time().now();

		this.processes.advance(Duration.ofMinutes(30));

		assertThat(this.application.often).hasSize(3)
			.allSatisfy((instant) -> assertThat(instant).isBetween(now, now.plus(Duration.ofMinutes(30))));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		private final List<String> exited = new CopyOnWriteArrayList<>();

		private final List<Instant> scheduled = new CopyOnWriteArrayList<>();

		private final List<Instant> often = new CopyOnWriteArrayList<>();

		@Autowired
		private FakeProcesses processes;

		@Bean
		FakeProcessesCustomizer worker() {
			return (processes) -> processes.stub("work *").after(Duration.ofSeconds(3)).exitCode(1);
		}

		@EventListener
		void on(ProcessExited event) {
			this.exited.add(event.name());
		}

		@Scheduled(cron = "0 0 2 * * *", zone = "UTC")
		void nightly() {
			this.scheduled.add(this.processes.time().now());
		}

		@Scheduled(initialDelay = 10, fixedDelay = 10, timeUnit = TimeUnit.MINUTES)
		void often() {
			this.often.add(this.processes.time().now());
		}

	}

}
