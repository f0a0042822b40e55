package io.procession.spring.security;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

import io.procession.ProcessManager;
import io.procession.process.ProcessDeniedException;
import io.procession.security.CommandPolicy;
import io.procession.security.EnvironmentPolicy;
import io.procession.security.Redactor;
import io.procession.spring.ProcessAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ProcessSecurityAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ProcessAutoConfiguration.class, ProcessSecurityAutoConfiguration.class));

	@Test
	void allowsEverythingWithoutProperties() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(CommandPolicy.class).isNone()).isTrue();
			assertThat(context.getBean(EnvironmentPolicy.class).isInheritAll()).isTrue();
			assertThat(context.getBean(Redactor.class)).isSameAs(Redactor.defaults());
		});
	}

	@Test
	void bindsProgramsWithAndWithoutArguments() {
		this.contextRunner
			.withPropertyValues("procession.security.commands.allow[0]=cat",
					"procession.security.commands.allow[1].program=sort",
					"procession.security.commands.allow[1].arguments[0]=-[nr]{1,2}",
					"procession.security.commands.deny=/usr/bin/env", "procession.security.commands.shells=true")
			.run((context) -> assertThat(context.getBean(CommandPolicy.class)).hasToString(
					"CommandPolicy[allow=[cat, sort with arguments [-[nr]{1,2}]], deny=[/usr/bin/env], shells=true]"));
	}

	@Test
	void refusesMissingProgramInsteadOfAllowingEverything() {
		this.contextRunner.withPropertyValues("procession.security.commands.allowed=cat")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("procession.security.commands.allowed"));
	}

	@Test
	void appliesOverridingRules() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("base",
						Map.of("procession.security.commands.allow[0].program", "cat",
								"procession.security.commands.allow[0].arguments[0]", "-n",
								"procession.security.commands.allow[1].program", "true"))))
			.withPropertyValues("procession.security.commands.allow=sort")
			.run((context) -> assertThat(context.getBean(CommandPolicy.class))
				.hasToString("CommandPolicy[allow=[sort], deny=[], shells=false]"));
	}

	@Test
	void appliesToManager() {
		this.contextRunner.withPropertyValues("procession.security.commands.allow=cat").run((context) -> {
			ProcessManager processes = context.getBean(ProcessManager.class);

			assertThatExceptionOfType(ProcessDeniedException.class).isThrownBy(() -> processes.run("sort"));
		});
	}

	@Test
	void supportsAllowlist() {
		this.contextRunner.withPropertyValues("procession.security.environment.inherit=allowlist")
			.run((context) -> assertThat(context.getBean(EnvironmentPolicy.class))
				.hasToString(EnvironmentPolicy.allowlist().toString()));
	}

	@Test
	void backsOff() {
		Redactor own = Redactor.of(List.of("pin"));
		this.contextRunner.withBean(CommandPolicy.class, () -> CommandPolicy.builder().build())
			.withBean(Redactor.class, () -> own)
			.run((context) -> {
				assertThat(context).hasSingleBean(CommandPolicy.class).hasSingleBean(Redactor.class);
				assertThat(context.getBean(ProcessManager.class).command("cat").command().redactor()).isEqualTo(own);
				assertThatExceptionOfType(ProcessDeniedException.class)
					.isThrownBy(() -> context.getBean(ProcessManager.class).shell("echo").run());
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					procession.security.commands.allow=no-such   | commands.allow[0]     | program 'no-such' not found in the PATH
					procession.security.commands.allow=          | commands.allow        | it is empty: add programs, or remove it
					procession.security.commands.deny=/no/such   | commands.deny[0]      | no such program or directory: '/no/such'
					procession.security.environment.allow=A      | environment.allow     | only with procession.security.environment.inherit=allowlist
					procession.security.redaction.names=a(       | redaction.names       | 'a(' is not a regular expression
					""")
	void reportsInvalidSecurityProperty(String setting, String property, String reason) {
		this.contextRunner.withPropertyValues(setting)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfies((ex) -> assertThat(trace(context.getStartupFailure()))
					.contains("Property procession.security." + property + " with value ")
					.contains(reason)));
	}

	@Test
	void reportsContradictoryRules() {
		this.contextRunner
			.withPropertyValues("procession.security.commands.allow=cat", "procession.security.commands.deny=cat")
			.run((context) -> assertThat(trace(context.getStartupFailure()))
				.contains(InvalidConfigurationPropertyValueException.class.getName())
				.contains("procession.security.commands.deny")
				.contains("'cat' is both allowed and denied"));
	}

	private static String trace(Throwable failure) {
		StringWriter trace = new StringWriter();
		failure.printStackTrace(new PrintWriter(trace));
		return trace.toString();
	}

}
