package io.procession.spring.event;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.event.EventListener;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessStopping;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessStartException;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.StartsProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@StartsProcesses
@ExtendWith(OutputCaptureExtension.class)
class ProcessEventIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, ProcessEventAutoConfiguration.class))
		.withBean(Listeners.class);

	@Test
	void filtersByTypeAndName() {
		this.contextRunner.run((context) -> {
			ProcessManager processes = context.getBean(ProcessManager.class);
			Listeners listeners = context.getBean(Listeners.class);

			processes.command("true").name("other").run();
			processes.shell("exit 3").name("backup").run();

			await().atMost(BOUND).until(() -> listeners.backups.size() == 1);
			assertThat(listeners.backups.get(0).exitCode()).isEqualTo(3);
			assertThat(listeners.events).hasSize(6);
		});
	}

	@Test
	void publishesEveryEventInOrder() {
		this.contextRunner.run((context) -> {
			ProcessManager processes = context.getBean(ProcessManager.class);
			Listeners listeners = context.getBean(Listeners.class);

			RunningProcess stopped = processes.shell("exec sleep 300").name("stopped").start();
			stopped.stop();
			stopped.waitFor();
			// ProcessStarting is published by the launching thread, the others are not
			await().atMost(BOUND).until(() -> listeners.events.size() == 4);
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> processes.run("/nowhere/at/all"));

			await().atMost(BOUND).until(() -> listeners.events.size() == 6);
			assertThat(listeners.events).extracting(Object::getClass)
				.containsExactly(ProcessStarting.class, ProcessStarted.class, ProcessStopping.class,
						ProcessExited.class, ProcessStarting.class, ProcessStartFailed.class);
		});
	}

	@Test
	void closesWithoutErrorsWhileProcessesRun(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			ProcessManager processes = context.getBean(ProcessManager.class);
			processes.shell("exec sleep 300").start();
			processes.shell("exec sleep 300").start();
		});

		assertThat(output).doesNotContain("listener failed");
	}

	@Test
	void continuesAfterFailedListener(CapturedOutput output) {
		this.contextRunner.withBean(Broken.class).run((context) -> {
			context.getBean(ProcessManager.class).command("true").name("backup").run();

			await().atMost(BOUND).until(() -> output.toString().contains("Process listener failed: name=backup"));
			context.getBean(ProcessManager.class).command("true").name("backup").run();
			await().atMost(BOUND).until(() -> context.getBean(Listeners.class).events.size() == 6);
		});
	}

	@Test
	void vetoesStart() {
		this.contextRunner.withBean(Guard.class).run((context) -> {
			ProcessManager processes = context.getBean(ProcessManager.class);

			assertThatExceptionOfType(ProcessDeniedException.class)
				.isThrownBy(() -> processes.command("true").name("unwanted").run())
				.withMessageContaining("denied by a listener: not on Sundays");
			assertThat(processes.run("true").successful()).isTrue();
		});
	}

	static class Guard {

		@EventListener(condition = "#event.name == 'unwanted'")
		void on(ProcessStarting event) {
			throw new IllegalStateException("not on Sundays");
		}

	}

	static class Listeners {

		private final List<ProcessEvent> events = new CopyOnWriteArrayList<>();

		private final List<ProcessExited> backups = new CopyOnWriteArrayList<>();

		@EventListener
		void on(ProcessEvent event) {
			this.events.add(event);
		}

		@EventListener(condition = "#event.name == 'backup'")
		void onBackup(ProcessExited event) {
			this.backups.add(event);
		}

	}

	static class Broken {

		@EventListener(condition = "#event.name == 'backup'")
		void on(ProcessExited event) {
			throw new IllegalStateException("on purpose");
		}

	}

}
