package io.procession.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Refuses a Spring Boot that is too old before anything is configured: some of the
 * auto-configurations would be passed over in silence, since the classes that they need
 * have been in other packages. Uses nothing that older versions lack.
 */
final class SpringBootVersionCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final int OLDEST = 4;

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		check(SpringBootVersion.getVersion());
	}

	static void check(@Nullable String version) {
		int dot = (version != null) ? version.indexOf('.') : -1;
		if (version == null || dot < 0) {
			return;
		}
		try {
			if (Integer.parseInt(version.substring(0, dot)) < OLDEST) {
				throw new UnsupportedVersionException(version);
			}
		}
		catch (NumberFormatException ex) {
			// a version that is called in another way is not judged
		}
	}

	/** The Spring Boot of the application is too old. */
	static final class UnsupportedVersionException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		UnsupportedVersionException(String version) {
			super("Procession requires Spring Boot " + OLDEST + " or newer, but this application uses " + version);
		}

	}

	/** Explains it. */
	static final class Analyzer extends AbstractFailureAnalyzer<UnsupportedVersionException> {

		@Override
		protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedVersionException cause) {
			return new FailureAnalysis(cause.getMessage() + ".",
					"Upgrade to Spring Boot " + OLDEST
							+ ", or replace the starter by process-core, which needs no Spring, and define a"
							+ " ProcessManager bean: ProcessManager.create().",
					cause);
		}

	}

}
