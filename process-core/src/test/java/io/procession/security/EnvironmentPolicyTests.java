package io.procession.security;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EnvironmentPolicyTests {

	private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/bin", "LC_ALL", "C", "DB_PASSWORD", "x",
			"XPATH", "y", "a+b", "z", "aab", "z");

	@Test
	void passesNamedVariables() {
		assertThat(EnvironmentPolicy.inheritAll().inherited(ENVIRONMENT)).isEqualTo(ENVIRONMENT);
		assertThat(EnvironmentPolicy.inheritNothing().inherited(ENVIRONMENT)).isEmpty();
		assertThat(EnvironmentPolicy.allowlist().inherited(ENVIRONMENT)).containsOnlyKeys("PATH", "LC_ALL");
		assertThat(EnvironmentPolicy.allowlist(List.of("*PATH", "a+*")).inherited(ENVIRONMENT)).containsOnlyKeys("PATH",
				"XPATH", "a+b");
	}

	@Test
	void refusesInvalidNames() {
		assertThatIllegalArgumentException().isThrownBy(() -> EnvironmentPolicy.allowlist(List.of("A=B")))
			.withMessageContaining("'A=B' cannot be the name of an environment variable");
		assertThatIllegalArgumentException().isThrownBy(() -> EnvironmentPolicy.allowlist(List.of("")));
	}

}
