package io.procession.execution;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;

import io.procession.process.TimeLimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class ProcessSettingsTests {

	@Test
	void hasDocumentedDefaults() {
		ProcessSettings settings = ProcessSettings.DEFAULTS;

		assertThat(settings.timeout()).isEqualTo(TimeLimit.of(Duration.ofSeconds(60)));
		assertThat(settings.startTimeout()).isEqualTo(TimeLimit.none());
		assertThat(settings.idleTimeout()).isEqualTo(TimeLimit.none());
		assertThat(settings.stopGrace()).isEqualTo(Duration.ofSeconds(10));
		assertThat(settings.timeoutGrace()).isEqualTo(Duration.ofSeconds(2));
		assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(1));
		assertThat(settings.shutdownGrace()).isEqualTo(Duration.ofSeconds(10));
		assertThat(settings.lostAfter()).isEqualTo(Duration.ofSeconds(5));
		assertThat(settings.sweepInterval()).isEqualTo(Duration.ofMillis(500));
		assertThat(settings.charset()).isEqualTo(StandardCharsets.UTF_8);
		assertThat(settings.maxLineLength()).isEqualTo(1 << 20);
		assertThat(settings.maxConcurrent()).isEqualTo(Integer.MAX_VALUE);
		assertThat(settings.acquireTimeout()).isEqualTo(Duration.ofSeconds(30));
		assertThat(settings.outputLimit()).isNull();
	}

	@Test
	void changesSingleValues() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.drain(Duration.ofSeconds(7))
			.maxConcurrent(3)
			.build();

		assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(7));
		assertThat(settings.maxConcurrent()).isEqualTo(3);
		assertThat(settings.toBuilder().drain(Duration.ofSeconds(1)).maxConcurrent(Integer.MAX_VALUE).build())
			.isEqualTo(ProcessSettings.DEFAULTS);
	}

	@Test
	void reportsInvalidValue() {
		Duration negative = Duration.ofSeconds(-1);

		refuses((builder) -> builder.stopGrace(negative), "stopGrace");
		refuses((builder) -> builder.timeoutGrace(negative), "timeoutGrace");
		refuses((builder) -> builder.drain(negative), "drain");
		refuses((builder) -> builder.shutdownGrace(negative), "shutdownGrace");
		refuses((builder) -> builder.lostAfter(Duration.ZERO), "lostAfter");
		refuses((builder) -> builder.sweepInterval(Duration.ZERO), "sweepInterval");
		refuses((builder) -> builder.acquireTimeout(negative), "acquireTimeout");
		refuses((builder) -> builder.maxLineLength(15), "maxLineLength");
		refuses((builder) -> builder.maxConcurrent(0), "maxConcurrent");
		refuses((builder) -> builder.outputLimit(-1), "outputLimit");
	}

	private static void refuses(UnaryOperator<ProcessSettings.Builder> change, String culprit) {
		ProcessSettings.Builder builder = change.apply(ProcessSettings.DEFAULTS.toBuilder());
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining(culprit);
	}

	@Test
	void reportsMissingValue() {
		misses((builder) -> builder.timeout(null), "timeout");
		misses((builder) -> builder.startTimeout(null), "startTimeout");
		misses((builder) -> builder.idleTimeout(null), "idleTimeout");
		misses((builder) -> builder.stopGrace(null), "stopGrace");
		misses((builder) -> builder.lostAfter(null), "lostAfter");
		misses((builder) -> builder.charset(null), "charset");
		misses((builder) -> builder.isolation(null), "isolation");
	}

	private static void misses(UnaryOperator<ProcessSettings.Builder> change, String culprit) {
		ProcessSettings.Builder builder = change.apply(ProcessSettings.DEFAULTS.toBuilder());
		assertThatNullPointerException().isThrownBy(builder::build).withMessage(culprit);
	}

	@Test
	void acceptsZeroForImmediate() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.stopGrace(Duration.ZERO)
			.timeoutGrace(Duration.ZERO)
			.drain(Duration.ZERO)
			.shutdownGrace(Duration.ZERO)
			.acquireTimeout(Duration.ZERO)
			.build();

		assertThat(settings.drain()).isZero();
	}

}
