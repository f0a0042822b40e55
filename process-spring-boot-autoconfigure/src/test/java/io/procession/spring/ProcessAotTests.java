package io.procession.spring;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import io.procession.event.ProcessExited;
import io.procession.process.ExitCause;
import io.procession.process.ProcessStartException;
import io.procession.spring.actuate.ProcessEndpointAutoConfiguration;
import io.procession.spring.actuate.ProcessesEndpoint.NamedProcessesDescriptor;
import io.procession.spring.actuate.ProcessesEndpoint.ProcessDescriptor;
import io.procession.spring.actuate.ProcessesEndpoint.ProcessesDescriptor;
import io.procession.spring.actuate.ProcessesEndpointWebExtension.UnknownActionDescriptor;
import io.procession.spring.event.ProcessEventAutoConfiguration;
import io.procession.spring.health.ProcessHealthContributorAutoConfiguration;
import io.procession.spring.metrics.ProcessMetricsAutoConfiguration;
import io.procession.spring.supervision.SupervisionAutoConfiguration;
import io.procession.spring.supervision.SupervisionProperties;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStateChanged;
import io.procession.supervision.ProgramStatus;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessAotTests {

	@Test
	void registersHintsForReflection() throws Exception {
		RuntimeHints hints = processAheadOfTime();

		for (Class<?> type : List.of(ProcessesDescriptor.class, NamedProcessesDescriptor.class, ProcessDescriptor.class,
				ProgramStatus.class, UnknownActionDescriptor.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onMethodInvocation(type, type.getRecordComponents()[0].getName())).accepts(hints);
		}
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(ProcessExited.class, "exitCode"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(ProgramStateChanged.class, "to"))
			.accepts(hints);
		// #event.reason.name() == 'DENIED'
		for (Class<?> type : List.of(ExitCause.class, ProcessStartException.Reason.class, ProgramState.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(hints);
		}
		for (Class<?> type : List.of(ProcessProperties.class, ProcessProperties.Defaults.class,
				ProcessProperties.Guard.class, SupervisionProperties.class,
				SupervisionProperties.ProgramProperties.class, SupervisionProperties.Restart.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
				.as(type.getName())
				.accepts(hints);
		}
		assertThat(RuntimeHintsPredicates.resource()
			.forResource("META-INF/spring/" + SettingsTree.class.getName() + ".imports")).accepts(hints);
	}

	private static RuntimeHints processAheadOfTime() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		TestPropertyValues.of("management.endpoints.web.exposure.include=processes").applyTo(context);
		context.register(ProcessAutoConfiguration.class, ProcessEventAutoConfiguration.class,
				SupervisionAutoConfiguration.class, ProcessEndpointAutoConfiguration.class,
				ProcessHealthContributorAutoConfiguration.class, ProcessMetricsAutoConfiguration.class);
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("io.procession.spring", "Application")),
				new InMemoryGeneratedFiles());
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		generation.writeGeneratedContent();
		return generation.getRuntimeHints();
	}

}
