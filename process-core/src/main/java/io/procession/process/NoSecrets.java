package io.procession.process;

import org.jspecify.annotations.Nullable;

/**
 * A resolver that resolves no secret.
 */
final class NoSecrets implements SecretResolver {

	static final SecretResolver INSTANCE = new NoSecrets();

	private NoSecrets() {
	}

	@Override
	public @Nullable String resolve(String name) {
		return null;
	}

}
