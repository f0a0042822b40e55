package io.procession.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class SettingFailureAnalyzerTests {

	@Test
	void reportsPropertyOriginAndAction(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"), """
				procession:
				  programs:
				    db:
				      command: "mysql -phunter2 'open"
				""");

		fail("--spring.config.location=" + yaml.toUri());

		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The property 'procession.programs.db.command' (from ")
			.contains("application.yml] - 4:16) cannot be used: The quote ' at position 16")
			.contains("Correct procession.programs.db.command.")
			.doesNotContain("hunter2");
	}

	@Test
	void suggestsCommandIfMissing(CapturedOutput output) {
		fail("--procession.programs.worker.directory=/srv");

		assertThat(output).contains("The property 'procession.programs.worker.command' ")
			.contains("cannot be used: it is missing")
			.contains("Set procession.programs.worker.command to");
	}

	@Test
	void reportsOtherPropertyIfCommandIsMissing(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"), """
				procession:
				  programs:
				    wroker: { restart: always }
				""");

		fail("--spring.config.location=" + yaml.toUri());

		assertThat(output)
			.contains("'procession.programs.wroker.command' (next to 'procession.programs.wroker.restart' from ")
			.contains("application.yml] - 3:24) cannot be used: it is missing");
	}

	@Test
	void refusesUnknownSignal(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"), """
				procession.programs.worker: { command: sleep 60, stop-signal: 99 }
				""");

		fail("--spring.config.location=" + yaml.toUri());

		assertThat(output).contains("The property 'procession.programs.worker.stop-signal' with the value '99' (from ")
			.contains("No such signal '99': use one of [HUP, INT,");
	}

	@Test
	void refusesUnknownProperties(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"), """
				procession:
				  programs:
				    db:
				      command: "true"
				      run-as: { usr: hunter2 }
				      workdir: /srv
				""");

		fail("--spring.config.location=" + yaml.toUri());

		assertThat(output).contains("Unknown configuration property 'procession.programs.db.run-as.usr' (from ")
			.contains("application.yml] - 5:22)")
			.contains("'procession.programs.db.workdir' (from ")
			.contains("Known properties under 'procession.programs.db.run-as' are: group, supplementary-groups, user.")
			.contains(
					"Known properties under 'procession.programs.db' are: autostart, command, cpu-affinity, directory,")
			.doesNotContain("hunter2");
	}

	private static void fail(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(arguments));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
