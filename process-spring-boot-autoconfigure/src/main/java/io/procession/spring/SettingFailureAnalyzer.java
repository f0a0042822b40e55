package io.procession.spring;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * {@link AbstractFailureAnalyzer} for a property that cannot be used as it is configured.
 * Names the property, its origin and the required change.
 */
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<SettingException> {

	private final WrittenSettings settings;

	SettingFailureAnalyzer(Environment environment) {
		this.settings = new WrittenSettings(environment);
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SettingException cause) {
		String property = (cause.origin() != null) ? "'" + cause.property() + "' (from " + cause.origin() + ")"
				: this.settings.describe(ConfigurationPropertyName.adapt(cause.property(), '.'));
		return new FailureAnalysis(
				"The property " + property + " cannot be used: " + WrittenSettings.inYaml(cause.reason()),
				cause.action(), cause);
	}

}
