package io.procession.supervision;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.process.Command;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;
import io.procession.process.TimeLimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ProgramTests {

	private final ProcessSpec spec = ProcessSpec.of(Command.of("worker"));

	@Test
	void startsAutomaticallyAndRestartsOnFailureByDefault() {
		Program program = Program.builder("worker", this.spec).build();

		assertThat(program).isEqualTo(new Program("worker", this.spec, true, RestartPolicy.onFailure(), false));
	}

	@Test
	void hasConfiguredValues() {
		Program program = Program.builder("worker", this.spec).autostart(false).restart(RestartPolicy.never()).build();

		assertThat(program).isEqualTo(new Program("worker", this.spec, false, RestartPolicy.never(), false));
	}

	@Test
	void completesUnsetValuesOfSpec() {
		ProcessSpec completed = Program.builder("queue", this.spec).build().processSpec();

		assertThat(completed.displayName()).isEqualTo("queue");
		assertThat(completed.timeout()).isEqualTo(TimeLimit.none());
		assertThat(completed.idleTimeout()).isEqualTo(TimeLimit.none());
		assertThat(completed.input()).isEqualTo(ProcessInput.none());
		assertThat(completed.output().keepLast()).isEqualTo(64 * 1024);
		assertThat(completed.command()).isEqualTo(this.spec.command());
	}

	@Test
	void preservesValuesOfSpec() {
		ProcessSpec configured = ProcessSpec.builder(Command.of("worker"))
			.name("queue")
			.timeout(Duration.ofMinutes(1))
			.idleTimeout(Duration.ofSeconds(1))
			.input(ProcessInput.of("input"))
			.keepLast(100)
			.directory(Path.of("folder"))
			.env("MODE", "full")
			.tag("tag")
			.successExitCodes(0, 2)
			.stopSignal(Signal.INT)
			.stopGrace(Duration.ofSeconds(2))
			.drain(Duration.ofSeconds(3))
			.newSession()
			.build();

		assertThat(Program.builder("queue", configured).build().processSpec()).isEqualTo(configured);
		assertThat(Program.builder("worker", configured.toBuilder().outputLimit(10).quietly().build())
			.build()
			.processSpec()).isEqualTo(configured.toBuilder().name("worker").outputLimit(10).quietly().build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "w", "Worker", "queue-worker", "queue_worker.2" })
	void acceptsName(String name) {
		assertThat(Program.builder(name, this.spec).build().name()).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "4711", "-w", "a/b", "a b", "a\nb", "w\u0000" })
	void refusesName(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> Program.builder(name, this.spec).build())
			.withMessageContaining("name of a program");
	}

	@Test
	void refusesDetachedProcess() {
		ProcessSpec detached = this.spec.toBuilder().detached().build();

		assertThatIllegalArgumentException().isThrownBy(() -> Program.builder("worker", detached).build())
			.withMessageContaining("'worker' must not be detached");
	}

}
