package io.procession.test;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.ProcessManager;

import static io.procession.test.ProcessAssertions.assertThat;

/**
 * Runs fakes in a separate JVM without the optional jars.
 */
@Timeout(60)
class LeanClassPathIntegrationTests {

	@Test
	void needsNeitherJunitNorSpring() {
		String classPath = Arrays
			.stream((System.getProperty("surefire.test.class.path", "") + File.pathSeparator
					+ System.getProperty("java.class.path"))
				.split(File.pathSeparator))
			.filter((entry) -> !entry
				.matches(".*[/\\\\](junit-|spring-|opentest4j|apiguardian|surefire|micrometer)[^/\\\\]*"))
			.collect(Collectors.joining(File.pathSeparator));

		try (ProcessManager manager = ProcessManager.create()) {
			assertThat(manager
				.command(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath,
						LeanApplication.class.getName(), "org.junit.jupiter.api.extension.Extension",
						"org.springframework.core.io.Resource", "org.springframework.test.context.TestContext",
						"org.springframework.boot.SpringApplication")
				.run()).isSuccessful().hasOutputContaining("lean");
		}
	}

}
