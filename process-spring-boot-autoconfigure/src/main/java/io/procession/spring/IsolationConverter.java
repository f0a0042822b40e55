package io.procession.spring;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

import io.procession.spring.IsolationProperties.Limits;
import io.procession.spring.IsolationProperties.Ranks;
import io.procession.spring.IsolationProperties.User;

/**
 * Converts a single value to a section: {@code run-as: nobody} configures the user, and
 * {@code priority: 10} the nice value. An ambiguous value is rejected with a message that
 * shows what to write instead.
 */
final class IsolationConverter implements GenericConverter {

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return Stream.of(User.class, Limits.class, Ranks.class)
			.flatMap((type) -> Stream.of(String.class, Number.class, Boolean.class)
				.map((source) -> new ConvertiblePair(source, type)))
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		String text = String.valueOf(source).trim();
		if (text.isEmpty()) {
			return null;
		}
		if (targetType.getType() == User.class) {
			return user(text);
		}
		if (targetType.getType() == Ranks.class) {
			return priority(text);
		}
		throw new IllegalArgumentException("it is ambiguous: use memory: " + text
				+ " to limit all processes of a tree together, which requires a control group, or address-space: "
				+ text + " to limit each process");
	}

	private static User user(String text) {
		int colon = text.indexOf(':');
		if (colon >= 0) {
			throw new IllegalArgumentException("it must be a user only: use user: " + text.substring(0, colon)
					+ " and group: " + text.substring(colon + 1));
		}
		return new User(text, null, null);
	}

	private static Ranks priority(String text) {
		try {
			return new Ranks(Integer.valueOf(text), null, null, null);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(
					"it must be a nice value, -20 (highest priority) to 19 (lowest), or a section with"
							+ " nice, io-class, io-level or scheduling",
					ex);
		}
	}

}
