package io.procession;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.testing.RealProcesses;

/**
 * Short version of {@link StressTests}.
 */
@RealProcesses
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StressIntegrationTests {

	@Test
	void survivesShortRuns() {
		StressScenarios.shortRuns(500);
	}

	@Test
	void sustainsManyChildren() {
		StressScenarios.heldChildren(50);
	}

	@Test
	void servesManyThreads() throws Exception {
		StressScenarios.manyThreads(64, Duration.ofSeconds(3));
	}

	@Test
	void survivesRaces() throws Exception {
		StressScenarios.races(100, 20261122);
	}

	@Test
	void survivesInterrupts() throws InterruptedException {
		StressScenarios.interrupts(40, 20261130);
	}

	@Test
	void survivesCloses() throws Exception {
		StressScenarios.closes(3, 20261130);
	}

	@Test
	void survivesBusyMachine() throws Exception {
		StressScenarios.onABusyMachine(() -> StressScenarios.shortRuns(100));
		StressScenarios.onABusyMachine(() -> StressScenarios.heldChildren(20));
	}

}
