package io.procession.spring.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.procession.ProcessManager;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarted;
import io.procession.process.ExitCause;
import io.procession.process.Origin;
import io.procession.process.ProcessStartException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class ProcessMetricsTests {

	private final ProcessManager manager = mock(ProcessManager.class);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ProcessMetrics metrics = new ProcessMetrics(this.registry, this.manager);

	@ParameterizedTest
	@CsvSource({ "0,EXITED,true,SUCCESS", "3,EXITED,false,FAILURE", "137,SIGNALED,false,SIGNALED",
			"143,TIMED_OUT,false,TIMED_OUT", "143,STOPPED,false,STOPPED" })
	void recordsDurations(int exitCode, ExitCause cause, boolean successful, String outcome) {
		this.metrics.onEvent(new ProcessExited("id", "backup", Instant.now(), Origin.call(), 4711, exitCode, cause,
				successful, Duration.ofMillis(1500)));

		Timer timer = this.registry.get("procession.execution").tag("name", "backup").tag("outcome", outcome).timer();
		assertThat(timer.count()).isEqualTo(1);
		assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(1500);
	}

	@Test
	void countsFailedStarts() {
		this.metrics.onEvent(new ProcessStartFailed("id", "backup", Instant.now(), Origin.call(), "backup.sh",
				Reason.NOT_FOUND, "missing"));

		Timer timer = this.registry.get("procession.execution").tag("outcome", "START_FAILED").timer();
		assertThat(timer.count()).isEqualTo(1);
		assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isZero();
	}

	@Test
	void countsDeniedStarts() {
		this.metrics.onEvent(new ProcessStartFailed("id", "backup", Instant.now(), Origin.call(), "backup.sh",
				Reason.DENIED, "policy"));

		assertThat(this.registry.get("procession.execution").tag("outcome", "DENIED").timer().count()).isEqualTo(1);
	}

	@Test
	void countsNothingElse() {
		this.metrics.onEvent(new ProcessStarted("id", "backup", Instant.now(), Origin.call(), 4711, "backup.sh"));

		assertThat(this.registry.find("procession.execution").meters()).isEmpty();
	}

	@Test
	void exposesNumberOfRunningProcesses() {
		assertThat(this.registry.get("procession.execution.active").gauge().value()).isZero();

		given(this.manager.running()).willReturn(Arrays.asList(null, null));

		assertThat(this.registry.get("procession.execution.active").gauge().value()).isEqualTo(2);
	}

	@Test
	void documentsEveryMeter() {
		assertThat(List.of(ProcessMeters.values())).extracting(ProcessMeters::meterName)
			.containsExactly("procession.execution", "procession.execution.active");
	}

}
