package io.procession.spring;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

import io.procession.execution.ProcessSettings;
import io.procession.isolation.Isolation;
import io.procession.process.TimeLimit;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessPropertiesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withUserConfiguration(ProcessAutoConfiguration.class);

	@Test
	void hasDefaultsOfCoreWithoutProperties() {
		this.contextRunner.run((context) -> assertThat(settings(context.getBean(ProcessProperties.class)))
			.isEqualTo(ProcessSettings.DEFAULTS));
	}

	@Test
	void reachesEverySetting() {
		this.contextRunner
			.withPropertyValues("procession.defaults.timeout=1s", "procession.defaults.start-timeout=2s",
					"procession.defaults.idle-timeout=3s", "procession.defaults.stop-grace=4s",
					"procession.defaults.timeout-grace=5s", "procession.defaults.drain=6s",
					"procession.defaults.charset=ISO-8859-1", "procession.defaults.pipefail=false",
					"procession.max-concurrent=7", "procession.acquire-timeout=8s", "procession.shutdown-grace=9s",
					"procession.lost-after=11s", "procession.before-stop-timeout=14s", "procession.sweep-interval=12s",
					"procession.max-line-length=13KB", "procession.defaults.umask=0027",
					"procession.defaults.output-limit=14KB")
			.run((context) -> {
				ProcessSettings settings = settings(context.getBean(ProcessProperties.class));

				assertThat(settings).isEqualTo(ProcessSettings.DEFAULTS.toBuilder()
					.timeout(limit(1))
					.startTimeout(limit(2))
					.idleTimeout(limit(3))
					.stopGrace(Duration.ofSeconds(4))
					.timeoutGrace(Duration.ofSeconds(5))
					.drain(Duration.ofSeconds(6))
					.charset(StandardCharsets.ISO_8859_1)
					.pipefail(false)
					.maxConcurrent(7)
					.acquireTimeout(Duration.ofSeconds(8))
					.shutdownGrace(Duration.ofSeconds(9))
					.beforeStopTimeout(Duration.ofSeconds(14))
					.lostAfter(Duration.ofSeconds(11))
					.sweepInterval(Duration.ofSeconds(12))
					.maxLineLength(13 * 1024)
					.isolation(Isolation.none().withUmask("0027"))
					.outputLimit(14 * 1024)
					.build());
				for (RecordComponent component : ProcessSettings.class.getRecordComponents()) {
					assertThat(component.getAccessor().invoke(settings)).as(component.getName())
						.isNotEqualTo(component.getAccessor().invoke(ProcessSettings.DEFAULTS));
				}
			});
	}

	@ParameterizedTest
	@CsvSource({ "none,", "NONE,", "90s,PT1M30S", "PT2M,PT2M", "250,PT0.25S" })
	void acceptsLimitOrNone(String text, Duration limit) {
		this.contextRunner.withPropertyValues("procession.defaults.timeout=" + text)
			.run((context) -> assertThat(settings(context.getBean(ProcessProperties.class)).timeout())
				.isEqualTo(new TimeLimit(limit)));
	}

	@Test
	void acceptsNumberOfYaml() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("yaml", Map.of("procession.defaults.timeout", 250))))
			.run((context) -> assertThat(settings(context.getBean(ProcessProperties.class)).timeout())
				.isEqualTo(TimeLimit.of(Duration.ofMillis(250))));
	}

	private static ProcessSettings settings(ProcessProperties properties) {
		return properties.toSettings();
	}

	private static TimeLimit limit(int seconds) {
		return TimeLimit.of(Duration.ofSeconds(seconds));
	}

}
