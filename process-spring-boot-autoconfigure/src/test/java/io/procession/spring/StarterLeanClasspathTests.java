package io.procession.spring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import io.procession.ProcessManager;
import io.procession.supervision.ProcessSupervisor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs without the jars of actuator, health, Micrometer and web.
 */
@StartsProcesses
class StarterLeanClasspathTests {

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
			"org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint",
			"org.springframework.boot.health.contributor.HealthContributor",
			"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
			"io.micrometer.core.instrument.MeterRegistry", "org.springframework.web.context.WebApplicationContext",
			"org.springframework.web.servlet.DispatcherServlet", "org.apache.catalina.startup.Tomcat",
			"tools.jackson.databind.ObjectMapper" })
	void classPathIsLean(String absent) {
		assertThat(ClassUtils.isPresent(absent, null)).isFalse();
	}

	@Test
	void startsAndRunsProcesses() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.registerShutdownHook(false)
			.run("--procession.programs.worker.command=sleep 300")) {
			assertThat(context.getBean(ProcessManager.class).run("echo", "hello").output()).isEqualTo("hello\n");
			assertThat(context.getBean(ProcessSupervisor.class).find("worker")).isPresent();
			assertThat(context.getBeanDefinitionNames()).contains("processEventBridge", "processSupervisorLifecycle")
				.doesNotContain("processesEndpoint", "processesHealthContributor", "programsHealthContributor",
						"processMetrics");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
