package io.procession.process;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SecretTests {

	@Test
	void printsNothing() {
		assertThat(Secret.of("hunter2")).hasToString("***");
		assertThat(Secret.reference("db-password")).hasToString("***");
	}

	@Test
	void returnsValueWhenResolved() {
		assertThat(Secret.of("hunter2").resolve(SecretResolver.none())).isEqualTo("hunter2");
		assertThat(Secret.of("").resolve(SecretResolver.none())).isEmpty();
		assertThat(Secret.reference("db").resolve((name) -> name + "!")).isEqualTo("db!");
	}

	@Test
	void distinguishesReferenceFromValue() {
		assertThat(Secret.of("hunter2").reference()).isEmpty();
		assertThat(Secret.reference("db").reference()).contains("db");
	}

	@Test
	void reportsUnknownReference() {
		Secret secret = Secret.reference("db");

		assertThatIllegalArgumentException().isThrownBy(() -> secret.resolve((name) -> null))
			.withMessageContaining("'db'");
		assertThatIllegalArgumentException().isThrownBy(() -> secret.resolve(SecretResolver.none()))
			.withMessageContaining("'db'")
			.withMessageContaining("SecretResolver");
	}

	@Test
	void doesNotPassOnMessageOfResolver() {
		SecretResolver revealing = (name) -> {
			throw new IllegalStateException("hunter2 is no number", new IllegalArgumentException("hunter2"));
		};

		assertThatIllegalArgumentException().isThrownBy(() -> Secret.reference("db").resolve(revealing))
			.withMessageStartingWith("The secret 'db' cannot be resolved: its SecretResolver threw"
					+ " java.lang.IllegalStateException at io.procession.process.SecretTests.")
			.withMessageNotContaining("hunter2")
			.withNoCause()
			.satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
	}

	@Test
	void refusesNulCharacter() {
		assertThatIllegalArgumentException().isThrownBy(() -> Secret.of("hunter2\0"))
			.withMessageContaining("NUL")
			.withMessageNotContaining("hunter2");
		assertThatIllegalArgumentException().isThrownBy(() -> Secret.reference("db").resolve((name) -> "hunter2\0"))
			.withMessageContaining("'db'")
			.withMessageNotContaining("hunter2");
		assertThatIllegalArgumentException().isThrownBy(() -> Secret.reference(" "));
	}

	@Test
	void isAValue() {
		assertThat(Secret.of("a")).isEqualTo(Secret.of("a"))
			.hasSameHashCodeAs(Secret.of("a"))
			.isNotEqualTo(Secret.of("b"))
			.isNotEqualTo(Secret.reference("a"));
		assertThat(Secret.reference("a")).isEqualTo(Secret.reference("a"));
	}

}
