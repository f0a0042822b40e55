package io.procession.test;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX shell")
class ProcessAssertionsIntegrationTests {

	private final ProcessManager processes = ProcessManager.create();

	@AfterEach
	void closeManager() {
		this.processes.close();
	}

	@Test
	void describesRealProcesses() {
		ProcessManager processes = this.processes;

		// region assertions
		assertThat(processes.shell("echo done; echo careful >&2").run()).isSuccessful()
			.hasOutput("done")
			.hasErrorOutputContaining("care");
		assertThat(processes.shell("echo half; exit 3").run()).hasFailed().hasExitCode(3).hasOutput("half");
		assertThat(processes.shell("kill -TERM $$").run()).wasSignaledBy(Signal.TERM);
		// endregion
	}

	@Test
	void describesForeignSignal() {
		assertThat(this.processes.shell("kill -KILL $$").run()).hasFailed()
			.hasCause(ExitCause.SIGNALED)
			.wasSignaledBy(Signal.KILL);
	}

	@Test
	void describesStop() {
		RunningProcess process = this.processes.start("sleep", "60");

		process.stop();

		assertThat(process.waitFor()).hasFailed().hasCause(ExitCause.STOPPED).wasSignaledBy(Signal.TERM);
	}

	@Test
	void describesTimeout() {
		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> this.processes.command("sleep", "60").timeout(Duration.ofMillis(100)).run())
			.satisfies((exception) -> assertThat(exception.result().orElseThrow()).timedOut());
	}

	@Test
	void showsOutputWhenAssertionFails() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.processes.shell("echo 'no such table' >&2; exit 1").run()).isSuccessful())
			.withMessageContaining("exit code 1")
			.withMessageContaining("no such table");
	}

}
