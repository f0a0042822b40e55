package io.procession.spring.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;

/**
 * Auto-configuration for the meters of processes.
 */
@AutoConfiguration(after = ProcessAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = { "procession.enabled", "procession.metrics.enabled" }, matchIfMissing = true)
public final class ProcessMetricsAutoConfiguration {

	@Bean
	@ConditionalOnSingleCandidate(ProcessManager.class)
	@ConditionalOnMissingBean
	ProcessMetrics processMetrics(MeterRegistry registry, ProcessManager manager) {
		return new ProcessMetrics(registry, manager);
	}

}
