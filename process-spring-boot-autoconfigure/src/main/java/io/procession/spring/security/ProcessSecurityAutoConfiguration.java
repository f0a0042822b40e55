package io.procession.spring.security;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.procession.security.CommandPolicy;
import io.procession.security.EnvironmentPolicy;
import io.procession.security.Redactor;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.ProcessManagerCustomizer;

/**
 * Auto-configuration for the security policies of the process manager. By default, all
 * programs may be started, and common secrets are hidden.
 */
@AutoConfiguration(before = ProcessAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "procession.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SecurityProperties.class)
public final class ProcessSecurityAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CommandPolicy processCommandPolicy(SecurityProperties properties) {
		return PolicyFactory.commands(properties.commands());
	}

	@Bean
	@ConditionalOnMissingBean
	EnvironmentPolicy processEnvironmentPolicy(SecurityProperties properties) {
		return PolicyFactory.environment(properties.environment());
	}

	@Bean
	@ConditionalOnMissingBean
	Redactor processRedactor(SecurityProperties properties) {
		return PolicyFactory.redactor(properties.redaction());
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	ProcessManagerCustomizer processSecurityCustomizer(CommandPolicy commands, EnvironmentPolicy environment,
			Redactor redactor) {
		return (builder) -> builder.commandPolicy(commands).environmentPolicy(environment).redactor(redactor);
	}

}
