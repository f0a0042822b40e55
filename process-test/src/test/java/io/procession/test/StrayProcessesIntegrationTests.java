package io.procession.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX shell")
class StrayProcessesIntegrationTests {

	private final FakeProcesses processes = FakeProcesses.create().allowStrayProcesses();

	private final ProcessManager manager = this.processes.manager();

	@AfterEach
	void closeManager() {
		this.manager.close();
	}

	@Test
	void runAsRealProcesses() {
		this.processes.stub("git *").outputLines("fake");

		assertThat(this.manager.run("git", "pull")).hasOutput("fake");
		assertThat(this.manager.shell("echo real; exit 3").run()).hasOutput("real").hasExitCode(3);
		assertThat(this.processes).ranInOrder("git pull", "echo real; exit 3");
	}

	@Test
	void doNotLoseOutput() {
		ProcessResult result = this.manager.command("cat").input("x".repeat(1_000_000)).run();

		assertThat(result.output()).hasSize(1_000_000);
		assertThat(result.outputComplete()).isTrue();
	}

	@Test
	void haveTimeouts() {
		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> this.manager.shell("echo half; exec sleep 60").timeout(Duration.ofMillis(500)).run())
			.satisfies((ex) -> assertThat(ex.result().orElseThrow()).timedOut().hasOutput("half"));
	}

	@Test
	void areStopped() {
		List<String> lines = new ArrayList<>();
		RunningProcess process = this.manager.shell("echo ready; exec sleep 60")
			.onLine((type, line) -> lines.add(line))
			.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"))).isTrue();

		process.stop();

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED).hasExitCode(143);
		assertThat(lines).containsExactly("ready");
	}

	@Test
	void canBePiped() {
		assertThat(this.manager.shell("echo b; echo a").pipe("sort").run().output()).isEqualTo("a\nb\n");
	}

	@Test
	void endWithManager() {
		RunningProcess process = this.manager.start("sleep", "60");

		this.manager.close();

		assertThat(process.waitFor()).hasCause(ExitCause.SHUTDOWN);
	}

}
