package io.procession.test.junit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.test.FakeProcesses;
import io.procession.test.StrayProcessError;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class StrayInJunitTests {

	@Test
	void swallowedStrayFailsItsTest() {
		SummaryGeneratingListener summary = new SummaryGeneratingListener();
		LauncherFactory.create()
			.execute(LauncherDiscoveryRequestBuilder.request()
				.selectors(DiscoverySelectors.selectClass(Swallowing.class))
				.build(), summary);

		assertThat(summary.getSummary().getFailures()).singleElement()
			.satisfies((failure) -> assertThat(failure.getException()).isInstanceOf(StrayProcessError.class)
				.hasMessageContaining("unknown"));
		assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(1);
	}

	@ExtendWith(FakeProcessesExtension.class)
	static class Swallowing {

		@Test
		void swallows(ProcessManager manager) {
			assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> manager.run("unknown"));
		}

		@Test
		void leavesSomethingRunning(FakeProcesses processes, ProcessManager manager) {
			processes.stub("slow").hangs();
			RunningProcess process = manager.start("slow");
			assertThat(process.isRunning()).isTrue();
		}

	}

}
