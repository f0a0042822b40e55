package io.procession.spring.supervision;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

import io.procession.isolation.IoClass;
import io.procession.isolation.Scheduling;
import io.procession.process.Signal;
import io.procession.spring.IsolationProperties.Limits;
import io.procession.spring.IsolationProperties.Ranks;
import io.procession.spring.IsolationProperties.User;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;
import io.procession.spring.supervision.SupervisionProperties.Restart;
import io.procession.supervision.RestartPolicy.When;

import static org.assertj.core.api.Assertions.assertThat;

class SupervisionPropertiesTests {

	@Test
	void isEmptyWithoutProperties() throws IOException {
		assertThat(bind("spring.application.name: shop").programs()).isEmpty();
	}

	@Test
	void bindsEverything() throws IOException {
		ProgramProperties worker = bind("""
				procession:
				  programs:
				    queue-worker:
				      command: ["php", "artisan", "queue:work", "--queue=a,b"]
				      directory: /srv/shop
				      environment:
				        APP_ENV: production
				        PORT: 8080
				        my.dotted: x
				        NO_VALUE: ""
				      autostart: false
				      restart: { policy: always, delay: 5s }
				      stop-signal: int
				      stop-grace: 30s
				      run-as: { user: app, group: www, supplementary-groups: [log, "4"] }
				      limits: { address-space: 1GB, open-files: 64, processes: 100, cpu-time: 1m, file-size: 1MB,
				        core-size: 0, memory: 512MB, cpus: 1.5, tasks: 20 }
				      priority: { nice: 5, io-class: best-effort, io-level: 6, scheduling: batch }
				      cpu-affinity: [0, 1]
				      oom-score-adjustment: 300
				      umask: "0027"
				      no-new-privileges: true
				      leave-behind: true
				""").programs().get("queue-worker");

		assertThat(worker).isEqualTo(new ProgramProperties(List.of("php", "artisan", "queue:work", "--queue=a,b"),
				"/srv/shop", Map.of("APP_ENV", "production", "PORT", "8080", "my.dotted", "x", "NO_VALUE", ""), false,
				new Restart(When.ALWAYS, Duration.ofSeconds(5)), Signal.INT, Duration.ofSeconds(30),
				new User("app", "www", List.of("log", "4")),
				new Limits(DataSize.ofGigabytes(1), 64L, 100L, Duration.ofMinutes(1), DataSize.ofMegabytes(1),
						DataSize.ofBytes(0), DataSize.ofMegabytes(512), 1.5, 20L),
				new Ranks(5, IoClass.BEST_EFFORT, 6, Scheduling.BATCH), List.of(0, 1), 300, "0027", true, true));
	}

	@Test
	void bindsNamesLeniently() throws IOException {
		ProgramProperties worker = bind("""
				procession:
				  programs:
				    worker: { command: "true", stopSignal: INT, runAs: { supplementaryGroups: [log] } }
				""").programs().get("worker");

		assertThat(worker.stopSignal()).isEqualTo(Signal.INT);
		assertThat(worker.runAs().supplementaryGroups()).containsExactly("log");
	}

	@ParameterizedTest
	@ValueSource(strings = { "15", "'15'", "SIGTERM", "term" })
	void acceptsSignalsByNameAndNumber(String signal, @TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"), """
				procession.programs.worker: { command: sleep 60, autostart: false, stop-signal: %s }
				""".formatted(signal));
		new ApplicationContextRunner().withInitializer(new ConfigDataApplicationContextInitializer())
			.withPropertyValues("spring.config.location=" + yaml.toUri())
			.withConfiguration(
					AutoConfigurations.of(ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class))
			.run((context) -> assertThat(
					context.getBean(SupervisionProperties.class).programs().get("worker").stopSignal())
				.isSameAs(Signal.TERM));
	}

	@Test
	void hasDefaults() throws IOException {
		ProgramProperties worker = bind("procession.programs.worker.command: 'true'").programs().get("worker");

		assertThat(worker).isEqualTo(new ProgramProperties(List.of("true"), null, Map.of(), true,
				new Restart(When.ON_FAILURE, Duration.ofSeconds(1)), null, null, new User(null, null, null),
				new Limits(null, null, null, null, null, null, null, null, null), new Ranks(null, null, null, null),
				List.of(), null, null, null, false));
	}

	@Test
	void doesNotSplitCommandAtCommas() throws IOException {
		assertThat(bind("procession.programs.worker.command: sort -k 1,2 'a, b'").programs().get("worker").command())
			.containsExactly("sort -k 1,2 'a, b'");
	}

	@Test
	void preservesNames() throws IOException {
		assertThat(bind("""
				procession.programs:
				  queue-worker.command: "true"
				  mailWorker.command: "true"
				  pdf_worker.command: "true"
				""").programs()).containsOnlyKeys("queue-worker", "mailWorker", "pdf_worker");
	}

	@Test
	void preservesOrder() throws IOException {
		assertThat(bind("""
				procession.programs:
				  zebra.command: "true"
				  ant.command: "true"
				  monkey.command: "true"
				""").programs().keySet()).containsExactly("zebra", "ant", "monkey");
	}

	@Test
	void isOverriddenByEnvironmentVariable() throws IOException {
		SystemEnvironmentPropertySource variables = new SystemEnvironmentPropertySource(
				StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
				Map.of("PROCESSION_PROGRAMS_WORKER_AUTOSTART", "false"));

		assertThat(bind("procession.programs.worker.command: 'true'", variables).programs().get("worker").autostart())
			.isFalse();
	}

	private static SupervisionProperties bind(String yaml, PropertySource<?>... before) throws IOException {
		StandardEnvironment environment = new StandardEnvironment();
		new YamlPropertySourceLoader()
			.load("application.yml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.forEach(environment.getPropertySources()::addLast);
		for (PropertySource<?> source : before) {
			environment.getPropertySources().replace(source.getName(), source);
		}
		ConfigurationPropertySources.attach(environment);
		// bound properties are never treated as unknown
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setEnvironment(environment);
			context.register(ProcessAutoConfiguration.class);
			context.refresh();
		}
		return Binder.get(environment).bindOrCreate("procession", SupervisionProperties.class);
	}

}
