package io.procession.spring;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

import io.procession.process.TimeLimit;

/**
 * Converts {@code none} or a duration, such as {@code 90s} or {@code PT1M}. A number
 * without a unit is in milliseconds, as for all durations of Spring Boot.
 */
final class TimeLimitConverter implements GenericConverter {

	private static final String NONE = "none";

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return Set.of(new ConvertiblePair(String.class, TimeLimit.class),
				new ConvertiblePair(Number.class, TimeLimit.class));
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		String text = String.valueOf(source).trim();
		if (text.equalsIgnoreCase(NONE)) {
			return TimeLimit.none();
		}
		Duration duration;
		try {
			duration = DurationStyle.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("it must be a duration, such as 90s, or " + NONE, ex);
		}
		if (duration.isNegative() || duration.isZero()) {
			throw new IllegalArgumentException("it must be positive, or " + NONE + " for no limit");
		}
		return TimeLimit.of(duration);
	}

}
