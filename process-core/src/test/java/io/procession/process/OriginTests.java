package io.procession.process;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.process.Origin.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class OriginTests {

	@Test
	void callHasNoDetails() {
		Origin origin = Origin.call();

		assertThat(origin).isEqualTo(Origin.builder(Kind.CALL).build()).hasToString("Origin[kind=CALL]");
		assertThat(origin.name()).isNull();
		assertThat(origin.nominalTime()).isNull();
		assertThat(origin.attempt()).isNull();
		assertThat(origin.principal()).isNull();
		assertThat(origin.parent()).isNull();
	}

	@Test
	void hasAllDetailsThatAreSet() {
		Origin origin = Origin.builder(Kind.SCHEDULE)
			.name("nightly")
			.nominalTime(Instant.EPOCH)
			.attempt(2)
			.principal("ada")
			.parent("job-1")
			.build();

		assertThat(origin).isEqualTo(new Origin(Kind.SCHEDULE, "nightly", Instant.EPOCH, 2, "ada", "job-1"))
			.hasToString("Origin[kind=SCHEDULE, name=nightly, nominalTime=1970-01-01T00:00:00Z, attempt=2,"
					+ " principal=ada, parent=job-1]");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void rejectsAttemptBelowOne(int attempt) {
		Origin.Builder builder = Origin.builder(Kind.JOB).attempt(attempt);

		assertThatIllegalArgumentException().isThrownBy(builder::build)
			.withMessage("The attempt of an origin must be at least 1: " + attempt);
	}

	@Test
	void rejectsBlankText() {
		assertThatIllegalArgumentException().isThrownBy(Origin.builder(Kind.JOB).name(" ")::build)
			.withMessage("The name of an origin must not be blank: omit name(...) if there is none");
		assertThatIllegalArgumentException().isThrownBy(Origin.builder(Kind.JOB).principal("")::build)
			.withMessageContaining("principal");
		assertThatIllegalArgumentException().isThrownBy(Origin.builder(Kind.JOB).parent("\n")::build)
			.withMessageContaining("parent");
	}

	@Test
	void isShownOnOneLine() {
		Origin origin = Origin.builder(Kind.CALL).principal("ada\nroot logged in").build();

		assertThat(origin).hasToString("Origin[kind=CALL, principal=ada\\nroot logged in]");
	}

}
