package io.procession.spring.health;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors.Entry;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.procession.ProcessManager;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.spring.StartsProcesses;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.supervision.RestartPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@StartsProcesses
class ProgramHealthContributorIntegrationTests {

	private static final RestartPolicy LATER = RestartPolicy.always().withDelay(Duration.ofMinutes(10));

	private final ProcessManager manager = ProcessManager.builder().shutdownHook(false).build();

	private final ProcessSupervisor supervisor = ProcessSupervisor.create(this.manager.launcher());

	private final ProgramHealthContributor contributor = new ProgramHealthContributor(this.supervisor);

	@AfterEach
	void close() {
		this.supervisor.close();
		this.manager.close();
	}

	@Test
	void hasEntryForEachProgram() {
		add("first", "exec sleep 300", LATER);
		add("second", "exec sleep 300", LATER);

		assertThat(this.contributor.stream()).extracting(Entry::name).containsExactly("first", "second");
		assertThat(this.contributor.getContributor("third")).isNull();
	}

	@Test
	void isUnknownWhileStopped() {
		add("worker", "exec sleep 300", LATER);

		assertThat(health("worker").getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health("worker").getDetails()).containsEntry("state", ProgramState.STOPPED)
			.containsEntry("reason", "never started")
			.containsEntry("restarts", 0)
			.doesNotContainKeys("pid", "lastExitCode");
	}

	@Test
	void isUpWhileRunning() {
		start("worker", "exec sleep 300", LATER, ProgramState.RUNNING);

		assertThat(health("worker").getStatus()).isEqualTo(Status.UP);
		assertThat(health("worker").getDetails()).containsKey("pid");
	}

	@Test
	void isDownDuringBackoffAfterFailure() {
		start("worker", "exit 3", LATER, ProgramState.BACKOFF);

		assertThat(health("worker").getStatus()).isEqualTo(Status.DOWN);
		assertThat(health("worker").getDetails()).containsEntry("lastExitCode", 3)
			.containsEntry("reason", "exited with 3");
	}

	@Test
	void isUnknownDuringBackoffAfterSuccess() {
		start("worker", "exit 0", LATER, ProgramState.BACKOFF);

		assertThat(health("worker").getStatus()).isEqualTo(Status.UNKNOWN);
	}

	@Test
	void isDownWhenFailedFinally() {
		start("worker", "exit 3", RestartPolicy.never(), ProgramState.EXITED);

		assertThat(health("worker").getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void isUpWhenCompleted() {
		start("worker", "exit 0", RestartPolicy.never(), ProgramState.EXITED);

		assertThat(health("worker").getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void isDownWhenStartFailed() {
		this.supervisor.add(Program.builder("missing", ProcessSpec.of(Command.of("/nowhere/at/all")))
			.restart(RestartPolicy.never())
			.build());
		this.supervisor.start("missing");
		awaitState("missing", ProgramState.FATAL);

		assertThat(health("missing").getStatus()).isEqualTo(Status.DOWN);
	}

	private void add(String name, String script, RestartPolicy restart) {
		this.supervisor.add(Program.builder(name, ProcessSpec.of(Command.shell(script))).restart(restart).build());
	}

	private void start(String name, String script, RestartPolicy restart, ProgramState expected) {
		add(name, script, restart);
		this.supervisor.start(name);
		awaitState(name, expected);
	}

	private void awaitState(String name, ProgramState state) {
		await().atMost(Duration.ofSeconds(20)).until(() -> this.supervisor.find(name).orElseThrow().state() == state);
	}

	private Health health(String name) {
		return ((HealthIndicator) this.contributor.getContributor(name)).health();
	}

}
