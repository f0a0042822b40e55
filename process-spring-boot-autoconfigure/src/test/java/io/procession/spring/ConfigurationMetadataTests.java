package io.procession.spring;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.procession.ProcessManager;
import io.procession.execution.ProcessSettings;
import io.procession.isolation.IoClass;
import io.procession.isolation.Isolation;
import io.procession.isolation.RunAs;
import io.procession.isolation.Scheduling;
import io.procession.process.TimeLimit;
import io.procession.security.SecurityPolicy;
import io.procession.spring.actuate.ProcessEndpointAutoConfiguration;
import io.procession.spring.actuate.ProcessesEndpoint;
import io.procession.spring.event.ProcessEventAutoConfiguration;
import io.procession.spring.health.ProcessHealthContributorAutoConfiguration;
import io.procession.spring.metrics.ProcessMetrics;
import io.procession.spring.metrics.ProcessMetricsAutoConfiguration;
import io.procession.spring.security.ProcessSecurityAutoConfiguration;
import io.procession.spring.supervision.SupervisionAutoConfiguration;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every documented property has an effect.
 */
class ConfigurationMetadataTests {

	/** A value other than the default and its effect, by property. */
	private static final Map<String, Property> PROPERTIES = new TreeMap<>();

	static {
		setting("procession.defaults.timeout", "7s", ProcessSettings::timeout, limit(7));
		setting("procession.defaults.start-timeout", "7s", ProcessSettings::startTimeout, limit(7));
		setting("procession.defaults.idle-timeout", "7s", ProcessSettings::idleTimeout, limit(7));
		setting("procession.defaults.stop-grace", "7s", ProcessSettings::stopGrace, Duration.ofSeconds(7));
		setting("procession.defaults.timeout-grace", "7s", ProcessSettings::timeoutGrace, Duration.ofSeconds(7));
		setting("procession.defaults.drain", "7s", ProcessSettings::drain, Duration.ofSeconds(7));
		setting("procession.defaults.output-limit", "7MB", ProcessSettings::outputLimit, 7L << 20);
		setting("procession.defaults.charset", "UTF-16", ProcessSettings::charset, StandardCharsets.UTF_16);
		setting("procession.defaults.pipefail", "false", ProcessSettings::pipefail, false);
		isolation("run-as.user", "nobody", Isolation::runAs, RunAs.user("nobody"));
		isolation("limits.address-space", "7MB", (configured) -> configured.limits().addressSpace(), 7L << 20);
		isolation("limits.open-files", "7", (configured) -> configured.limits().openFiles(), 7L);
		isolation("limits.processes", "7", (configured) -> configured.limits().processes(), 7L);
		isolation("limits.cpu-time", "7s", (configured) -> configured.limits().cpuTime(), Duration.ofSeconds(7));
		isolation("limits.file-size", "7MB", (configured) -> configured.limits().fileSize(), 7L << 20);
		isolation("limits.core-size", "7MB", (configured) -> configured.limits().coreSize(), 7L << 20);
		isolation("limits.memory", "7MB", (configured) -> configured.treeLimits().memory(), 7L << 20);
		isolation("limits.cpus", "1.5", (configured) -> configured.treeLimits().cpus(), 1.5);
		isolation("limits.tasks", "7", (configured) -> configured.treeLimits().tasks(), 7L);
		isolation("priority.nice", "7", (configured) -> configured.priority().nice(), 7);
		isolation("priority.io-class", "idle", (configured) -> configured.priority().ioClass(), IoClass.IDLE);
		isolation("priority.scheduling", "batch", (configured) -> configured.priority().scheduling(), Scheduling.BATCH);
		isolation("cpu-affinity", "0,1", Isolation::cpuAffinity, new TreeSet<>(Set.of(0, 1)));
		isolation("oom-score-adjustment", "7", Isolation::oomScoreAdjustment, 7);
		isolation("umask", "0027", Isolation::umask, "0027");
		isolation("no-new-privileges", "true", Isolation::noNewPrivileges, true);
		isolation("new-session", "true", Isolation::newSession, true);
		isolation(List.of("run-as.user=nobody", "run-as.group=daemon"),
				(configured) -> String.valueOf(configured.runAs()),
				RunAs.user("nobody").withGroup("daemon").toString());
		isolation(List.of("run-as.user=nobody", "run-as.supplementary-groups=bin"),
				(configured) -> String.valueOf(configured.runAs()),
				RunAs.user("nobody").withSupplementaryGroups("bin").toString());
		isolation(List.of("priority.io-class=best-effort", "priority.io-level=7"),
				(configured) -> configured.priority().ioLevel(), 7);
		property("procession.control-group", "/sys/fs/cgroup/x", (context) -> builder(context, "controlGroup"),
				Path.of("/sys/fs/cgroup/x"));
		setting("procession.max-concurrent", "7", ProcessSettings::maxConcurrent, 7);
		setting("procession.acquire-timeout", "7s", ProcessSettings::acquireTimeout, Duration.ofSeconds(7));
		setting("procession.shutdown-grace", "7s", ProcessSettings::shutdownGrace, Duration.ofSeconds(7));
		setting("procession.before-stop-timeout", "7s", ProcessSettings::beforeStopTimeout, Duration.ofSeconds(7));
		setting("procession.lost-after", "7s", ProcessSettings::lostAfter, Duration.ofSeconds(7));
		setting("procession.sweep-interval", "7s", ProcessSettings::sweepInterval, Duration.ofSeconds(7));
		setting("procession.max-line-length", "7KB", ProcessSettings::maxLineLength, 7 * 1024);
		property("procession.guard.enabled", "false", (context) -> builder(context, "guard"), false);
		property("procession.security.commands.allow", "sort", (context) -> security(context).commands().toString(),
				"CommandPolicy[allow=[sort], deny=[], shells=false]");
		property("procession.security.commands.deny", "sort", (context) -> security(context).commands().toString(),
				"CommandPolicy[allow=[], deny=[sort], shells=false]");
		property("procession.security.commands.shells", "false", (context) -> security(context).commands().isNone(),
				false);
		property("procession.security.environment.inherit", "nothing",
				(context) -> security(context).environment().isInheritAll(), false);
		PROPERTIES.put("procession.security.environment.allow", new Property(
				List.of("procession.security.environment.inherit=allowlist",
						"procession.security.environment.allow=A,B_*"),
				(context) -> security(context).environment().toString(), "EnvironmentPolicy[allowlist [A, B_*]]"));
		property("procession.security.redaction.names", "pin",
				(context) -> security(context).redactor().isSecret("pin"), true);
		property("procession.enabled", "false", (context) -> has(context, ProcessManager.class), false);
		property("procession.supervision.enabled", "false", (context) -> has(context, ProcessSupervisor.class), false);
		property("procession.events.enabled", "false", (context) -> context.containsBean("processEventBridge"), false);
		property("procession.metrics.enabled", "false", (context) -> has(context, ProcessMetrics.class), false);
		property("management.health.processes.enabled", "false",
				(context) -> context.containsBean("processesHealthContributor"), false);
		property("management.health.programs.enabled", "false",
				(context) -> context.containsBean("programsHealthContributor"), false);
		property("management.endpoint.processes.access", "NONE", (context) -> has(context, ProcessesEndpoint.class),
				false);
		// properties of programs are covered by SupervisionPropertiesTests and
		// ProgramFactoryTests
		PROPERTIES.put("procession.programs", new Property(
				List.of("procession.programs.worker.command=true", "procession.programs.worker.autostart=false"),
				(context) -> context.getBean(ProcessSupervisor.class)
					.programs()
					.stream()
					.map(ProgramStatus::name)
					.toList(),
				List.of("worker")));
	}

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, ProcessSecurityAutoConfiguration.class,
				ProcessEventAutoConfiguration.class, SupervisionAutoConfiguration.class,
				ProcessEndpointAutoConfiguration.class, ProcessHealthContributorAutoConfiguration.class,
				ProcessMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class))
		.withBean(Customizer.class)
		.withPropertyValues("management.endpoints.web.exposure.include=processes");

	@Test
	void everyPropertyIsCovered() throws IOException {
		Set<String> names = new LinkedHashSet<>();
		metadata().get("properties")
			.valueStream()
			.map((property) -> property.get("name").asString())
			.forEach(names::add);
		// common to all endpoints, and read by Spring Boot
		names.remove("management.endpoint.processes.cache.time-to-live");

		assertThat(PROPERTIES).containsOnlyKeys(names);
	}

	@Test
	void refusesOtherProperties() {
		assertThat(PROPERTIES.keySet().stream().filter((name) -> name.startsWith("procession.")))
			.extracting((name) -> name.split("\\.")[1])
			.containsOnlyElementsOf(SettingsTree.load(null).names());
	}

	@Test
	void everyPropertyIsDescribed() throws IOException {
		assertThat(metadata().get("properties").valueStream()).allSatisfy(
				(property) -> assertThat(property.path("description").asString("")).as(property.get("name").asString())
					.endsWith("."));
	}

	@ParameterizedTest
	@MethodSource("names")
	void propertyIsRead(String name) {
		Property property = PROPERTIES.get(name);

		this.contextRunner
			.run((context) -> assertThat(property.observe.apply(context)).isNotEqualTo(property.expected));

		this.contextRunner.withPropertyValues(property.values.toArray(String[]::new))
			.run((context) -> assertThat(property.observe.apply(context)).isEqualTo(property.expected));
	}

	static Stream<String> names() {
		return PROPERTIES.keySet().stream();
	}

	private static void setting(String name, String value, Function<ProcessSettings, Object> observe, Object expected) {
		property(name, value, (context) -> observe.apply((ProcessSettings) builder(context, "settings")), expected);
	}

	private static void isolation(String name, String value, Function<Isolation, Object> observe, Object expected) {
		isolation(List.of(name + "=" + value), observe, expected);
	}

	/** The last value is what it is about. */
	private static void isolation(List<String> values, Function<Isolation, Object> observe, Object expected) {
		List<String> properties = values.stream().map("procession.defaults."::concat).toList();
		String last = properties.get(properties.size() - 1);
		PROPERTIES.put(last.substring(0, last.indexOf('=')), new Property(properties,
				(context) -> observe.apply(((ProcessSettings) builder(context, "settings")).isolation()), expected));
	}

	private static void property(String name, String value, Function<ApplicationContext, Object> observe,
			Object expected) {
		PROPERTIES.put(name, new Property(List.of(name + "=" + value), observe, expected));
	}

	private static Object builder(ApplicationContext context, String field) {
		return ReflectionTestUtils.getField(context.getBean(Customizer.class).builder, field);
	}

	private static SecurityPolicy security(ApplicationContext context) {
		return (SecurityPolicy) Objects.requireNonNull(builder(context, "security"));
	}

	private static boolean has(ApplicationContext context, Class<?> type) {
		return context.getBeanNamesForType(type).length > 0;
	}

	private static TimeLimit limit(int seconds) {
		return TimeLimit.of(Duration.ofSeconds(seconds));
	}

	private static JsonNode metadata() throws IOException {
		for (URL url : Collections.list(ConfigurationMetadataTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream stream = url.openStream()) {
				JsonNode metadata = JsonMapper.shared().readTree(stream);
				if (metadata.toString().contains("\"procession.enabled\"")) {
					return metadata;
				}
			}
		}
		throw new IllegalStateException("The build has made no metadata");
	}

	private record Property(List<String> values, Function<ApplicationContext, Object> observe, Object expected) {

	}

	static final class Customizer implements ProcessManagerCustomizer {

		private ProcessManager.Builder builder;

		@Override
		public void customize(ProcessManager.Builder builder) {
			this.builder = builder;
		}

	}

}
