package io.procession.engine;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class EnvironmentPlanTests {

	private final EnvironmentPlan restricted = new EnvironmentPlan(Map.of("PATH", "/bin", "LANG", "C", "HOME", "/root"),
			Map.of("LANG", "de", "TOKEN", "hunter2"), Set.of("HOME"));

	@Test
	void variablesReplaceInheritedOnes() {
		assertThat(this.restricted.inheritsAll()).isFalse();
		assertThat(this.restricted.assigned()).containsOnly(entry("PATH", "/bin"), entry("LANG", "de"),
				entry("TOKEN", "hunter2"));
		assertThat(this.restricted.names()).containsExactly("LANG", "PATH", "TOKEN");
		assertThat(this.restricted.get("PATH")).isEqualTo("/bin");
		assertThat(this.restricted.get("LANG")).isEqualTo("de");
		assertThat(this.restricted.get("HOME")).isNull();
	}

	@Test
	void decidesOnVariablesThatAreSetOrUnset() {
		assertThat(this.restricted.decides("LANG")).isTrue();
		assertThat(this.restricted.decides("HOME")).isTrue();
		assertThat(this.restricted.decides("PATH")).isFalse();
	}

	@Test
	void inheritsEnvironmentOfJvm() {
		String name = System.getenv().keySet().iterator().next();
		EnvironmentPlan plan = new EnvironmentPlan(null, Map.of("OWN", "1"), Set.of("UNSET"));

		assertThat(plan.inheritsAll()).isTrue();
		assertThat(plan.assigned()).containsOnly(entry("OWN", "1"));
		assertThat(plan.get(name)).isEqualTo(System.getenv(name));
		assertThat(new EnvironmentPlan(null, Map.of(), Set.of(name)).get(name)).isNull();
		assertThat(plan.names()).contains(name, "OWN");
		assertThat(new EnvironmentPlan(null, Map.of(), Set.of(name)).names()).doesNotContain(name);
	}

	@Test
	void descriptionContainsNoValues() {
		assertThat(this.restricted.toString()).contains("TOKEN").doesNotContain("hunter2").doesNotContain("/bin");
	}

}
