package io.procession;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.testing.RealProcesses;

/**
 * Stress tests that take minutes.
 */
@Tag("stress")
@RealProcesses
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StressTests {

	@Test
	void survivesShortRuns() {
		StressScenarios.shortRuns(10_000);
	}

	@Test
	void sustainsManyChildren() {
		StressScenarios.heldChildren(1000);
	}

	@Test
	void servesManyThreads() throws Exception {
		StressScenarios.manyThreads(64, Duration.ofMinutes(1));
	}

	@Test
	void survivesRaces() throws Exception {
		StressScenarios.races(1000, System.nanoTime());
	}

	@Test
	void survivesInterrupts() throws InterruptedException {
		StressScenarios.interrupts(2000, System.nanoTime());
	}

	@Test
	void survivesCloses() throws Exception {
		StressScenarios.closes(100, System.nanoTime());
	}

	@Test
	void survivesBusyMachine() throws Exception {
		StressScenarios.onABusyMachine(() -> StressScenarios.shortRuns(1000));
		StressScenarios.onABusyMachine(() -> StressScenarios.heldChildren(200));
	}

}
