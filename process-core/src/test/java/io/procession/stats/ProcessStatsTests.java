package io.procession.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ProcessStatsTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	@Test
	void sharesCpuOverLifetime() {
		assertThat(sample(START, 10_000, 5_000).cpuShare()).isEqualTo(0.5);
		assertThat(sample(START, 10_000, 20_000).cpuShare()).isEqualTo(2);
		assertThat(sample(START, 0, 0).cpuShare()).isZero();
	}

	@Test
	void sharesCpuBetweenSamples() {
		ProcessStats earlier = sample(START, 10_000, 5_000);

		assertThat(sample(START, 14_000, 6_000).cpuShareSince(earlier)).isEqualTo(0.25);
		assertThat(earlier.cpuShareSince(earlier)).isZero();
	}

	@Test
	void refusesSampleOfAnotherProcess() {
		ProcessStats earlier = sample(START, 10_000, 5_000);

		assertThatIllegalArgumentException()
			.isThrownBy(() -> sample(START.plusSeconds(60), 1_000, 0).cpuShareSince(earlier))
			.withMessageContaining("not of the same process");
	}

	private static ProcessStats sample(Instant startedAt, long uptimeMillis, long cpuMillis) {
		return new ProcessStats(7, startedAt, Duration.ofMillis(uptimeMillis), Duration.ofMillis(cpuMillis),
				OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty(),
				OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty());
	}

}
