package io.procession.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Rejects unsupported versions of Spring Boot before anything is configured. Some of the
 * auto-configurations would be ignored silently because the classes that they need were
 * in other packages. Uses only what older versions provide.
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
			// an unusual version is not checked
		}
	}

	/** Exception thrown if the Spring Boot version of the application is too old. */
	static final class UnsupportedVersionException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		UnsupportedVersionException(String version) {
			super("Procession requires Spring Boot " + OLDEST + " or newer, but this application uses " + version);
		}

	}

	/** {@link AbstractFailureAnalyzer} for that exception. */
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
