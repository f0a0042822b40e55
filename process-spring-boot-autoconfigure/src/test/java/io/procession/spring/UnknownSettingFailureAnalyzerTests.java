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
class UnknownSettingFailureAnalyzerTests {

	@Test
	void reportsNameOriginAndKnownProperties(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"), """
				procession:
				  shutdown-grace: 5s
				  timeout: hunter2
				""");

		fail("--spring.config.location=" + yaml.toUri());

		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Unknown configuration property 'procession.timeout' (from ")
			.contains("application.yml] - 3:12)")
			.contains(
					"Correct the name, or remove it. Known properties under 'procession' are: acquire-timeout, before-stop-timeout, ")
			.doesNotContain("hunter2");
	}

	@Test
	void reportsUnknownDefaultAndOrigin(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"), """
				procession:
				  defaults:
				    run-as: { usr: hunter2 }
				""");

		fail("--spring.config.location=" + yaml.toUri());

		assertThat(output).contains("Unknown configuration property 'procession.defaults.run-as.usr' (from ")
			.contains("application.yml] - 3:20)")
			.contains("Known properties under 'procession.defaults.run-as' are: group, supplementary-groups, user.")
			.doesNotContain("hunter2");
	}

	private static void fail(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(arguments).close());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
