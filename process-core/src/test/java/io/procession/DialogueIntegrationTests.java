package io.procession;

import org.junit.jupiter.api.Test;

import io.procession.process.ProcessFailedException;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Loops over a live process: what it asks, what it has written when it has ended, whether
 * its time is over.
 */
@RealProcesses
class DialogueIntegrationTests {

	// --- prompts

	@Test
	void showsTheEndOfStandardOutputIfStandardErrorIsEmpty(ProcessManager processes) {
		String secret = "planted-4711";

		assertThat(processes.shell("echo '[ERROR] no'; echo pass $X; exit 1")
			.env("DB_PASSWORD", secret)
			.env("X", secret)
			.run())
			.satisfies((result) -> assertThatExceptionOfType(ProcessFailedException.class)
				.isThrownBy(result::throwIfFailed)
				.withMessageEndingWith("; stdout ends: \"[ERROR] no | pass ***\""));
		assertThat(processes.shell("echo out; echo err >&2; exit 1").run()).satisfies(
				(result) -> assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
					.withMessageEndingWith("; stderr ends: \"err\""));
		assertThat(processes.shell("echo out; echo err >&2; exit 1").mergeErrorOutput().run()).satisfies(
				(result) -> assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
					.withMessageEndingWith("; stdout ends: \"out | err\""));
	}

}
