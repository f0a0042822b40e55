package io.procession.process;

import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Something that may reach a program and nothing else: a value, or the name under which a
 * {@link SecretResolver} finds it where the program runs. Prints {@code ***}.
 * <i>Immutable.</i>
 */
public final class Secret {

	static final String MASK = "***";

	// transient: not for serializers of any kind, which may look at private fields

	private final transient @Nullable String value;

	private final transient @Nullable String reference;

	private Secret(@Nullable String value, @Nullable String reference) {
		this.value = value;
		this.reference = reference;
	}

	/**
	 * A secret whose value is known here. It is never stored.
	 * @param value the value
	 * @return the secret
	 * @throws IllegalArgumentException if the value holds a NUL character
	 */
	public static Secret of(String value) {
		return new Secret(checked(value, "A secret value"), null);
	}

	/**
	 * A secret that is looked up each time a process starts. It can be stored.
	 * @param name what the resolver knows it by
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
	 * The name of a referenced secret.
	 * @return the name, or empty if this holds a value
	 */
	public Optional<String> reference() {
		return Optional.ofNullable(this.reference);
	}

	/**
	 * The value in the clear.
	 * @param resolver reads it if this is a reference
	 * @return the value
	 * @throws IllegalArgumentException if the resolver does not know it, or what it gives
	 * holds a NUL character, or the resolver fails; without the text of the resolver's
	 * exception, which may hold the secret
	 */
	public String resolve(SecretResolver resolver) {
		if (this.value != null) {
			return this.value;
		}
		String name = Objects.requireNonNull(this.reference);
		String resolved = ask(resolver, name);
		if (resolved == null) {
			throw new IllegalArgumentException("The secret '" + name + "' is not known"
					+ ((resolver == SecretResolver.none()) ? ": this ProcessManager has no SecretResolver" : ""));
		}
		return checked(resolved, "The secret '" + name + "'");
	}

	/** The value, if it is known without asking. */
	Optional<String> value() {
		return Optional.ofNullable(this.value);
	}

	private static @Nullable String ask(SecretResolver resolver, String name) {
		try {
			return resolver.resolve(name);
		}
		catch (Exception ex) {
			// neither its message nor the exception itself: they may quote the secret
			StackTraceElement[] trace = ex.getStackTrace();
			throw new IllegalArgumentException("The secret '" + name + "' cannot be read: its SecretResolver threw "
					+ ex.getClass().getName() + ((trace.length > 0) ? " at " + trace[0] : ""));
		}
	}

	private static String checked(String value, String what) {
		if (value.indexOf('\0') >= 0) {
			throw new IllegalArgumentException(what + " holds a NUL character, which no program can receive");
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
	 * Always {@code ***}.
	 */
	@Override
	public String toString() {
		return MASK;
	}

}
