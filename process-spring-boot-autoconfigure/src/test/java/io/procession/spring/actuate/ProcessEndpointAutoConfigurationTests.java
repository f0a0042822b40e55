package io.procession.spring.actuate;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.supervision.SupervisionAutoConfiguration;
import io.procession.supervision.ProcessSupervisor;
import io.procession.test.FakeProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

class ProcessEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=processes";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class,
				ProcessEndpointAutoConfiguration.class));

	@Test
	void providesEndpointWhenExposed() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(ProcessesEndpoint.class));
	}

	@Test
	void providesNoEndpointWhenNotExposed() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(ProcessesEndpoint.class));
	}

	@Test
	void providesWebExtensionOnlyForWeb() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(ProcessesEndpointWebExtension.class));
		this.contextRunner
			.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=processes")
			.run((context) -> assertThat(context).hasSingleBean(ProcessesEndpoint.class)
				.doesNotHaveBean(ProcessesEndpointWebExtension.class));
	}

	@Test
	void backsOffWhenUserDefinesEndpoint() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withBean("mine", ProcessesEndpoint.class, () -> new ProcessesEndpoint(mock(ProcessManager.class), null))
			.run((context) -> assertThat(context).hasSingleBean(ProcessesEndpoint.class).hasBean("mine"));
	}

	@Test
	void isDisabledByAccess() {
		this.contextRunner.withPropertyValues(EXPOSED, "management.endpoint.processes.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(ProcessesEndpoint.class));
	}

	@Test
	void isDisabledWithAutoConfiguration() {
		this.contextRunner.withPropertyValues(EXPOSED, "procession.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ProcessesEndpoint.class));
	}

	@Test
	void uptimeUsesClockOfManager() {
		FakeProcesses processes = FakeProcesses.create();
		processes.stub("server").hangs();
		ProcessManager manager = processes.manager();
		manager.start("server");

		processes.advance(Duration.ofMinutes(90));

		assertThat(new ProcessesEndpoint(manager, null).processes().processes()).singleElement()
			.satisfies((process) -> assertThat(process.uptime()).isEqualTo(Duration.ofMinutes(90)));
	}

	@Test
	void showsProcessesWithoutSupervisor() {
		this.contextRunner.withPropertyValues(EXPOSED, "procession.supervision.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(ProcessSupervisor.class);
			ProcessesEndpoint endpoint = context.getBean(ProcessesEndpoint.class);
			assertThat(endpoint.processes().processes()).isEmpty();
			assertThat(endpoint.processes().programs()).isEmpty();
			assertThat(context.getBean(ProcessesEndpointWebExtension.class).change("worker", "start").getStatus())
				.isEqualTo(404);
			assertThatIllegalArgumentException().isThrownBy(() -> endpoint.change("worker", "start"))
				.withMessage("No such program 'worker'; programs are: []");
		});
	}

	@Test
	void startsWithoutActuator() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasSingleBean(ProcessManager.class)
				.doesNotHaveBean(ProcessesEndpoint.class));
	}

}
