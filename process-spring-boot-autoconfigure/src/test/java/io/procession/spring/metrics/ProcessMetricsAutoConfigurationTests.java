package io.procession.spring.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class ProcessMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, ProcessMetricsAutoConfiguration.class,
				MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class));

	@Test
	void registersMeters() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ProcessMetrics.class);
			assertThat(context.getBean(MeterRegistry.class).find("procession.execution.active").gauge()).isNotNull();
		});
	}

	@Test
	void registersMetersInSeveralRegistries() {
		this.contextRunner.withBean("first", SimpleMeterRegistry.class)
			.withBean("second", SimpleMeterRegistry.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(ProcessMetrics.class);
				assertThat(context.getBean("first", MeterRegistry.class).find("procession.execution.active").gauge())
					.isNotNull();
				assertThat(context.getBean("second", MeterRegistry.class).find("procession.execution.active").gauge())
					.isNotNull();
			});
	}

	@Test
	void backsOffWhenUserDefinesMetrics() {
		this.contextRunner
			.withBean("mine", ProcessMetrics.class,
					() -> new ProcessMetrics(new SimpleMeterRegistry(), mock(ProcessManager.class)))
			.run((context) -> assertThat(context).hasSingleBean(ProcessMetrics.class).hasBean("mine"));
	}

	@Test
	void isDisabledByProperty() {
		this.contextRunner.withPropertyValues("procession.metrics.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ProcessMetrics.class));
	}

	@Test
	void isDisabledWithAutoConfiguration() {
		this.contextRunner.withPropertyValues("procession.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ProcessMetrics.class));
	}

	@Test
	void needsMeterRegistry() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ProcessAutoConfiguration.class, ProcessMetricsAutoConfiguration.class))
			.run((context) -> assertThat(context).hasSingleBean(ProcessManager.class)
				.doesNotHaveBean(ProcessMetrics.class));
	}

	@Test
	void startsWithoutMicrometer() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ProcessAutoConfiguration.class, ProcessMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasSingleBean(ProcessManager.class)
				.doesNotHaveBean(ProcessMetrics.class));
	}

}
