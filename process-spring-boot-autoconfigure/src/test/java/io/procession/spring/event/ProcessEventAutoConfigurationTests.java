package io.procession.spring.event;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.procession.spring.ProcessAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessEventAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, ProcessEventAutoConfiguration.class));

	@Test
	void bridgesEvents() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(ApplicationEventBridge.class));
	}

	@Test
	void isDisabledByProperty() {
		this.contextRunner.withPropertyValues("procession.events.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ApplicationEventBridge.class));
	}

	@Test
	void isDisabledWithAutoConfiguration() {
		this.contextRunner.withPropertyValues("procession.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ApplicationEventBridge.class));
	}

}
