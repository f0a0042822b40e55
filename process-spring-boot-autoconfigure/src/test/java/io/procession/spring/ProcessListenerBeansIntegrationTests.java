package io.procession.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStopping;
import io.procession.execution.RunningProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@StartsProcesses
class ProcessListenerBeansIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class))
		.withUserConfiguration(Listeners.class);

	@Test
	void notifiesListenerThatUsesManager() {
		this.contextRunner.run((context) -> {
			context.getBean(ProcessManager.class).command("true").name("first").run();

			Recorder recorder = context.getBean(Recorder.class);
			await().atMost(BOUND).until(() -> recorder.exits().contains("first then"));
			assertThat(recorder.exits()).containsExactly("first", "first then");
		});
	}

	@Test
	void notifiesOfEventsBeforeListenersWereCreated() {
		this.contextRunner.withUserConfiguration(Early.class).run((context) -> {
			Recorder recorder = context.getBean(Recorder.class);

			await().atMost(BOUND).until(() -> recorder.exits().size() == 4);
			assertThat(recorder.exits()).startsWith("early 1").contains("early 2", "early 1 then", "early 2 then");
			assertThat(recorder.events.get(0)).isInstanceOf(ProcessStarted.class);
		});
	}

	@Test
	void notifiesListenersOfLazyContext() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				context.getBean(ProcessManager.class).command("true").name("first").run();

				await().atMost(BOUND).until(() -> context.getBean(Recorder.class).exits().contains("first then"));
			});
	}

	@Test
	void notifiesListenersOfUserDefinedManager() {
		this.contextRunner.withBean("mine", ProcessManager.class, ProcessManager::create).run((context) -> {
			context.getBean(ProcessManager.class).command("true").name("first").run();

			await().atMost(BOUND).until(() -> context.getBean(Recorder.class).exits().contains("first then"));
		});
	}

	@Test
	void notifiesOthersWhenOneThrows() {
		this.contextRunner.withBean("broken", ProcessListener.class, Broken::new).run((context) -> {
			context.getBean(ProcessManager.class).command("true").name("first").run();

			await().atMost(BOUND).until(() -> context.getBean(Recorder.class).exits().contains("first then"));
		});
	}

	@Test
	void notifiesBeforeStopWhenOneThrows() {
		this.contextRunner.withBean("broken", ProcessListener.class, Broken::new).run((context) -> {
			RunningProcess process = context.getBean(ProcessManager.class)
				.command("sleep", "300")
				.name("first")
				.start();

			process.stop();

			assertThat(context.getBean(Recorder.class).stops).containsExactly("first");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		ProcessListener chain(ProcessManager processes) {
			return (event) -> {
				if (event instanceof ProcessExited && !event.name().endsWith(" then")) {
					processes.command("true").name(event.name() + " then").start();
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		InitializingBean early(ProcessManager processes) {
			return () -> {
				processes.command("true").name("early 1").run();
				processes.command("true").name("early 2").run();
			};
		}

	}

	static final class Recorder implements ProcessListener {

		private final List<ProcessEvent> events = new CopyOnWriteArrayList<>();

		private final List<String> stops = new CopyOnWriteArrayList<>();

		@Override
		public void beforeStop(ProcessStopping event) {
			this.stops.add(event.name());
		}

		@Override
		public void onEvent(ProcessEvent event) {
			this.events.add(event);
		}

		List<String> exits() {
			return this.events.stream().filter(ProcessExited.class::isInstance).map(ProcessEvent::name).toList();
		}

	}

	@Order(0)
	private static final class Broken implements ProcessListener {

		@Override
		public void beforeStop(ProcessStopping event) {
			throw new IllegalStateException("on purpose");
		}

		@Override
		public void onEvent(ProcessEvent event) {
			throw new IllegalStateException("on purpose");
		}

	}

}
