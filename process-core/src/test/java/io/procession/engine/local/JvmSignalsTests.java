package io.procession.engine.local;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JvmSignalsTests {

	@Test
	void areNotResetIfNothingIsIgnored() {
		JvmSignals signals = new JvmSignals(() -> "SigBlk:\t0000000000000004\nSigIgn:\t0000000180000000\n", () -> {
			throw new AssertionError("nothing has to be started");
		});

		assertThat(signals.haveToBeReset(false)).isFalse();
		assertThat(signals.limitation()).isEmpty();
	}

	@Test
	void areNotResetIfUnknown() {
		assertThat(new JvmSignals(() -> "", () -> Optional.of(true)).haveToBeReset(false)).isFalse();
	}

	@Test
	void areResetIfIgnored() {
		JvmSignals signals = new JvmSignals(() -> "SigBlk:\t0000000000000004\nSigIgn:\t0000000000000003\n",
				() -> Optional.of(true));

		assertThat(signals.haveToBeReset(false)).isTrue();
		assertThat(signals.haveToBeReset(true)).isTrue();
		assertThat(signals.limitation()).isEmpty();
	}

	@Test
	void arePartlyResetOnTerminal() {
		JvmSignals signals = new JvmSignals(() -> "SigIgn:\t0000000000001006\n", () -> Optional.of(true));

		assertThat(signals.haveToBeReset(false)).isTrue();
		assertThat(signals.haveToBeReset(true)).isFalse();
	}

	@Test
	void areLimitationIfTheyCannotBeReset() {
		JvmSignals signals = new JvmSignals(() -> "SigIgn:\t0000000000000003\n", () -> Optional.of(false));

		assertThat(signals.haveToBeReset(false)).isFalse();
		assertThat(signals.limitation()).hasValueSatisfying(
				(text) -> assertThat(text).contains("with the signals [HUP, INT] ignored", "coreutils 8.31"));
	}

	@Test
	void areTriedAgainIfThatFailedForLackOfResources() {
		Deque<Optional<Boolean>> trials = new ArrayDeque<>(List.of(Optional.empty(), Optional.of(true)));
		JvmSignals signals = new JvmSignals(() -> "SigIgn:\t0000000000000003\n", trials::remove);

		assertThat(signals.canBeSet()).isFalse();
		assertThat(signals.canBeSet()).isTrue();
		assertThat(signals.haveToBeReset(false)).isTrue();
		assertThat(trials).isEmpty();
	}

	@Test
	void areReadOnce() {
		int[] reads = { 0 };
		JvmSignals signals = new JvmSignals(() -> {
			reads[0]++;
			return "";
		}, () -> Optional.of(true));

		signals.haveToBeReset(false);
		signals.haveToBeReset(true);

		assertThat(reads[0]).isEqualTo(1);
	}

}
