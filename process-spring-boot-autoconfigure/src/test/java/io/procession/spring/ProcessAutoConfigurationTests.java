package io.procession.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

import io.procession.ProcessManager;
import io.procession.execution.ProcessSettings;
import io.procession.process.ProcessRejectedException;
import io.procession.process.SecretResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

class ProcessAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class));

	@Test
	void providesProcessManager() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ProcessManager.class);
			assertThat(context.getBean(ProcessManager.class).running()).isEmpty();
		});
	}

	@Test
	void backsOffWhenUserDefinesProcessManager() {
		this.contextRunner.withBean("mine", ProcessManager.class, () -> mock(ProcessManager.class))
			.run((context) -> assertThat(context).hasSingleBean(ProcessManager.class).hasBean("mine"));
	}

	@Test
	void isDisabledByProperty() {
		this.contextRunner.withPropertyValues("procession.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ProcessManager.class)
				.doesNotHaveBean(ProcessProperties.class));
	}

	@Test
	void closesManagerWithContext() {
		List<ProcessManager> managers = new ArrayList<>();

		this.contextRunner.run((context) -> managers.add(context.getBean(ProcessManager.class)));

		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(() -> managers.get(0).run("true"));
	}

	@Test
	void buildsManagerFromProperties() {
		CapturingCustomizer captured = new CapturingCustomizer();

		this.contextRunner.withBean(ProcessManagerCustomizer.class, () -> captured)
			.withPropertyValues("procession.defaults.timeout=7s", "procession.guard.enabled=false",
					"spring.application.name=shop")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(captured.settings().timeout().duration()).isEqualTo(Duration.ofSeconds(7));
				assertThat(captured.get("guard")).isEqualTo(false);
				assertThat(captured.get("application")).isEqualTo("shop");
				assertThat(captured.get("shutdownHook")).isEqualTo(false);
			});
	}

	@Test
	void hasDefaultsOfCore() {
		CapturingCustomizer captured = new CapturingCustomizer();

		this.contextRunner.withBean(ProcessManagerCustomizer.class, () -> captured).run((context) -> {
			assertThat(captured.settings()).isEqualTo(ProcessSettings.DEFAULTS);
			assertThat(captured.get("guard")).isEqualTo(true);
			assertThat(captured.get("application")).isNull();
		});
	}

	@Test
	void callsCustomizersInOrder() {
		List<String> called = new ArrayList<>();

		this.contextRunner.withBean("second", ProcessManagerCustomizer.class, () -> new Second(called))
			.withBean("first", ProcessManagerCustomizer.class, () -> new First(called))
			.run((context) -> assertThat(called).containsExactly("first", "second"));
	}

	@Test
	void readsSecretsFromEnvironment() {
		this.contextRunner.withPropertyValues("db.password=hunter2").run((context) -> {
			SecretResolver resolver = context.getBean(SecretResolver.class);

			assertThat(resolver.resolve("db.password")).isEqualTo("hunter2");
			assertThat(resolver.resolve("db.other")).isNull();
		});
	}

	@Test
	void usesSecretsVerbatim() {
		this.contextRunner
			.withPropertyValues("known=value", "db.password=pa${known}ss", "unknown.placeholder=s3cret-${x}-#{y}",
					"referring=${db.password}", "falling.back=${no.such:other}", "circle=${circle}",
					"missing=${no.such}")
			.run((context) -> {
				SecretResolver resolver = context.getBean(SecretResolver.class);
				assertThat(resolver.resolve("db.password")).isEqualTo("pa${known}ss");
				assertThat(resolver.resolve("unknown.placeholder")).isEqualTo("s3cret-${x}-#{y}");
				assertThat(resolver.resolve("referring")).isEqualTo("pa${known}ss");
				assertThat(resolver.resolve("falling.back")).isEqualTo("other");
				assertThat(resolver.resolve("circle")).isNull();
				assertThat(resolver.resolve("missing")).isNull();
			});
	}

	@Test
	void readsSecretsFromNumbersAndVariables() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("numbers", Map.of("pin", 1234))))
			.withInitializer((context) -> {
				context.getEnvironment()
					.getPropertySources()
					.addLast(new SystemEnvironmentPropertySource("variables", Map.of("DB_PASSWORD", "a${b}")));
				ConfigurationPropertySources.attach(context.getEnvironment());
			})
			.run((context) -> {
				SecretResolver resolver = context.getBean(SecretResolver.class);
				assertThat(resolver.resolve("pin")).isEqualTo("1234");
				assertThat(resolver.resolve("db.password")).isEqualTo("a${b}");
			});
	}

	@Test
	void usesSecretResolverOfApplication() {
		CapturingCustomizer captured = new CapturingCustomizer();
		SecretResolver mine = (name) -> "vault:" + name;

		this.contextRunner.withBean(ProcessManagerCustomizer.class, () -> captured)
			.withBean(SecretResolver.class, () -> mine)
			.run((context) -> {
				assertThat(context).hasSingleBean(SecretResolver.class);
				assertThat(captured.get("secretResolver")).isSameAs(mine);
			});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			procession.defaults.timeout=0s,     it must be positive
			procession.defaults.timeout=never,  is not a valid duration
			""")
	void refusesInvalidValueOnBinding(String property, String message) {
		this.contextRunner.withPropertyValues(property).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).hasStackTraceContaining(BindException.class.getName())
				.hasStackTraceContaining(message);
		});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			procession.max-concurrent,                  0,    maxConcurrent must be at least 1: 0
			procession.max-line-length,                 4GB,  maxLineLength must be 16 bytes to 256 MiB
			procession.max-line-length,                 15B,  maxLineLength must be 16 bytes to 256 MiB: 15
			procession.acquire-timeout,                 -1s,  acquireTimeout must not be negative: PT-1S
			procession.shutdown-grace,                  -1s,  shutdownGrace must not be negative: PT-1S
			procession.lost-after,                      0s,   lostAfter must be positive: PT0S
			procession.sweep-interval,                  0s,   sweepInterval must be positive: PT0S
			procession.defaults.output-limit,           -1B,  outputLimit must not be negative: -1
			procession.defaults.stop-grace,             -1s,  stopGrace must not be negative: PT-1S
			procession.defaults.timeout-grace,          -1s,  timeoutGrace must not be negative: PT-1S
			procession.defaults.drain,                  -1s,  drain must not be negative: PT-1S
			procession.defaults.cpu-affinity,           -1,   cpu-affinity
			procession.defaults.oom-score-adjustment,   5000, oom-score-adjustment must be -1000 to 1000: 5000
			procession.defaults.umask,                  23,   'write "0027", in quotes'
			""")
	void reportsPropertyWithInvalidValue(String property, String value, String message) {
		assertNamed(property + "=" + value, property, message);
	}

	@Test
	void reportsIsolationPropertyWithInvalidValue() {
		assertNamed("procession.defaults.priority.nice=40", "procession.defaults.priority",
				"priority.nice must be -20 to 19: 40");
		assertNamed("procession.defaults.limits.open-files=0", "procession.defaults.limits",
				"limits.open-files must be at least 1");
		assertNamed("procession.defaults.run-as.group=www", "procession.defaults.run-as", "run-as.user is missing");
	}

	private void assertNamed(String configured, String property, String message) {
		this.contextRunner.withPropertyValues(configured)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo(property);
					assertThat(ex.getReason()).contains(message);
				}));
	}

	@ParameterizedTest
	@CsvSource({ "procession.timeout=5s, procession.timeout", "procession.program.x.command=true, procession.program.x",
			"procession.guard.enabeld=false, procession.guard.enabeld", "procession.metrics=false, procession.metrics",
			"procession.defaults.timout=5s, procession.defaults.timout",
			"procession.defaults.run-as.usr=nobody, procession.defaults.run-as.usr",
			"procession.defaults.limits.open-filse=7, procession.defaults.limits.open-filse",
			"procession.lost-after.seconds=5, procession.lost-after.seconds",
			"procession.defaults.cpu-affinity.first=0, procession.defaults.cpu-affinity.first",
			"procession.enabled.x=true, procession.enabled.x" })
	void refusesUnknownProperty(String property, String named) {
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(UnknownSettingException.class)
				.hasMessageContaining("'" + named));
	}

	@ParameterizedTest
	@ValueSource(strings = { "procession.maxConcurrent=7", "procession.max_concurrent=7",
			"procession.defaults.runAs.user=root", "procession.defaults.idle-timeout=${idle:5s}",
			"procession.defaults.cpu-affinity[0]=0", "procession.programs.my-worker.command=true",
			"procession.events.enabled=false", "processional.tempo=largo", "procession.defaults.stop-grace=",
			"procession.defaults.limits.memory=${none:}", "procession.defaults.no-new-privileges=",
			"procession.max-concurrent=", "procession.metrics=", "procession.guard=", "procession.defaults=",
			"procession.security.commands.shells=" })
	void acceptsKnownPropertyInAnyNotation(String property) {
		this.contextRunner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void refusesUnknownSystemProperty() {
		this.contextRunner.withSystemProperties("procession.defaults.run-as.usr=nobody")
			.run((context) -> assertThat(context).getFailure().isInstanceOf(UnknownSettingException.class));
	}

	@Test
	void checksPropertiesDespiteCustomConversion() {
		this.contextRunner.withUserConfiguration(Shorthand.class)
			.withPropertyValues("procession.defaults.stop-grace=short")
			.run((context) -> assertThat(context).hasNotFailed());

		this.contextRunner.withUserConfiguration(Shorthand.class)
			.withPropertyValues("procession.defaults.stop-grace=short", "procession.defaults.run-as.usr=nobody")
			.run((context) -> assertThat(context).getFailure().isInstanceOf(UnknownSettingException.class));
	}

	@Test
	void ignoresPropertiesWithoutValue() {
		Map<String, Object> none = new HashMap<>();
		none.put("procession.max-concurrent", null);

		this.contextRunner.withInitializer(
				(context) -> context.getEnvironment().getPropertySources().addLast(new MapPropertySource("none", none)))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void reportsPropertyWithMissingCpu() {
		this.contextRunner.withPropertyValues("procession.defaults.cpu-affinity=0,,1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("procession.defaults.cpu-affinity")
				.hasMessageContaining("a number is missing"));
	}

	@Test
	void ignoresEnvironmentVariables() {
		// such as the marker that each process of another manager has
		Map<String, Object> variables = Map.of("PROCESSION_0123456789ABCDEF", "x", "PROCESSION_HOME", "/srv");
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource(
						StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Configuration(proxyBeanMethods = false)
	static class Shorthand {

		@Bean
		@ConfigurationPropertiesBinding
		static Converter<String, Duration> shortDurations() {
			return new ShortDurations();
		}

	}

	private static final class ShortDurations implements Converter<String, Duration> {

		@Override
		public Duration convert(String text) {
			return text.equals("short") ? Duration.ofMillis(7) : DurationStyle.detectAndParse(text);
		}

	}

	private static final class CapturingCustomizer implements ProcessManagerCustomizer {

		private ProcessManager.Builder builder;

		@Override
		public void customize(ProcessManager.Builder builder) {
			this.builder = builder;
		}

		Object get(String field) {
			return ReflectionTestUtils.getField(this.builder, field);
		}

		ProcessSettings settings() {
			return (ProcessSettings) get("settings");
		}

	}

	@Order(1)
	private record First(List<String> called) implements ProcessManagerCustomizer {

		@Override
		public void customize(ProcessManager.Builder builder) {
			this.called.add("first");
		}

	}

	@Order(2)
	private record Second(List<String> called) implements ProcessManagerCustomizer {

		@Override
		public void customize(ProcessManager.Builder builder) {
			this.called.add("second");
		}

	}

}
