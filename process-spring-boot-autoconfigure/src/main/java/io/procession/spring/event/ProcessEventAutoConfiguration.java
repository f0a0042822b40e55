package io.procession.spring.event;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;

/**
 * Auto-configuration for publishing process events as application events.
 */
@AutoConfiguration(after = ProcessAutoConfiguration.class)
@ConditionalOnBean(ProcessManager.class)
@ConditionalOnBooleanProperty(name = { "procession.enabled", "procession.events.enabled" }, matchIfMissing = true)
public final class ProcessEventAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ApplicationEventBridge processEventBridge(ApplicationEventPublisher publisher) {
		return new ApplicationEventBridge(publisher);
	}

}
