package io.procession.spring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import io.procession.spring.supervision.SupervisionProperties;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class WrittenNamesTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	WrittenNamesTests() {
		variables(Map.of());
	}

	@Test
	void environmentVariableOverridesProgramInYaml() throws IOException {
		yaml("procession.programs: { my-worker: { command: sleep 1, directory: /srv } }");
		variables(Map.of("PROCESSION_PROGRAMS_MYWORKER_COMMAND", "sleep 2"));

		Map<String, ProgramProperties> programs = programs();

		assertThat(programs).containsOnlyKeys("my-worker");
		assertThat(programs.get("my-worker").command()).containsExactly("sleep 2");
		assertThat(programs.get("my-worker").directory()).isEqualTo("/srv");
	}

	@Test
	void environmentVariableCanSeparateWordsOfName() throws IOException {
		yaml("procession.programs: { my-worker: { command: sleep 1 } }");
		variables(Map.of("PROCESSION_PROGRAMS_MY_WORKER_COMMAND", "sleep 2"));

		Map<String, ProgramProperties> programs = programs();

		assertThat(programs).containsOnlyKeys("my-worker");
		assertThat(programs.get("my-worker").command()).containsExactly("sleep 2");
	}

	@Test
	void programCanBeDefinedByEnvironmentVariables() {
		variables(Map.of("PROCESSION_PROGRAMS_MYWORKER_COMMAND", "sleep 2"));

		assertThat(programs()).containsOnlyKeys("myworker");
	}

	@Test
	void variableMayBeNamedLikeProperty() throws IOException {
		yaml("procession.programs: { my-worker: { command: sleep 1 } }");
		variables(Map.of("procession.programs.my-worker.command", "sleep 2", "procession.programs.other.command",
				"sleep 3"));

		Map<String, ProgramProperties> programs = programs();

		assertThat(programs).containsOnlyKeys("my-worker", "other");
		assertThat(programs.get("my-worker").command()).containsExactly("sleep 2");
	}

	@Test
	void usesNameOfSourceThatDefinesProgram() throws IOException {
		yaml("procession.programs: { my-worker: { command: sleep 1 }, other: { command: sleep 1 } }");
		commandLine(Map.of("procession.programs.myWorker.autostart", "false"));

		Map<String, ProgramProperties> programs = programs();

		assertThat(programs.keySet()).containsExactly("my-worker", "other");
		assertThat(programs.get("my-worker").autostart()).isFalse();
	}

	@Test
	void refusesNameWrittenInTwoWaysInOneSource() throws IOException {
		yaml("""
				procession:
				  programs:
				    worker.command: sleep 1
				    wor-ker.command: sleep 2
				""");

		assertThatExceptionOfType(SettingException.class).isThrownBy(this::programs)
			.withMessageContaining("the program 'wor-ker' is the same as 'worker' (from Byte array resource"
					+ " [application.yml] - 3:21)")
			.satisfies((ex) -> assertThat(String.valueOf(ex.origin())).endsWith("- 4:22"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "größe", "my worker", "a/b" })
	void refusesNameThatSpringWouldModify(String name) throws IOException {
		yaml("procession.programs: { '" + name + "': { command: sleep 1 } }");

		assertThatExceptionOfType(SettingException.class).isThrownBy(this::programs)
			.withMessageContaining("'" + name + "' cannot be the name of a program")
			.satisfies((ex) -> assertThat(ex.origin()).isNotNull());
	}

	@Test
	void reportsThatNameWithDotsNeedsBrackets() throws IOException {
		yaml("procession.programs: { my.worker: { command: sleep 1 } }");

		assertThatExceptionOfType(SettingException.class).isThrownBy(this::programs)
			.satisfies((ex) -> assertThat(ex.action()).contains("\"[my.worker]\""));
	}

	@Test
	void acceptsNameWithDotsInBrackets() throws IOException {
		yaml("procession.programs: { '[my.worker]': { command: sleep 1 } }");

		assertThat(programs()).containsOnlyKeys("my.worker");
	}

	@Test
	void variableOverridesVariableInYaml() throws IOException {
		yaml("procession.programs: { my-worker: { command: sleep 1, environment: { APP_ENV: test, Other: x } } }");
		variables(Map.of("PROCESSION_PROGRAMS_MYWORKER_ENVIRONMENT_APP_ENV", "live",
				"PROCESSION_PROGRAMS_MYWORKER_ENVIRONMENT_DB_HOST", "db"));

		assertThat(programs().get("my-worker").environment())
			.isEqualTo(Map.of("APP_ENV", "live", "Other", "x", "DB_HOST", "db"));
	}

	@Test
	void refusesVariableWrittenInTwoWaysInOneSource() throws IOException {
		yaml("procession.programs: { worker: { command: env, environment: { HTTP_PROXY: a, http_proxy: b } } }");

		assertThatExceptionOfType(SettingException.class).isThrownBy(this::programs)
			.withMessageContaining("the environment variable 'http_proxy' is the same as 'HTTP_PROXY' (from ")
			.satisfies((ex) -> assertThat(ex.action()).contains("\"[http_proxy]\""));
	}

	@Test
	void preservesVariablesInBrackets() throws IOException {
		yaml("""
				procession.programs.worker:
				  command: env
				  environment: { "[HTTP_PROXY]": a, "[http_proxy]": b, "[größe]": c, my.dotted: d }
				""");

		assertThat(programs().get("worker").environment())
			.isEqualTo(Map.of("HTTP_PROXY", "a", "http_proxy", "b", "größe", "c", "my.dotted", "d"));
	}

	@Test
	void variablesMayBeEmpty() throws IOException {
		yaml("procession.programs: { worker: { command: env, environment: } }");

		assertThat(programs().get("worker").environment()).isEmpty();
	}

	@Test
	void refusesVariableThatSpringWouldModify() throws IOException {
		yaml("procession.programs: { worker: { command: env, environment: { größe: hunter2 } } }");

		assertThatExceptionOfType(SettingException.class).isThrownBy(this::programs)
			.satisfies((ex) -> assertThat(ex.action()).contains("\"[größe]\"").doesNotContain("hunter2"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[\"A=hunter2\"]", "A=hunter2", "{ A: [hunter2, b] }" })
	void reportsHowVariablesAreWritten(String written) throws IOException {
		yaml("procession.programs: { worker: { command: env, environment: " + written + " } }");

		assertThatExceptionOfType(SettingException.class).isThrownBy(this::programs)
			.withMessageContaining("'procession.programs.worker.environment")
			.satisfies((ex) -> assertThat(ex.getMessage() + ex.action()).contains("Write ").doesNotContain("hunter2"));
	}

	private void yaml(String yaml) throws IOException {
		new YamlPropertySourceLoader()
			.load("application.yml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml"))
			.forEach(this.environment.getPropertySources()::addLast);
	}

	private void variables(Map<String, Object> variables) {
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		this.environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
	}

	private void commandLine(Map<String, Object> arguments) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("commandLineArgs", arguments));
	}

	private Map<String, ProgramProperties> programs() {
		ConfigurationPropertySources.attach(this.environment);
		WrittenNames names = WrittenNames.of(this.environment, "procession.programs", ProgramProperties.class);
		UnknownSettings.refuse(this.environment, null);
		Map<String, ProgramProperties> bound = Binder.get(this.environment)
			.bindOrCreate("procession", SupervisionProperties.class)
			.programs();
		assertThat(List.copyOf(bound.keySet())).as("something is bound").isNotEmpty();
		return names.merge(bound, (program, rename) -> new ProgramProperties(program.command(), program.directory(),
				rename.apply(program.environment()), program.autostart(), program.restart(), program.stopSignal(),
				program.stopGrace(), program.runAs(), program.limits(), program.priority(), program.cpuAffinity(),
				program.oomScoreAdjustment(), program.umask(), program.noNewPrivileges(), program.leaveBehind()));
	}

}
