package io.procession.spring.health;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.supervision.SupervisionAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class ProcessHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class,
				ProcessHealthContributorAutoConfiguration.class));

	@Test
	void providesContributors() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(ProcessHealthIndicator.class)
			.hasSingleBean(ProgramHealthContributor.class));
	}

	@Test
	void backsOffWhenUserDefinesThem() {
		this.contextRunner.withBean("programsHealthIndicator", HealthIndicator.class, () -> () -> Health.up().build())
			.withBean("processesHealthContributor", HealthIndicator.class, () -> () -> Health.up().build())
			.run((context) -> assertThat(context).doesNotHaveBean(ProcessHealthIndicator.class)
				.doesNotHaveBean(ProgramHealthContributor.class));
	}

	@Test
	void isDisabledByProperty() {
		this.contextRunner
			.withPropertyValues("management.health.programs.enabled=false", "management.health.processes.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ProcessHealthIndicator.class)
				.doesNotHaveBean(ProgramHealthContributor.class));
	}

	@Test
	void isDisabledWithAutoConfiguration() {
		this.contextRunner.withPropertyValues("procession.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ProcessHealthIndicator.class)
				.doesNotHaveBean(ProgramHealthContributor.class));
	}

	@Test
	void omitsProgramsWithoutSupervisor() {
		this.contextRunner.withPropertyValues("procession.supervision.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(ProcessHealthIndicator.class)
				.doesNotHaveBean(ProgramHealthContributor.class));
	}

	@Test
	void startsWithoutHealth() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(ConditionalOnEnabledHealthIndicator.class))
			.run((context) -> assertThat(context).hasSingleBean(ProcessManager.class)
				.doesNotHaveBean(ProcessHealthIndicator.class));
	}

	@Test
	void reportsLimitations() {
		ProcessManager manager = mock(ProcessManager.class);
		given(manager.limitations()).willReturn(List.of("There is no setsid(1)"));

		Health health = new ProcessHealthIndicator(manager).health();

		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("limitations", List.of("There is no setsid(1)"))
			.containsEntry("running", 0);
	}

	@Test
	void omitsLimitationsIfThereAreNone() {
		assertThat(new ProcessHealthIndicator(mock(ProcessManager.class)).health().getDetails())
			.doesNotContainKey("limitations");
	}

}
