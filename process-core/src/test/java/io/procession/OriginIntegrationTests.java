package io.procession;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessTimedOut;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.Command;
import io.procession.process.Origin;
import io.procession.process.Origin.Kind;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.RestartPolicy;
import io.procession.testing.RealProcesses;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class OriginIntegrationTests {

	private static final Origin NIGHTLY = Origin.builder(Kind.SCHEDULE).name("nightly").principal("ada").build();

	private final List<ProcessEvent> events = new CopyOnWriteArrayList<>();

	private void awaitEvents(Class<?>... types) {
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(this.events).<Class<?>>extracting(Object::getClass).containsExactly(types));
	}

	private final ProcessListener listener = new ProcessListener() {

		@Override
		public void beforeStart(ProcessStarting event) {
			OriginIntegrationTests.this.events.add(event);
		}

		@Override
		public void beforeStop(ProcessStopping event) {
			OriginIntegrationTests.this.events.add(event);
		}

		@Override
		public void onEvent(ProcessEvent event) {
			OriginIntegrationTests.this.events.add(event);
		}

	};

	@Test
	void ofPlainStartIsCall(ProcessManager processes) {
		processes.addListener(this.listener);

		processes.run("true");

		awaitEvents(ProcessStarting.class, ProcessStarted.class, ProcessExited.class);
		assertThat(this.events).extracting(ProcessEvent::origin).containsOnly(Origin.call());
	}

	@Test
	void isPartOfAllEventsOfStop(ProcessManager processes) {
		processes.addListener(this.listener);
		RunningProcess process = processes.command("sleep", "300").origin(NIGHTLY).start();
		awaitEvents(ProcessStarting.class, ProcessStarted.class);

		process.stop();

		awaitEvents(ProcessStarting.class, ProcessStarted.class, ProcessStopping.class, ProcessStopping.class,
				ProcessExited.class);
		assertThat(this.events).extracting(ProcessEvent::origin).containsOnly(NIGHTLY);
	}

	@Test
	void isPartOfEventOfTimeout(ProcessManager processes) {
		processes.addListener(this.listener);
		PendingProcess sleep = processes.command("sleep", "300").origin(NIGHTLY).timeout(Duration.ofMillis(50));

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(sleep::run);

		awaitEvents(ProcessStarting.class, ProcessStarted.class, ProcessTimedOut.class, ProcessExited.class);
		assertThat(this.events).extracting(ProcessEvent::origin).containsOnly(NIGHTLY);
	}

	@Test
	void isPartOfEventOfFailedStart(ProcessManager processes) {
		processes.addListener(this.listener);
		PendingProcess missing = processes.command("no-such-program-here").origin(NIGHTLY);

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(missing::run);

		awaitEvents(ProcessStarting.class, ProcessStartFailed.class);
		assertThat(this.events).extracting(ProcessEvent::origin).containsOnly(NIGHTLY);
	}

	@Test
	void survivesFurtherOptions(ProcessManager processes) {
		processes.addListener(this.listener);

		processes.command("cat").origin(NIGHTLY).name("copy").onOutput((line) -> {
		}).input("x").afterStop((event) -> {
		}).run();

		awaitEvents(ProcessStarting.class, ProcessStarted.class, ProcessExited.class);
		assertThat(this.events).extracting(ProcessEvent::origin).containsOnly(NIGHTLY);
	}

	@Test
	void isKeptInPipelinesAndPools(ProcessManager processes) {
		processes.addListener(this.listener);

		processes.pipeline().pipe(processes.command("true").origin(NIGHTLY).name("a")).pipe("cat").run();
		processes.concurrently(processes.command("true").origin(NIGHTLY).name("b"), processes.command("false"));

		await().atMost(SOON)
			.until(() -> this.events.stream().filter(ProcessExited.class::isInstance).count(), (count) -> count == 4);
		assertThat(this.events).allSatisfy((event) -> assertThat(event.origin())
			.isEqualTo((event.name().length() == 1) ? NIGHTLY : Origin.call()));
	}

	@Test
	void ofProgramCountsItsStarts(ProcessManager processes) {
		processes.addListener(this.listener);
		try (ProcessSupervisor supervisor = ProcessSupervisor.create(processes.launcher())) {
			supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("false")))
				.restart(RestartPolicy.onFailure().withDelay(Duration.ZERO))
				.build());

			supervisor.start();

			await().atMost(SOON).until(() -> this.events.stream().filter(ProcessExited.class::isInstance).count() >= 3);
		}
		List<Origin> starts = this.events.stream()
			.filter(ProcessStarted.class::isInstance)
			.map(ProcessEvent::origin)
			.toList();
		assertThat(starts).allSatisfy((origin) -> {
			assertThat(origin.kind()).isEqualTo(Kind.PROGRAM);
			assertThat(origin.name()).isEqualTo("worker");
		});
		assertThat(starts).extracting((origin) -> Objects.requireNonNull(origin.attempt())).startsWith(1, 2, 3);
	}

}
