package io.procession.process;

import org.jspecify.annotations.Nullable;

/**
 * Finds the value of a {@link Secret#reference(String) referenced secret} at the moment a
 * process starts. Called on the thread that starts the process. Implementations are
 * thread-safe.
 */
@FunctionalInterface
public interface SecretResolver {

	/**
	 * The value of a secret. Neither the message of what this throws nor its cause is
	 * passed on: log what helps to find the reason, without the secret.
	 * @param name the name it was referenced by
	 * @return the value, or {@code null} if there is none of that name
	 */
	@Nullable String resolve(String name);

	/**
	 * A resolver that knows nothing: every reference is an error that names it.
	 * @return the resolver
	 */
	static SecretResolver none() {
		return NoSecrets.INSTANCE;
	}

}
