package io.procession.spring.supervision;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

import io.procession.spring.WrittenSettings;

/**
 * {@link AbstractFailureAnalyzer} for a program that can never run as configured. Names
 * the property, its origin and the required change.
 */
final class ProgramConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ProgramConfigurationException> {

	private final WrittenSettings settings;

	ProgramConfigurationFailureAnalyzer(Environment environment) {
		this.settings = new WrittenSettings(environment);
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ProgramConfigurationException cause) {
		String property = (cause.origin() != null) ? "'" + cause.property() + "' (from " + cause.origin() + ")"
				: this.settings.describe(ConfigurationPropertyName.adapt(cause.property(), '.'));
		return new FailureAnalysis(
				"The property " + property + " cannot be used: " + WrittenSettings.inYaml(cause.reason()),
				cause.action(), cause);
	}

}
