package io.procession.spring.supervision;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/**
 * Explains a program that can never run as it is configured: which property, where it
 * stands, what to type.
 */
final class ProgramConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ProgramConfigurationException> {

	private final Environment environment;

	ProgramConfigurationFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ProgramConfigurationException cause) {
		Origin origin = (cause.origin() != null) ? cause.origin() : origin(cause.property());
		return new FailureAnalysis("The property '" + cause.property() + "'"
				+ ((origin != null) ? " (from " + origin + ")" : "") + " cannot be used: " + cause.reason(),
				cause.action(), cause);
	}

	private @Nullable Origin origin(String property) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty found = source.getConfigurationProperty(name);
			if (found != null) {
				return found.getOrigin();
			}
		}
		return null;
	}

}
