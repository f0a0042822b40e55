package io.procession.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.procession.ProcessManager;
import io.procession.execution.ExecutionObserver;
import io.procession.execution.StartingExecution;
import io.procession.process.Origin;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@StartsProcesses
class ExecutionObserverBeansIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class))
		.withUserConfiguration(Observers.class);

	@Test
	void observesExecutionsInOrderOfBeans() {
		this.contextRunner.run((context) -> {
			ProcessResult result = context.getBean(ProcessManager.class).shell("echo $OBSERVED_BY").run();

			assertThat(result.output()).isEqualTo("second\n");
			List<String> calls = context.getBean(Calls.class).names;
			await().atMost(BOUND)
				.untilAsserted(() -> assertThat(calls).containsExactly("first starting", "second starting",
						"first finished", "second finished"));
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Observers {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		@Order(2)
		ExecutionObserver second(Calls calls) {
			return new Observer("second", calls.names);
		}

		@Bean
		@Order(1)
		ExecutionObserver first(Calls calls) {
			return new Observer("first", calls.names);
		}

	}

	static class Calls {

		private final List<String> names = new CopyOnWriteArrayList<>();

	}

	private record Observer(String name, List<String> calls) implements ExecutionObserver {

		@Override
		public void starting(StartingExecution execution, Origin origin) {
			execution.variable("OBSERVED_BY", this.name);
			this.calls.add(this.name + " starting");
		}

		@Override
		public void finished(String executionId, ProcessSpec spec, Origin origin, ProcessResult result) {
			this.calls.add(this.name + " finished");
		}

	}

}
