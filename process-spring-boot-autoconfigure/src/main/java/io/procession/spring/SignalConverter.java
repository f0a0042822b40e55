package io.procession.spring;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

import io.procession.process.Signal;

/**
 * Converts the name or number of a signal, such as {@code TERM}, {@code SIGTERM} or
 * {@code 15}.
 */
final class SignalConverter implements GenericConverter {

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return Set.of(new ConvertiblePair(String.class, Signal.class), new ConvertiblePair(Number.class, Signal.class));
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		String text = String.valueOf(source).trim();
		return text.isEmpty() ? null : Signal.of(text);
	}

}
