package io.procession;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.testing.ImmortalEngine;
import io.procession.testing.NoLeaks;
import io.procession.testing.Stopwatch;

import static io.procession.testing.Bounds.BEFORE_LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A process that does not even end when it is killed, as one that waits for a dead disk.
 */
@ExtendWith(NoLeaks.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostProcessTests {

	private static ProcessManager manager() {
		return manager(new ImmortalEngine());
	}

	private static ProcessManager manager(ImmortalEngine engine) {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.stopGrace(Duration.ofMillis(100))
			.timeoutGrace(Duration.ofMillis(100))
			.shutdownGrace(Duration.ofMillis(100))
			.lostAfter(Duration.ofMillis(200))
			.build();
		return ProcessManager.builder().settings(settings).engine(engine).build();
	}

	@Test
	void isAbandonedByStop() {
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = manager()) {
			RunningProcess process = processes.start("immortal");

			process.stop();

			assertThat(process.waitFor().cause()).isEqualTo(ExitCause.LOST);
			assertThat(process.waitFor().failed()).isTrue();
			assertThat(processes.running()).isEmpty();
		}
		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
	}

	@Test
	void isAbandonedByTimeout() {
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = manager()) {
			assertThatExceptionOfType(ProcessTimedOutException.class)
				.isThrownBy(() -> processes.command("immortal").timeout(Duration.ofMillis(100)).run())
				.withMessageContaining("exceeded its timeout of 100ms and could not be stopped: ")
				.satisfies((ex) -> assertThat(ex.result().map(ProcessResult::cause)).contains(ExitCause.LOST));
		}
		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
	}

	@Test
	void isAbandonedByClose() {
		Stopwatch watch = Stopwatch.started();
		RunningProcess process;
		try (ProcessManager processes = manager()) {
			process = processes.start("immortal");
		}

		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.LOST);
	}

	@Test
	void isAbandonedWhenItCannotBeScanned() {
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = manager(ImmortalEngine.invisible())) {
			RunningProcess process = processes.start("immortal");

			process.stop();

			assertThat(process.waitFor().cause()).isEqualTo(ExitCause.LOST);
		}
		assertThat(watch.elapsed()).isLessThan(BEFORE_LOST);
	}

}
