package io.procession.spring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class SpringBootVersionCheckTests {

	@ParameterizedTest
	@ValueSource(strings = { "2.7.18", "3.5.7", "3.0.0-SNAPSHOT" })
	void refusesOlderSpringBoot(String version) {
		assertThatExceptionOfType(SpringBootVersionCheck.UnsupportedVersionException.class)
			.isThrownBy(() -> SpringBootVersionCheck.check(version))
			.withMessage("Procession requires Spring Boot 4 or newer, but this application uses " + version)
			.satisfies((ex) -> {
				FailureAnalysis analysis = new SpringBootVersionCheck.Analyzer().analyze(ex);
				assertThat(analysis).isNotNull();
				assertThat(analysis.getAction()).startsWith("Upgrade to Spring Boot 4");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "4.0.0", "4.1.2", "10.0.0", "unknown", "x.y" })
	void acceptsOtherVersions(String version) {
		assertThatNoException().isThrownBy(() -> SpringBootVersionCheck.check(version));
	}

	@Test
	void isCheckedByEveryApplication() {
		assertThat(SpringBootVersion.getVersion()).startsWith("4.");
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationContextInitializer.class))
			.hasAtLeastOneElementOfType(SpringBootVersionCheck.class);
	}

}
