package io.procession.spring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessStartFailureAnalyzerTests {

	@Test
	void saysWhatToDoAboutMissingProgram() {
		FailureAnalysis analysis = analyze(Reason.NOT_FOUND);

		assertThat(analysis.getDescription()).contains("pg_dump").contains("could not be started");
		assertThat(analysis.getAction()).startsWith("Install the program");
	}

	@ParameterizedTest
	@EnumSource(Reason.class)
	void knowsWhatToDoForEachReason(Reason reason) {
		assertThat(analyze(reason).getAction()).isNotBlank();
	}

	private static FailureAnalysis analyze(Reason reason) {
		ProcessStartException failure = new ProcessStartException(ProcessSpec.of(Command.of("pg_dump", "shop")), reason,
				"something", null);
		return new ProcessStartFailureAnalyzer().analyze(new IllegalStateException(failure));
	}

}
