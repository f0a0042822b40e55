package io.procession.spring.supervision;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import io.procession.ProcessManager;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.SettingException;
import io.procession.spring.WrittenNames;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;

/**
 * Auto-configuration for the {@link ProcessSupervisor} with the programs of
 * {@code procession.programs} and the {@link Program} beans. If there is a supervisor
 * bean already, it is started and stopped with the context, but no programs are added to
 * it.
 */
@AutoConfiguration(after = ProcessAutoConfiguration.class)
@ConditionalOnSingleCandidate(ProcessManager.class)
@ConditionalOnBooleanProperty(name = { "procession.enabled", "procession.supervision.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(SupervisionProperties.class)
public final class SupervisionAutoConfiguration {

	@Bean
	@ConfigurationPropertiesBinding
	static ProgramConverter processProgramConverter() {
		return new ProgramConverter();
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean
	ProcessSupervisor processSupervisor(ProcessManager manager, ObjectProvider<SupervisionProperties> properties,
			ObjectProvider<Program> beans, Environment environment) {
		// binding changes the names of programs
		WrittenNames names = WrittenNames.of(environment, "procession.programs", ProgramProperties.class);
		ProcessSupervisor supervisor = ProcessSupervisor.create(manager.launcher());
		beans.orderedStream().forEach(supervisor::add);
		names.merge(properties.getObject().programs(), ProgramProperties::withEnvironment).forEach((name, program) -> {
			if (supervisor.find(name).isPresent()) {
				throw new SettingException("procession.programs." + name, "a Program bean of that name already exists",
						"Rename or remove one of them.");
			}
			supervisor.add(ProgramFactory.create(name, program));
		});
		return supervisor;
	}

	@Bean
	@ConditionalOnMissingBean
	SupervisorLifecycle processSupervisorLifecycle(ProcessSupervisor supervisor) {
		return new SupervisorLifecycle(supervisor);
	}

}
