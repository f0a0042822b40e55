package io.procession.spring;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/**
 * Exception thrown if a property cannot be used as it is configured. It contains no
 * values because a command may contain a password.
 */
public final class SettingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Name of the property. */
	private final String property;

	/** Reason, as the end of a sentence. */
	private final String reason;

	/** The required change. */
	private final String action;

	private final transient @Nullable Origin origin;

	/**
	 * Create an exception.
	 * @param property name of the property
	 * @param reason why it cannot be used, as the end of a sentence
	 * @param action the required change, as a sentence
	 */
	public SettingException(String property, String reason, String action) {
		this(property, null, reason, action);
	}

	SettingException(String property, @Nullable Origin origin, String reason, String action) {
		super("The property '" + property + "' cannot be used: " + reason);
		this.origin = origin;
		this.property = property;
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Create an exception for a value that is rejected.
	 * @param property name of the property
	 * @param cause the reason
	 */
	public SettingException(String property, IllegalArgumentException cause) {
		this(property, Objects.requireNonNullElse(cause.getMessage(), cause.toString()), "Correct " + property + ".");
		initCause(cause);
	}

	/**
	 * Return the name of the property.
	 * @return the name
	 */
	public String property() {
		return this.property;
	}

	/** Return the origin of the property, or {@code null} if it must be looked up. */
	@Nullable Origin origin() {
		return this.origin;
	}

	/**
	 * Return why the property cannot be used.
	 * @return the reason, as the end of a sentence
	 */
	public String reason() {
		return this.reason;
	}

	/**
	 * Return the required change.
	 * @return the change, as a sentence
	 */
	public String action() {
		return this.action;
	}

}
