package io.procession.spring;

import java.util.stream.Collectors;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains settings that do not exist: which, where they stand, what there is.
 */
final class UnknownSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnknownSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownSettingException cause) {
		String where = cause.properties()
			.stream()
			.map(UnknownSettingFailureAnalyzer::describe)
			.sorted()
			.distinct()
			.collect(Collectors.joining(", "));
		return new FailureAnalysis("There is no such setting: " + where,
				"Correct the name, or remove it. " + cause.known() + ".", cause);
	}

	private static String describe(ConfigurationProperty property) {
		return "'" + property.getName() + "'"
				+ ((property.getOrigin() != null) ? " (from " + property.getOrigin() + ")" : "");
	}

}
