package io.procession.process;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class EnvironmentTests {

	@Test
	void changesNothingByDefault() {
		Environment environment = Environment.unchanged();

		assertThat(environment.inherit()).isNull();
		assertThat(environment.variables()).isEmpty();
		assertThat(environment.secrets()).isEmpty();
		assertThat(environment.unset()).isEmpty();
	}

	@Test
	void usesLastValueOfEachName() {
		Environment set = Environment.unchanged().with("A", "1").with("B", "2").with("A", "3");

		assertThat(set.variables()).containsExactlyInAnyOrderEntriesOf(Map.of("A", "3", "B", "2"));
		assertThat(set.withUnset("A").variables()).containsOnlyKeys("B");
		assertThat(set.withUnset("A").unset()).containsExactly("A");
		assertThat(set.withUnset("A").with("A", "4").unset()).isEmpty();
		assertThat(set.with("A", Secret.of("x")).variables()).containsOnlyKeys("B");
		assertThat(set.with("A", Secret.of("x")).secrets()).containsOnlyKeys("A");
		assertThat(set.with("A", Secret.of("x")).with("A", "5").secrets()).isEmpty();
		assertThat(set.with("A", Secret.of("x")).withUnset("A").secrets()).isEmpty();
		assertThat(set.withInherit(false).inherit()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "A=B", "=", "A\0" })
	void refusesInvalidNamesOfVariables(String name) {
		Environment environment = Environment.unchanged();

		assertThatIllegalArgumentException().isThrownBy(() -> environment.with(name, "value"))
			.withMessageContaining("name of an environment variable")
			.withMessageNotContaining("value");
		assertThatIllegalArgumentException().isThrownBy(() -> environment.with(name, Secret.of("x")));
		assertThatIllegalArgumentException().isThrownBy(() -> environment.withUnset(name));
	}

	@Test
	void refusesNullValue() {
		assertThatNullPointerException().isThrownBy(() -> Environment.unchanged().with("A", (String) null))
			.withMessage(
					"The value of environment variable 'A' must not be null: use unsetEnv(...) to remove a variable");
	}

	@Test
	void refusesValueWithNulWithoutShowingIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> Environment.unchanged().with("A", "hunter2\0"))
			.withMessageContaining("'A'")
			.withMessageContaining("NUL")
			.withMessageNotContaining("hunter2");
	}

	@Test
	void showsNamesButNoValues() {
		Environment environment = Environment.unchanged()
			.with("A", "plain-value")
			.with("B", Secret.of("secret-value"))
			.withUnset("C");

		assertThat(environment.toString()).contains("A", "B", "C").doesNotContain("plain-value", "secret-value");
	}

	@Test
	void cannotBeModifiedByCaller() {
		Map<String, String> variables = new HashMap<>(Map.of("A", "1"));
		Environment environment = new Environment(true, variables, Map.of(), Set.of());
		variables.put("B", "2");

		assertThat(environment.variables()).containsOnlyKeys("A");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> environment.variables().put("B", "2"));
	}

}
