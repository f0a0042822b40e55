package io.procession.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class InvalidSettingFailureAnalyzerTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			defaults.output-limit    | -1         | it must not be negative
			defaults.output-limit    | lots       | it must be a size, such as 512KB or 10MB
			defaults.timeout         | 0          | it must be positive, or none for no limit
			defaults.timeout         | later      | it must be a duration, such as 90s, or none
			defaults.stop-grace      | -1s        | it must not be negative: -1s
			defaults.stop-grace      | soon       | it must be a duration, such as 500ms, 10s or 5m
			defaults.charset         | klingon    | this JVM does not support this charset
			defaults.pipefail        | maybe      | it must be true or false
			defaults.cpu-affinity    | some       | it must be a whole number
			defaults.limits          | 512MB      | use memory: 512MB to limit all processes of a tree
			defaults.limits.cpus     | many       | it must be a number
			defaults.priority        | high       | it must be a nice value, -20 (highest priority) to 19
			defaults.priority.io-class | fast     | it must be one of realtime, best-effort, idle
			defaults.run-as          | app:www    | use user: app and group: www
			max-concurrent           | 0          | it must be at least 1
			guard                    | off        | it is a section with the properties enabled
			security.commands        | git        | it is a section with the properties allow, deny, shells
			security.environment.inherit | some   | it must be one of all, allowlist, nothing
			programs.worker.leave-behind | maybe  | it must be true or false
			programs.worker.restart  | sometimes  | it must be one of never, on-failure and always
			programs.worker.restart.policy | sometimes | it must be one of never, on-failure, always
			programs.worker.stop-signal | 99      | No such signal '99': use one of [HUP, INT,
			programs.worker.stop-grace | soon     | it must be a duration, such as 500ms, 10s or 5m
			""")
	void reportsPropertyValueOriginAndReason(String name, String value, String reason, CapturedOutput output,
			@TempDir Path directory) throws IOException {
		fail(directory, "procession:", "  " + name + ": " + value,
				"  programs.idle: { command: sleep 1, autostart: false }");

		String all = output.getAll();
		assertThat(all).contains("APPLICATION FAILED TO START");
		assertThat(all.substring(all.indexOf("Description:")).replace("'false'", "'off'"))
			.contains("The property 'procession." + name)
			.contains(" with the value '" + value + "' (from ")
			.contains("application.yml] - 2:")
			.contains(reason)
			.contains("Correct procession." + name)
			.doesNotContain("ConverterNotFoundException")
			.doesNotContain("io.procession.spring.IsolationProperties")
			.doesNotContain("PT");
	}

	@Test
	void showsNoCommand(CapturedOutput output, @TempDir Path directory) throws IOException {
		fail(directory, "procession.programs.worker: mysql -phunter2 'open");

		assertThat(output).contains("The property 'procession.programs.worker.command'")
			.contains("The quote ' at position 16")
			.doesNotContain("hunter2");
	}

	@Test
	void refusesShortFormBesideLongForm(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path yaml = directory.resolve("application.yml");
		Files.writeString(yaml, "procession.programs.worker: mysql -phunter2");

		run("--spring.config.location=" + yaml.toUri(), "--procession.programs.worker.autostart=false");

		assertThat(output).contains("The property 'procession.programs.worker' (from ")
			.contains("cannot be used: 'procession.programs.worker.autostart' (from ")
			.contains("set either a single value or the properties below it")
			.doesNotContain("hunter2");
	}

	@Test
	void reportsHowListIsWritten(CapturedOutput output, @TempDir Path directory) throws IOException {
		fail(directory, "procession.programs.worker: [mysql, -phunter2]");

		assertThat(output).contains("The property 'procession.programs.worker' (from ")
			.contains("it is a list")
			.contains("Write command: before the list.")
			.doesNotContain("hunter2");
	}

	private static void fail(Path directory, String... lines) throws IOException {
		Path yaml = Files.write(directory.resolve("application.yml"), List.of(lines));
		run("--spring.config.location=" + yaml.toUri());
	}

	private static void run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(arguments).close());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
