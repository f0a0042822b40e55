package io.procession.spring.actuate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.supervision.SupervisionAutoConfiguration;
import io.procession.supervision.ProcessSupervisor;

/**
 * Auto-configuration for the {@link ProcessesEndpoint} and its web extension.
 */
@AutoConfiguration(after = { ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnSingleCandidate(ProcessManager.class)
@ConditionalOnBooleanProperty(name = "procession.enabled", matchIfMissing = true)
@ConditionalOnAvailableEndpoint(ProcessesEndpoint.class)
public final class ProcessEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ProcessesEndpoint processesEndpoint(ProcessManager manager, ObjectProvider<ProcessSupervisor> supervisor) {
		return new ProcessesEndpoint(manager, supervisor.getIfUnique());
	}

	@Bean
	@ConditionalOnBean(ProcessesEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	ProcessesEndpointWebExtension processesEndpointWebExtension(ProcessesEndpoint endpoint) {
		return new ProcessesEndpointWebExtension(endpoint);
	}

}
