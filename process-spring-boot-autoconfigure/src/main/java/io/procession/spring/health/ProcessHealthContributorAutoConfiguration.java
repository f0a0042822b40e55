package io.procession.spring.health;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.supervision.SupervisionAutoConfiguration;
import io.procession.supervision.ProcessSupervisor;

/**
 * Auto-configuration for the health of the process manager and of programs.
 */
@AutoConfiguration(after = { ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBooleanProperty(name = "procession.enabled", matchIfMissing = true)
public final class ProcessHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnSingleCandidate(ProcessManager.class)
	@ConditionalOnMissingBean(name = { "processesHealthIndicator", "processesHealthContributor" })
	@ConditionalOnEnabledHealthIndicator("processes")
	HealthContributor processesHealthContributor(ProcessManager manager) {
		return new ProcessHealthIndicator(manager);
	}

	@Bean
	@ConditionalOnSingleCandidate(ProcessSupervisor.class)
	@ConditionalOnMissingBean(name = { "programsHealthIndicator", "programsHealthContributor" })
	@ConditionalOnEnabledHealthIndicator("programs")
	HealthContributor programsHealthContributor(ProcessSupervisor supervisor) {
		return new ProgramHealthContributor(supervisor);
	}

}
