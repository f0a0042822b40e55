package io.procession.supervision;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.procession.ProcessManager;
import io.procession.concurrent.TimeSource;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.event.ProcessExited;
import io.procession.execution.ProcessSettings;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ProcessSpec;
import io.procession.testing.FailingEngine;
import io.procession.testing.Plant;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a supervisor without available threads or responses of the engine.
 */
@RealProcesses
class SupervisorBoundsIntegrationTests {

	private final Plant plant = Plant.fresh();

	private final ScarceThreads scarce = new ScarceThreads();

	private final SupervisorThreads threads = new SupervisorThreads(TimeSource.system(), this.scarce);

	@Test
	void stopsWithoutAvailableThread(ProcessManager processes) throws Exception {
		try (ProcessSupervisor supervisor = new ProcessSupervisor(processes.launcher(), this.threads)) {
			supervisor.add(program(Scripts.SLEEPS).build());
			get(supervisor.start("worker"));
			this.scarce.exhaust(this.threads);

			ProgramStatus stopped = get(supervisor.stop("worker"));

			assertThat(stopped.state()).isEqualTo(ProgramState.STOPPED);
			assertThat(stopped.lastExitCode()).isEqualTo(143);
			assertThat(this.plant.alive()).isEmpty();
			this.scarce.release();
		}
	}

	@Test
	void killsWithoutAvailableThread(ProcessManager processes) throws Exception {
		try (ProcessSupervisor supervisor = new ProcessSupervisor(processes.launcher(), this.threads)) {
			ProcessSpec spec = spec(Scripts.IGNORES_TERM).stopGrace(Duration.ofMinutes(5)).build();
			supervisor.add(Program.builder("worker", spec).build());
			long pid = pid(get(supervisor.start("worker")));
			assertThat(processes.find(pid).orElseThrow().waitUntil((type, line) -> line.equals("ready"), SOON))
				.isTrue();
			this.scarce.exhaust(this.threads);

			supervisor.stop("worker");
			ProgramStatus stopped = get(supervisor.stop("worker"));

			assertThat(stopped.state()).isEqualTo(ProgramState.STOPPED);
			assertThat(stopped.lastExitCode()).isEqualTo(137);
			this.scarce.release();
		}
	}

	@Test
	void restartsOnceThreadIsAvailableAgain(ProcessManager processes) throws Exception {
		try (ProcessSupervisor supervisor = new ProcessSupervisor(processes.launcher(), this.threads)) {
			supervisor.add(program(Scripts.SLEEPS).restart(RestartPolicy.onFailure().withDelay(Duration.ofMillis(20)))
				.build());
			long first = pid(get(supervisor.start("worker")));
			this.scarce.exhaust(this.threads);

			ProcessHandle.of(first).orElseThrow().destroyForcibly();

			await().atMost(SOON)
				.until(() -> status(supervisor).state() == ProgramState.BACKOFF
						&& status(supervisor).reason().contains("native thread"));
			this.scarce.release();
			await().atMost(SOON).until(() -> status(supervisor).state() == ProgramState.RUNNING);
			assertThat(status(supervisor).restarts()).isPositive();
			await().atMost(SOON).until(() -> this.plant.alive().size() == 1);
		}
	}

	@Test
	void closesWithoutAvailableThread(ProcessManager processes) throws Exception {
		try (ProcessSupervisor supervisor = new ProcessSupervisor(processes.launcher(), this.threads)) {
			supervisor.add(program(Scripts.SLEEPS).build());
			get(supervisor.start("worker"));
			this.scarce.exhaust(this.threads);
			Stopwatch watch = Stopwatch.started();

			supervisor.close();

			assertThat(watch.elapsed()).isLessThan(SOON);
			assertThat(status(supervisor).state()).isEqualTo(ProgramState.STOPPED);
			assertThat(this.plant.alive()).isEmpty();
			this.scarce.release();
		}
	}

	@Test
	void abandonsHangingStartAndStopsItsProcess() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.stopGrace(Duration.ofMillis(100))
			.lostAfter(Duration.ofMillis(200))
			.drain(Duration.ofMillis(100))
			.build();
		FailingEngine engine = new FailingEngine(new LocalProcessEngine(false, null),
				(launch) -> Threads.hold(release));
		try (ProcessManager slow = ProcessManager.builder().engine(engine).settings(settings).build()) {
			CompletableFuture<ProcessExited> exited = new CompletableFuture<>();
			slow.addListener((event) -> {
				if (event instanceof ProcessExited exit) {
					exited.complete(exit);
				}
			});
			ProcessSupervisor supervisor = ProcessSupervisor.create(slow.launcher());
			supervisor.add(program(Scripts.SLEEPS).build());
			supervisor.start("worker");
			Stopwatch watch = Stopwatch.started();

			supervisor.close();

			assertThat(watch.elapsed()).isLessThan(SOON);
			assertThat(status(supervisor).state()).isEqualTo(ProgramState.LOST);
			release.countDown();
			assertThat(get(exited).cause()).isEqualTo(ExitCause.STOPPED);
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	private Program.Builder program(String script) {
		return Program.builder("worker", spec(script).build());
	}

	private ProcessSpec.Builder spec(String script) {
		return ProcessSpec.builder(Command.shell(script)).env(Plant.NAME, this.plant.value());
	}

	private static ProgramStatus status(ProcessSupervisor supervisor) {
		return supervisor.find("worker").orElseThrow();
	}

	private static long pid(ProgramStatus status) {
		Long pid = status.pid();
		assertThat(pid).isNotNull();
		assertThat(ProcessTable.isAlive(pid)).isTrue();
		return pid;
	}

	private static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
	}

}
