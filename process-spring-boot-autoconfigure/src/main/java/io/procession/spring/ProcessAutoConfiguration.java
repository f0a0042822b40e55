package io.procession.spring;

import java.nio.file.Path;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import io.procession.ProcessManager;
import io.procession.engine.ProcessEngine;
import io.procession.event.ProcessListener;
import io.procession.execution.ExecutionObserver;
import io.procession.process.SecretResolver;

/**
 * Auto-configuration for the {@link ProcessManager}. Backs off if there is a
 * {@code ProcessManager} bean. {@code procession.enabled=false} disables it together with
 * all features that depend on it. A {@link ProcessEngine} bean replaces the engine for
 * real processes. All {@link ExecutionObserver} beans observe the executions, in their
 * order. Unknown properties of any feature are rejected before beans are created.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "procession.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ProcessProperties.class)
@ImportRuntimeHints(ProcessRuntimeHints.class)
public final class ProcessAutoConfiguration {

	@Bean
	@ConfigurationPropertiesBinding
	static TimeLimitConverter processTimeLimitConverter() {
		return new TimeLimitConverter();
	}

	@Bean
	@ConfigurationPropertiesBinding
	static SignalConverter processSignalConverter() {
		return new SignalConverter();
	}

	@Bean
	@ConfigurationPropertiesBinding
	static IsolationConverter processIsolationConverter() {
		return new IsolationConverter();
	}

	@Bean
	static BeanFactoryPostProcessor processUnknownSettings(Environment environment) {
		return (beans) -> UnknownSettings.refuse(environment, beans.getBeanClassLoader());
	}

	@Bean
	@ConditionalOnMissingBean
	SecretResolver processSecretResolver(Environment environment) {
		return new EnvironmentSecretResolver(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	ProcessListenerBeans processListenerBeans(ObjectProvider<ProcessManager> managers,
			ObjectProvider<ProcessListener> listeners) {
		return new ProcessListenerBeans(managers, listeners);
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean
	ProcessManager processManager(ProcessProperties properties, Environment environment, SecretResolver secretResolver,
			ObjectProvider<ProcessEngine> engine, ObjectProvider<ExecutionObserver> observers,
			ObjectProvider<ProcessManagerCustomizer> customizers, ProcessListenerBeans listeners) {
		// the context closes the manager: a shutdown hook would close it before the
		// beans that use it
		ProcessManager.Builder builder = ProcessManager.builder()
			.settings(properties.toSettings())
			.guard(properties.guard().enabled())
			.secretResolver(secretResolver)
			.shutdownHook(false);
		String application = environment.getProperty("spring.application.name");
		if (StringUtils.hasText(application)) {
			builder.application(application);
		}
		if (StringUtils.hasText(properties.controlGroup())) {
			builder.controlGroup(Path.of(properties.controlGroup()));
		}
		engine.ifUnique(builder::engine);
		observers.orderedStream().forEach(builder::observer);
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		ProcessManager manager = builder.build();
		listeners.connect(manager);
		return manager;
	}

}
