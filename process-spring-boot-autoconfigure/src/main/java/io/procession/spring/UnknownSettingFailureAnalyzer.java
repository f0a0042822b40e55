package io.procession.spring;

import java.util.stream.Collectors;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * {@link AbstractFailureAnalyzer} for unknown properties. Names the properties, their
 * origins and the available ones.
 */
final class UnknownSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnknownSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownSettingException cause) {
		String where = cause.unknown()
			.stream()
			.map(UnknownSettingFailureAnalyzer::describe)
			.distinct()
			.collect(Collectors.joining(", "));
		String advice = cause.unknown()
			.stream()
			.map(UnknownSettingException.Unknown::advice)
			.distinct()
			.collect(Collectors.joining(". "));
		return new FailureAnalysis("Unknown configuration property " + where,
				"Correct the name, or remove it. " + advice + ".", cause);
	}

	private static String describe(UnknownSettingException.Unknown unknown) {
		return "'" + unknown.name() + "'" + ((unknown.origin() != null) ? " (from " + unknown.origin() + ")" : "");
	}

}
