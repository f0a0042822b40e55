package io.procession.spring;

import java.lang.reflect.RecordComponent;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * {@link FailureAnalyzer} for invalid values of properties under {@code procession}.
 * Names the property, its origin and the expected values. Spring Boot's own analyzers
 * would name Java types.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSettingFailureAnalyzer implements FailureAnalyzer {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("procession");

	private final WrittenSettings settings;

	InvalidSettingFailureAnalyzer(Environment environment) {
		this.settings = new WrittenSettings(environment);
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof BindException ex && PREFIX.isAncestorOf(ex.getName())) {
				ConfigurationPropertyName name = (ex.getProperty() != null) ? ex.getProperty().getName() : ex.getName();
				return analysis(name, reason(ex), ex);
			}
			if (cause instanceof InvalidConfigurationPropertyValueException ex) {
				ConfigurationPropertyName name = ConfigurationPropertyName.adapt(ex.getName(), '.');
				return PREFIX.isAncestorOf(name) ? analysis(name, String.valueOf(ex.getReason()), ex) : null;
			}
		}
		return null;
	}

	private FailureAnalysis analysis(ConfigurationPropertyName name, String reason, Throwable cause) {
		String text = WrittenSettings.inYaml(reason);
		// messages of the core begin with the name in Java
		String last = DataObjectPropertyName.toDashedForm(text.split(" ", 2)[0]);
		if (name.toString().endsWith("." + last)) {
			text = "it" + text.substring(text.indexOf(' '));
		}
		return new FailureAnalysis("The property " + this.settings.describe(name) + " cannot be used: " + text,
				"Correct " + name + ".", cause);
	}

	private static String reason(BindException failure) {
		Class<?> type = failure.getTarget().getType().toClass();
		Throwable reason = failure;
		for (Throwable cause = failure; cause.getCause() != null; cause = cause.getCause()) {
			reason = cause.getCause();
			if (cause instanceof ConversionFailedException conversion
					&& !(cause.getCause() instanceof ConversionFailedException)) {
				type = conversion.getTargetType().getType();
				break;
			}
		}
		if (type.isEnum()) {
			return "it must be one of " + Arrays.stream(type.getEnumConstants())
				.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", "));
		}
		if (type == boolean.class || type == Boolean.class) {
			return "it must be true or false";
		}
		if (type == Duration.class) {
			return "it must be a duration, such as 500ms, 10s or 5m";
		}
		if (type == DataSize.class) {
			return "it must be a size, such as 512KB or 10MB";
		}
		if (reason instanceof NumberFormatException) {
			return (type == Double.class) ? "it must be a number" : "it must be a whole number";
		}
		if (type == Charset.class) {
			return "this JVM does not support this charset";
		}
		if (reason instanceof ConverterNotFoundException) {
			return type.isRecord() ? "it is a section with the properties " + Arrays.stream(type.getRecordComponents())
				.map(RecordComponent::getName)
				.map(DataObjectPropertyName::toDashedForm)
				.collect(Collectors.joining(", ")) : "it is a section and cannot have a value";
		}
		return String.valueOf(reason.getMessage());
	}

}
