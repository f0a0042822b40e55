package io.procession.spring.supervision;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

import io.procession.spring.IsolationProperties.Limits;
import io.procession.spring.IsolationProperties.Ranks;
import io.procession.spring.IsolationProperties.User;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;
import io.procession.spring.supervision.SupervisionProperties.Restart;
import io.procession.supervision.RestartPolicy;

/**
 * Converts a single value to a section: {@code worker: sleep 100} configures the command
 * of the program, and {@code restart: always} the policy.
 */
final class ProgramConverter implements GenericConverter {

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return Stream.of(ProgramProperties.class, Restart.class)
			.flatMap((type) -> Stream.of(String.class, Number.class, Boolean.class)
				.map((source) -> new ConvertiblePair(source, type)))
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		String text = String.valueOf(source).trim();
		if (targetType.getType() == Restart.class) {
			return text.isEmpty() ? null : restart(text);
		}
		return new ProgramProperties(List.of(text), null, Map.of(), true, restart("on-failure"), null, null,
				new User(null, null, null), new Limits(null, null, null, null, null, null, null, null, null),
				new Ranks(null, null, null, null), List.of(), null, null, null, false);
	}

	private static Restart restart(String text) {
		RestartPolicy.When policy = switch (text.toLowerCase(Locale.ROOT).replace('_', '-')) {
			case "always" -> RestartPolicy.When.ALWAYS;
			case "on-failure", "onfailure" -> RestartPolicy.When.ON_FAILURE;
			// YAML parses an unquoted "no" as false
			case "never", "no", "false" -> RestartPolicy.When.NEVER;
			default -> throw new IllegalArgumentException(
					"it must be one of never, on-failure and always, or a section with policy and delay");
		};
		return new Restart(policy, RestartPolicy.onFailure().delay());
	}

}
