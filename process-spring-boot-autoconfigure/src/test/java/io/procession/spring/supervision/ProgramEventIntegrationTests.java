package io.procession.spring.supervision;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessionEvent;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.StartsProcesses;
import io.procession.spring.event.ProcessEventAutoConfiguration;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramEvent;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStateChanged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@StartsProcesses
class ProgramEventIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class,
				ProcessEventAutoConfiguration.class))
		.withPropertyValues("procession.programs.worker.command=sleep 300")
		.withBean(Listeners.class);

	@Test
	void publishesChangesOfStateAsApplicationEvents() {
		this.contextRunner.run((context) -> {
			Listeners listeners = context.getBean(Listeners.class);
			await().atMost(BOUND).until(() -> listeners.states().contains(ProgramState.RUNNING));

			context.getBean(ProcessSupervisor.class).stop("worker").get(20, TimeUnit.SECONDS);

			await().atMost(BOUND).until(() -> listeners.stopped.size() == 1);
			assertThat(listeners.states()).containsExactly(ProgramState.STARTING, ProgramState.RUNNING,
					ProgramState.STOPPING, ProgramState.STOPPED);
			assertThat(listeners.stopped.get(0).reason()).isEqualTo("stopped on request");
		});
	}

	@Test
	void publishesEventsOfProgramsAndProcessesInOrder() {
		this.contextRunner.run((context) -> {
			Listeners listeners = context.getBean(Listeners.class);

			await().atMost(BOUND).until(() -> listeners.states().contains(ProgramState.RUNNING));
			assertThat(listeners.all).filteredOn((event) -> !(event instanceof ProcessStarting))
				.extracting((event) -> event.getClass().getSimpleName())
				.containsExactly("ProgramStateChanged", "ProcessStarted", "ProgramStateChanged");
		});
	}

	@Test
	void notifiesListenerBeans() {
		this.contextRunner.withBean(ListenerBean.class).run((context) -> {
			ListenerBean listener = context.getBean(ListenerBean.class);

			await().atMost(BOUND)
				.until(() -> listener.events.size() == 2
						&& ((ProgramStateChanged) listener.events.get(1)).to() == ProgramState.RUNNING);
		});
	}

	static class Listeners {

		private final List<ProcessionEvent> all = new CopyOnWriteArrayList<>();

		private final List<ProgramStateChanged> changes = new CopyOnWriteArrayList<>();

		private final List<ProgramStateChanged> stopped = new CopyOnWriteArrayList<>();

		@EventListener
		void on(ProcessionEvent event) {
			this.all.add(event);
		}

		@EventListener
		void on(ProgramEvent event) {
			if (event instanceof ProgramStateChanged change) {
				this.changes.add(change);
			}
		}

		@EventListener(condition = "#event.name == 'worker' && #event.to.name() == 'STOPPED'")
		void onStop(ProgramStateChanged event) {
			this.stopped.add(event);
		}

		List<ProgramState> states() {
			return this.changes.stream().map(ProgramStateChanged::to).toList();
		}

	}

	static class ListenerBean implements ProcessListener {

		private final List<ProcessionEvent> events = new CopyOnWriteArrayList<>();

		@Override
		public void onEvent(ProcessEvent event) {
			// only programs are needed
		}

		@Override
		public void onFeatureEvent(ProcessionEvent event) {
			this.events.add(event);
		}

	}

}
