package io.procession.engine.local;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ArgumentSpace}.
 */
class ArgumentSpaceTests {

	@Test
	void isSufficientForFewArguments() {
		assertThat(space(10, 100).isEnough()).isTrue();
	}

	@Test
	void isInsufficientForSingleLongArgument() {
		assertThat(space(1, 128 * 1024).isEnough()).isFalse();
	}

	@Test
	void isInsufficientForTooManyArguments() {
		assertThat(space(100, 100_000).isEnough()).isFalse();
	}

	private static ArgumentSpace space(int count, int length) {
		ArgumentSpace space = new ArgumentSpace();
		for (int i = 0; i < count; i++) {
			space.add("x".repeat(length));
		}
		return space;
	}

}
