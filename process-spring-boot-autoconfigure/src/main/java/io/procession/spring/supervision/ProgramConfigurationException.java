package io.procession.spring.supervision;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/**
 * Exception thrown if a configured program can never run. It contains no values because a
 * command may contain a password.
 */
final class ProgramConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String reason;

	private final String action;

	private final transient @Nullable Origin origin;

	ProgramConfigurationException(String property, String reason, String action) {
		this(property, null, reason, action);
	}

	ProgramConfigurationException(String property, @Nullable Origin origin, String reason, String action) {
		super("The property '" + property + "' cannot be used: " + reason);
		this.origin = origin;
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

	/** Return the origin of the property, or {@code null} if it must be looked up. */
	@Nullable Origin origin() {
		return this.origin;
	}

	String reason() {
		return this.reason;
	}

	String action() {
		return this.action;
	}

}
