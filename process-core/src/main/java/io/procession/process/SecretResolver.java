package io.procession.process;

import org.jspecify.annotations.Nullable;

/**
 * Resolves the value of a {@link Secret#reference(String) referenced secret} when a
 * process starts. Called on the thread that starts the process. Implementations must be
 * thread-safe.
 */
@FunctionalInterface
public interface SecretResolver {

	/**
	 * Return the value of a secret. Neither the message nor the cause of an exception is
	 * passed on, so implementations should log the reason, without the secret.
	 * @param name the name of the reference
	 * @return the value, or {@code null} if there is no secret of that name
	 */
	@Nullable String resolve(String name);

	/**
	 * Return a resolver that resolves no secret: every reference causes an exception with
	 * its name.
	 * @return the resolver
	 */
	static SecretResolver none() {
		return NoSecrets.INSTANCE;
	}

}
