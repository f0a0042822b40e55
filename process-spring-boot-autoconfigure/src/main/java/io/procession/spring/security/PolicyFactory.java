package io.procession.spring.security;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.procession.security.CommandPolicy;
import io.procession.security.EnvironmentPolicy;
import io.procession.security.Redactor;
import io.procession.spring.security.SecurityProperties.Commands;
import io.procession.spring.security.SecurityProperties.Inherit;
import io.procession.spring.security.SecurityProperties.Inheritance;
import io.procession.spring.security.SecurityProperties.Redaction;
import io.procession.spring.security.SecurityProperties.Rule;

/**
 * Creates policies from the configuration. An invalid value is rejected with the name of
 * its property.
 */
final class PolicyFactory {

	private static final String COMMANDS = "procession.security.commands";

	private static final String ENVIRONMENT = "procession.security.environment.allow";

	private PolicyFactory() {
	}

	static CommandPolicy commands(Commands commands) {
		if (commands.allow() == null && commands.deny() == null && !Boolean.FALSE.equals(commands.shells())) {
			return CommandPolicy.none();
		}
		CommandPolicy.Builder policy = CommandPolicy.builder();
		add(COMMANDS + ".allow", commands.allow(), policy::allow);
		add(COMMANDS + ".deny", commands.deny(), policy::deny);
		if (Boolean.TRUE.equals(commands.shells())) {
			policy.allowShells();
		}
		return at(COMMANDS + ".deny", commands.deny(), policy::build);
	}

	private static void add(String property, @Nullable List<Rule> rules, BiConsumer<String, String[]> policy) {
		if (rules == null) {
			return;
		}
		if (rules.isEmpty()) {
			throw invalid(property, "", "it is empty: add programs, or remove it");
		}
		for (int i = 0; i < rules.size(); i++) {
			Rule rule = rules.get(i);
			at(property + "[" + i + "]", rule.program(), () -> {
				policy.accept(rule.program(), rule.arguments().toArray(String[]::new));
				return rule;
			});
		}
	}

	static EnvironmentPolicy environment(Inheritance environment) {
		List<String> names = environment.allow();
		if (names != null && environment.inherit() != Inherit.ALLOWLIST) {
			throw invalid(ENVIRONMENT, names, "it applies only with procession.security.environment.inherit=allowlist");
		}
		return switch (environment.inherit()) {
			case ALL -> EnvironmentPolicy.inheritAll();
			case NOTHING -> EnvironmentPolicy.inheritNothing();
			case ALLOWLIST -> (names != null) ? at(ENVIRONMENT, names, () -> EnvironmentPolicy.allowlist(names))
					: EnvironmentPolicy.allowlist();
		};
	}

	static Redactor redactor(Redaction redaction) {
		List<String> names = redaction.names();
		return (names != null) ? at("procession.security.redaction.names", names, () -> Redactor.of(names))
				: Redactor.defaults();
	}

	private static <T> T at(String property, @Nullable Object value, Supplier<T> part) {
		try {
			return part.get();
		}
		catch (IllegalArgumentException ex) {
			throw invalid(property, value, String.valueOf(ex.getMessage()));
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String property, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(property, value, reason);
	}

}
