package io.procession.process;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class TimeLimitTests {

	@Test
	void isDurationOrNone() {
		assertThat(TimeLimit.of(Duration.ofSeconds(1)).bound()).contains(Duration.ofSeconds(1));
		assertThat(TimeLimit.none().bound()).isEmpty();
		assertThat(TimeLimit.of(Duration.ofSeconds(1))).hasToString("PT1S");
		assertThat(TimeLimit.none()).hasToString("none").isEqualTo(new TimeLimit(null));
	}

	@Test
	void refusesNonPositiveDuration() {
		assertThatIllegalArgumentException().isThrownBy(() -> TimeLimit.of(Duration.ZERO))
			.withMessageContaining("PT0S")
			.withMessageContaining("noTimeout()");
		assertThatIllegalArgumentException().isThrownBy(() -> TimeLimit.of(Duration.ofMillis(-1)));
		assertThatNullPointerException().isThrownBy(() -> TimeLimit.of(null)).withMessageContaining("noTimeout()");
	}

}
