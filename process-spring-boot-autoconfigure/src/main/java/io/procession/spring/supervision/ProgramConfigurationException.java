package io.procession.spring.supervision;

import java.util.Objects;

/**
 * A configured program can never run. Holds no values: a command may contain a password.
 */
final class ProgramConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String reason;

	private final String action;

	ProgramConfigurationException(String property, String reason, String action) {
		super("The property '" + property + "' cannot be used: " + reason);
		this.property = property;
		this.reason = reason;
		this.action = action;
	}

	ProgramConfigurationException(String property, IllegalArgumentException cause) {
		this(property, Objects.requireNonNullElse(cause.getMessage(), cause.toString()), "Correct " + property + ".");
		initCause(cause);
	}

	String property() {
		return this.property;
	}

	String reason() {
		return this.reason;
	}

	String action() {
		return this.action;
	}

}
