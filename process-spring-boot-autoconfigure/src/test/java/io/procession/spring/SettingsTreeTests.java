package io.procession.spring;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsTreeTests {

	@TempDir
	private Path directory;

	private URLClassLoader classLoader;

	@BeforeEach
	void addFeature() throws IOException {
		Path imports = this.directory.resolve("META-INF/spring/" + SettingsTree.class.getName() + ".imports");
		Files.createDirectories(imports.getParent());
		Files.writeString(imports, ScheduleProperties.class.getName());
		this.classLoader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() },
				getClass().getClassLoader());
	}

	@AfterEach
	void close() throws IOException {
		this.classLoader.close();
	}

	@Test
	void knowsPropertiesOfNewFeature() throws IOException {
		start("""
				procession:
				  schedule: { enabled: true, defaults: { zone: UTC } }
				  schedules:
				    back-up: { command: [backup.sh, --full], retry: { delay: 1s } }
				""", (failure) -> assertThat(failure).isNull());
	}

	@Test
	void reportsAllUnknownPropertiesAtOnceWithOriginAndAdvice() throws IOException {
		start("""
				procession:
				  timeout: 1s
				  schedule: { defaults: { zoen: UTC } }
				  schedules:
				    backup:
				      comand: backup.sh
				      retry: { dealy: 1s }
				  programs:
				    worker: { comand: sleep 1 }
				  security:
				    commands: { allowed: cat }
				""", (failure) -> assertThat(failure).isInstanceOfSatisfying(UnknownSettingException.class, (ex) -> {
			assertThat(ex.unknown()).extracting((property) -> property.name().toString())
				.containsExactly("procession.programs.worker.comand", "procession.schedule.defaults.zoen",
						"procession.schedules.backup.comand", "procession.schedules.backup.retry.dealy",
						"procession.security.commands.allowed", "procession.timeout");
			UnknownSettingException.Unknown unknown = ex.unknown().get(2);
			assertThat(String.valueOf(unknown.origin())).contains("application.yml").endsWith("6:15");
			assertThat(unknown.advice())
				.isEqualTo("Known properties under 'procession.schedules.backup' are: command, environment, retry");
			assertThat(ex.unknown().get(5).advice()).contains(", programs, schedule, schedules, security, ");
		}));
	}

	@Test
	void checksNamesOfNewFeature() throws IOException {
		start("procession.schedules.größe.command: backup.sh",
				(failure) -> assertThat(failure).isInstanceOf(SettingException.class)
					.hasMessageContaining("'größe' cannot be the name of a schedule"));
		start("procession.schedules: { a.b: { command: backup.sh } }",
				(failure) -> assertThat(failure).isInstanceOf(SettingException.class)
					.hasMessageContaining("a name with dots must be written in brackets"));
		start("procession.schedules: { backup: { environment: { A: 1, a: 2 } } }",
				(failure) -> assertThat(failure).isInstanceOf(SettingException.class)
					.hasMessageContaining("the environment variable 'a' is the same as 'A'"));
	}

	@Test
	void refusesValueBesideSection() throws IOException {
		start("""
				procession.schedules.backup: backup.sh
				---
				procession.schedules.backup.retry.delay: 1s
				""",
				(failure) -> assertThat(failure).hasMessageContaining("procession.schedules.backup")
					.extracting("reason")
					.asString()
					.contains("set either a single value or the properties below it"));
	}

	@Test
	void ignoresFeatureThatIsSwitchedOff() throws IOException {
		start("""
				procession:
				  schedule.enabled: false
				  schedules: { größe: { comand: backup.sh } }
				  supervision.enabled: false
				  programs: { größe: { comand: backup.sh } }
				""", (failure) -> assertThat(failure).isNull());
		start("""
				procession:
				  schedule: { enabled: false, defautls: {} , default: { zone: UTC } }
				""", (failure) -> assertThat(failure).isInstanceOf(UnknownSettingException.class)
			.hasMessageContaining("'procession.schedule.default.zone'"));
	}

	@Test
	void hidesCommandOfNewFeature() {
		new ApplicationContextRunner().withClassLoader(this.classLoader)
			.withPropertyValues("procession.schedules.backup.command=mysql -phunter2",
					"procession.schedules.backup.retry.delay=7s")
			.run((context) -> {
				WrittenSettings written = new WrittenSettings(context.getEnvironment());

				assertThat(written.describe(ConfigurationPropertyName.of("procession.schedules.backup.command")))
					.contains("procession.schedules.backup.command")
					.doesNotContain("hunter2");
				assertThat(written.describe(ConfigurationPropertyName.of("procession.schedules.backup.retry.delay")))
					.contains("'7s'");
			});
	}

	@Test
	void containsAllRecordsOfThisModule() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));

		List<String> records = scanner.findCandidateComponents("io.procession.spring")
			.stream()
			.map((candidate) -> candidate.getBeanClassName())
			.filter((name) -> !name.contains("Tests$"))
			.sorted()
			.toList();

		assertThat(ImportCandidates.load(SettingsTree.class, null).getCandidates())
			.containsExactlyInAnyOrderElementsOf(records);
	}

	private void start(String yaml, Consumer<Throwable> check) throws IOException {
		Path file = Files.writeString(this.directory.resolve("application.yml"), yaml);
		new ApplicationContextRunner().withInitializer(new ConfigDataApplicationContextInitializer())
			.withPropertyValues("spring.config.location=" + file.toUri())
			.withClassLoader(this.classLoader)
			.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class))
			.run((context) -> {
				Throwable failure = context.getStartupFailure();
				while (failure != null && failure.getCause() != null) {
					failure = failure.getCause();
				}
				check.accept(failure);
			});
	}

	@ConfigurationProperties("procession")
	record ScheduleProperties(@DefaultValue Map<String, Schedule> schedules, @DefaultValue Room schedule) {

		record Schedule(@DefaultValue List<String> command, @DefaultValue Map<String, String> environment,
				@DefaultValue Retry retry) {

		}

		record Retry(String delay) {

		}

		record Room(@DefaultValue("true") boolean enabled, @DefaultValue Defaults defaults) {

		}

		record Defaults(String zone) {

		}

	}

}
