package io.procession.process;

import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A value that may only be passed to a program: either the value itself, or a name that
 * is resolved by a {@link SecretResolver} where the program is executed. It is printed as
 * {@code ***}. <i>Immutable.</i>
 */
public final class Secret {

	static final String MASK = "***";

	// transient: hidden from serializers of any kind, which may access private fields

	private final transient @Nullable String value;

	private final transient @Nullable String reference;

	private Secret(@Nullable String value, @Nullable String reference) {
		this.value = value;
		this.reference = reference;
	}

	/**
	 * Create a secret with the given value, which is never stored.
	 * @param value the value
	 * @return the secret
	 * @throws IllegalArgumentException if the value contains a NUL character
	 */
	public static Secret of(String value) {
		return new Secret(checked(value, "A secret value"), null);
	}

	/**
	 * Create a secret that is resolved each time a process starts. It can be stored.
	 * @param name name by which the resolver finds the value
	 * @return the secret
	 * @throws IllegalArgumentException if the name is blank
	 */
	public static Secret reference(String name) {
		if (name.isBlank()) {
			throw new IllegalArgumentException("The name of a secret must not be empty");
		}
		return new Secret(null, name);
	}

	/**
	 * Return the name of a referenced secret.
	 * @return the name, or empty if this secret has a value
	 */
	public Optional<String> reference() {
		return Optional.ofNullable(this.reference);
	}

	/**
	 * Return the value in plain text.
	 * @param resolver resolves the value of a reference
	 * @return the value
	 * @throws IllegalArgumentException if the resolver finds no value or fails, or the
	 * value contains a NUL character; the message of the resolver's exception is omitted,
	 * since it may contain the secret
	 */
	public String resolve(SecretResolver resolver) {
		if (this.value != null) {
			return this.value;
		}
		String name = Objects.requireNonNull(this.reference);
		String resolved = ask(resolver, name);
		if (resolved == null) {
			throw new IllegalArgumentException("The secret '" + name + "' is unknown"
					+ ((resolver == SecretResolver.none()) ? ": this ProcessManager has no SecretResolver" : ""));
		}
		return checked(resolved, "The secret '" + name + "'");
	}

	/** Return the value, if it is known without a resolver. */
	Optional<String> value() {
		return Optional.ofNullable(this.value);
	}

	private static @Nullable String ask(SecretResolver resolver, String name) {
		try {
			return resolver.resolve(name);
		}
		catch (Exception ex) {
			// omit the exception and its message, which may contain the secret
			StackTraceElement[] trace = ex.getStackTrace();
			throw new IllegalArgumentException("The secret '" + name + "' cannot be resolved: its SecretResolver threw "
					+ ex.getClass().getName() + ((trace.length > 0) ? " at " + trace[0] : ""));
		}
	}

	private static String checked(String value, String what) {
		if (value.indexOf('\0') >= 0) {
			throw new IllegalArgumentException(what + " contains a NUL character, which cannot be passed to a program");
		}
		return value;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Secret secret && Objects.equals(this.value, secret.value)
				&& Objects.equals(this.reference, secret.reference);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.value, this.reference);
	}

	/**
	 * Return {@code ***}.
	 */
	@Override
	public String toString() {
		return MASK;
	}

}
