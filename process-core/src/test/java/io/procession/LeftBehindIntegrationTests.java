package io.procession;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.testing.ImmortalEngine;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for processes that a process leaves behind when it ends.
 */
@RealProcesses
@RequiresProgram("setsid")
class LeftBehindIntegrationTests {

	private static final String LEAVES_STUBBORN_DAEMON = "(setsid sh -c \"trap '' TERM; echo ready; while :; do sleep 300;"
			+ " done\" <&- &); sleep 0.2";

	private final Plant plant = Plant.fresh();

	@Test
	void stopsProcessesLeftBehindByEndedProcess(ProcessManager processes) throws Exception {
		RunningProcess process = start(processes, Scripts.LEAVES_DAEMON);
		assertThat(process.waitFor().successful()).isTrue();
		assertThat(this.plant.alive()).isNotEmpty();

		boolean gone = get(process.stopLeftBehind());

		assertThat(gone).isTrue();
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void killsProcessesThatOutlastGracePeriod(ProcessManager processes) throws Exception {
		RunningProcess process = start(processes, LEAVES_STUBBORN_DAEMON);
		assertThat(process.waitFor().successful()).isTrue();
		assertThat(this.plant.alive()).isNotEmpty();

		boolean gone = get(process.stopLeftBehind(Duration.ofMillis(200)));

		assertThat(gone).isTrue();
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void doesNotSlowDownStopInProgress(ProcessManager processes) throws Exception {
		RunningProcess process = start(processes, LEAVES_STUBBORN_DAEMON);
		process.waitFor();
		Stopwatch watch = Stopwatch.started();

		CompletableFuture<Boolean> patient = process.stopLeftBehind(Duration.ofMinutes(5));
		CompletableFuture<Boolean> hasty = process.stopLeftBehind(Duration.ZERO);

		assertThat(get(hasty)).isTrue();
		assertThat(get(patient)).isTrue();
		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void completesWhenNoProcessIsLeft(ProcessManager processes) throws Exception {
		RunningProcess process = start(processes, "exit 3");
		process.waitFor();

		assertThat(get(process.stopLeftBehind())).isTrue();
	}

	@Test
	void refusesProcessThatHasNotEnded(ProcessManager processes) {
		RunningProcess process = start(processes, Scripts.SLEEPS);

		assertThatIllegalStateException().isThrownBy(process::stopLeftBehind).withMessageContaining("stop()");
		assertThat(process.isRunning()).isTrue();
	}

	@Test
	void reportsSurvivor() throws Exception {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.stopGrace(Duration.ofMillis(10))
			.shutdownGrace(Duration.ofMillis(10))
			.lostAfter(Duration.ofMillis(50))
			.build();
		try (ProcessManager immortals = ProcessManager.builder()
			.engine(new ImmortalEngine())
			.settings(settings)
			.build()) {
			RunningProcess process = immortals.start("immortal");
			process.stop();
			assertThat(process.waitFor().cause()).isEqualTo(ExitCause.LOST);

			assertThat(get(process.stopLeftBehind())).isFalse();
		}
	}

	@Test
	void reportsUnknownStateAfterClose() throws Exception {
		ProcessManager processes = ProcessManager.create();
		RunningProcess process = start(processes, "exit 0");
		process.waitFor();
		processes.close();

		assertThat(get(process.stopLeftBehind())).isFalse();
	}

	private RunningProcess start(ProcessManager processes, String script) {
		return processes.shell(script).env(Plant.NAME, this.plant.value()).start();
	}

	private static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
	}

}
