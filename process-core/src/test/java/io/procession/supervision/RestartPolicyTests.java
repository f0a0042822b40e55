package io.procession.supervision;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.supervision.RestartPolicy.When;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RestartPolicyTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			0,   EXITED,         false, false, true
			2,   EXITED,         false, false, true
			1,   EXITED,         false, true,  true
			137, SIGNALED,       false, true,  true
			143, TIMED_OUT,      false, true,  true
			143, IDLE_TIMED_OUT, false, true,  true
			143, OUTPUT_LIMIT,   false, true,  true
			143, STOPPED,        false, false, true
			137, KILLED,         false, false, true
			""")
	void restartsAccordingToPolicy(int exitCode, ExitCause cause, boolean never, boolean onFailure, boolean always) {
		ProcessSpec spec = ProcessSpec.builder(Command.of("worker")).successExitCodes(0, 2).build();
		ProcessResult result = ProcessResult.builder(spec).exit(exitCode, cause).build();

		assertThat(RestartPolicy.never().restartsAfter(result)).isEqualTo(never);
		assertThat(RestartPolicy.onFailure().restartsAfter(result)).isEqualTo(onFailure);
		assertThat(RestartPolicy.always().restartsAfter(result)).isEqualTo(always);
	}

	@Test
	void retriesFailedStartUnlessNeverRestarted() {
		assertThat(RestartPolicy.never().restartsAfterFailedStart()).isFalse();
		assertThat(RestartPolicy.onFailure().restartsAfterFailedStart()).isTrue();
		assertThat(RestartPolicy.always().restartsAfterFailedStart()).isTrue();
	}

	@Test
	void waitsOneSecondByDefault() {
		assertThat(RestartPolicy.onFailure()).isEqualTo(new RestartPolicy(When.ON_FAILURE, Duration.ofSeconds(1)));
		assertThat(RestartPolicy.always().withDelay(Duration.ZERO))
			.isEqualTo(new RestartPolicy(When.ALWAYS, Duration.ZERO));
	}

	@Test
	void refusesNegativeDelay() {
		assertThatIllegalArgumentException().isThrownBy(() -> RestartPolicy.always().withDelay(Duration.ofMillis(-1)))
			.withMessageContaining("PT-0.001S");
	}

}
