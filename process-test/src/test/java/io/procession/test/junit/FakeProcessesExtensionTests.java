package io.procession.test.junit;

import java.time.Duration;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.procession.ProcessManager;
import io.procession.test.FakeProcesses;
import io.procession.test.ManualTime;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(FakeProcessesExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(60)
class FakeProcessesExtensionTests {

	private final FakeProcesses ofTheTest;

	FakeProcessesExtensionTests(FakeProcesses processes) {
		this.ofTheTest = processes;
		processes.stub("date").outputLines("given by the constructor");
	}

	@Test
	@Order(1)
	void providesFakesAndManager(FakeProcesses processes, ProcessManager manager, ManualTime time) {
		assertThat(processes).isSameAs(this.ofTheTest);
		assertThat(time).isSameAs(processes.time());
		processes.stub("slow").after(Duration.ofSeconds(1));

		assertThat(manager.run("date")).hasOutput("given by the constructor");
		manager.run("slow");

		assertThat(time.nanoTime()).isEqualTo(Duration.ofSeconds(1).toNanos());
	}

	@Test
	@Order(2)
	void providesNewFakesForEachTest(FakeProcesses processes) {
		assertThat(processes).ranNothing();
		assertThat(processes.time().nanoTime()).isZero();
	}

}
