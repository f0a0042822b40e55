package io.procession.spring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.procession.ProcessManager;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ProcessStartFailureAnalyzerTests {

	@Test
	void suggestsActionForMissingProgram() {
		FailureAnalysis analysis = analyze(Reason.NOT_FOUND);

		assertThat(analysis.getDescription()).contains("pg_dump").contains("could not be started");
		assertThat(analysis.getAction()).startsWith("Install the program");
	}

	@ParameterizedTest
	@EnumSource(Reason.class)
	void suggestsActionForEachReason(Reason reason) {
		assertThat(analyze(reason).getAction()).isNotBlank();
	}

	@Test
	void showsNoSecret() {
		String secret = "s3cret-value";
		try (ProcessManager processes = ProcessManager.create()) {
			ProcessStartException failure = catchThrowableOfType(ProcessStartException.class,
					() -> processes.command("/no/" + secret, "--password=" + secret)
						.secretArg(Secret.of(secret))
						.secretEnv("LICENCE", Secret.of(secret))
						.run());

			FailureAnalysis analysis = new ProcessStartFailureAnalyzer().analyze(new IllegalStateException(failure));

			assertThat(analysis.getDescription() + analysis.getAction()).contains("/no/***").doesNotContain(secret);
		}
	}

	private static FailureAnalysis analyze(Reason reason) {
		ProcessStartException failure = new ProcessStartException(ProcessSpec.of(Command.of("pg_dump", "shop")), reason,
				"something", null);
		return new ProcessStartFailureAnalyzer().analyze(new IllegalStateException(failure));
	}

}
