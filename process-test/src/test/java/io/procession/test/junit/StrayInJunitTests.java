package io.procession.test.junit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.test.FakeProcesses;
import io.procession.test.StrayProcessError;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class StrayInJunitTests {

	@Test
	void swallowedStrayFailsTest() {
		TestExecutionSummary summary = run(Swallowing.class);

		assertThat(summary.getFailures()).singleElement()
			.satisfies((failure) -> assertThat(failure.getException()).isInstanceOf(StrayProcessError.class)
				.hasMessageContaining("unknown"));
		assertThat(summary.getTestsFoundCount()).isEqualTo(1);
	}

	@Test
	void processesLeftByTestEndWithManager() {
		TestExecutionSummary summary = run(Leaving.class);

		assertThat(summary.getTestsSucceededCount()).isEqualTo(1);
		assertThat(Leaving.ofTheManager.waitFor()).hasCause(ExitCause.SHUTDOWN);
		assertThat(Leaving.ofAnother.isRunning()).isFalse();
	}

	@Test
	void failedTestReportsItsOwnFailure() {
		TestExecutionSummary summary = run(Failing.class);

		assertThat(summary.getFailures()).singleElement()
			.satisfies((failure) -> assertThat(failure.getException()).hasMessage("my reason")
				.hasNoSuppressedExceptions());
	}

	private static TestExecutionSummary run(Class<?> testClass) {
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		LauncherFactory.create()
			.execute(LauncherDiscoveryRequestBuilder.request()
				.selectors(DiscoverySelectors.selectClass(testClass))
				.build(), listener);
		return listener.getSummary();
	}

	@ExtendWith(FakeProcessesExtension.class)
	static class Swallowing {

		@Test
		void swallows(ProcessManager manager) {
			assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> manager.run("unknown"));
		}

	}

	@ExtendWith(FakeProcessesExtension.class)
	static class Failing {

		@Test
		void fails(ProcessManager manager) {
			assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> manager.run("unknown"));
			throw new IllegalStateException("my reason");
		}

	}

	@ExtendWith(FakeProcessesExtension.class)
	static class Leaving {

		private static RunningProcess ofTheManager;

		private static RunningProcess ofAnother;

		@Test
		void leavesSomethingRunning(FakeProcesses processes, ProcessManager manager) {
			processes.stub("slow").hangs();
			ofTheManager = manager.start("slow");
			ofAnother = processes.manager().start("slow");
			assertThat(ofTheManager.isRunning()).isTrue();
		}

	}

}
