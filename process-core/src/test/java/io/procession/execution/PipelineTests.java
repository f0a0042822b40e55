package io.procession.execution;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.procession.ProcessManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for the values that a pipeline rejects before any start.
 */
class PipelineTests {

	private static final StreamStage COPY = (input, output) -> input.transferTo(output);

	private final ProcessManager processes = ProcessManager.builder().shutdownHook(false).build();

	private final Pipeline empty = this.processes.pipeline();

	private final PendingProcess cat = this.processes.command("cat");

	@AfterEach
	void close() {
		this.processes.close();
	}

	private static void refuses(Pipeline pipeline, String... why) {
		List<ThrowingCallable> doors = List.of(pipeline::run, pipeline::start, pipeline::runAsync);
		for (ThrowingCallable door : doors) {
			assertThatIllegalStateException().isThrownBy(door)
				.satisfies((ex) -> assertThat(ex.getMessage()).contains(why));
		}
	}

	@Test
	void refusesPipelineWithoutStages() {
		refuses(this.empty, "no stages", "pipe(...)");
	}

	@Test
	void requiresProgramsAroundJavaStage() {
		Stream
			.of(this.empty.pipe("upper", COPY), this.empty.pipe("upper", COPY).pipe("cat"),
					this.cat.pipe("cat").pipe("upper", COPY),
					this.cat.pipe("cat").pipe("other", COPY).pipe("upper", COPY).pipe("cat"))
			.forEach((pipeline) -> refuses(pipeline, "'upper'", "Java", "between two programs"));
	}

	@Test
	void acceptsInputAtFirstStageOnly() {
		Stream
			.of(this.cat.input("x"), this.cat.input(Path.of("file")), this.cat.input(new byte[1]),
					this.cat.input(new ByteArrayInputStream(new byte[1])))
			.forEach((stage) -> refuses(this.cat.pipe(stage.name("second")), "'second'", "input"));
	}

	@Test
	void acceptsOutputOptionsAtLastStageOnly() {
		Stream
			.of(this.cat.outputTo(Path.of("file")), this.cat.appendOutputTo(Path.of("file")),
					this.cat.idleTimeout(Duration.ofSeconds(1)))
			.forEach((stage) -> refuses(stage.name("first").pipe(this.cat), "'first'", "next stage"));
	}

	@Test
	void limitsOutputOnlyWhereReadByJvm() {
		PendingProcess limited = this.cat.outputLimit(10).name("first");

		refuses(limited.pipe(this.cat), "'first'", "outputLimit(...)", "next stage");
		assertThat(limited.pipe("copy", COPY).pipe(this.cat).stages()).hasSize(3);
		assertThat(this.cat.pipe(limited).stages()).hasSize(2);
	}

	@Test
	void refusesTerminal() {
		refuses(this.cat.tty().name("first").pipe(this.cat), "'first'", "terminal");
		refuses(this.cat.pipe(this.cat.pty(80, 24).name("second")), "'second'", "terminal");
	}

	@Test
	void refusesDetachedStage() {
		refuses(this.cat.detached().name("first").pipe(this.cat), "'first'", "detached");
		refuses(this.cat.pipe(this.cat.detached().name("second")), "'second'", "detached");
	}

	@Test
	void refusesInvalidPrograms() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.empty.pipe(""));
		assertThatIllegalArgumentException().isThrownBy(() -> this.cat.pipe("cat", "a\0b"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.empty.timeout(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> this.empty.timeout(Duration.ofSeconds(-1)));
	}

	@Test
	void refusesNullStages() {
		assertThatNullPointerException().isThrownBy(() -> this.empty.pipe((PendingProcess) null)).withMessage("stage");
		assertThatNullPointerException().isThrownBy(() -> this.empty.pipe("upper", (StreamStage) null))
			.withMessage("stage");
		assertThatNullPointerException().isThrownBy(() -> this.empty.pipe(null, COPY)).withMessage("stageName");
	}

	@Test
	void isNamedAfterItsStagesByDefault() {
		Pipeline pipeline = this.cat.pipe("/usr/bin/sort", "-n").pipe("upper", COPY).pipe(this.cat.name("last"));

		assertThat(pipeline).hasToString("Pipeline[cat | sort | upper | last]");
		assertThat(pipeline.name("report")).hasToString("Pipeline[report]");
	}

	@Test
	void isImmutable() {
		Pipeline one = this.cat.pipe("cat");
		Pipeline other = one.pipe("sort")
			.name("other")
			.timeout(Duration.ofSeconds(1))
			.pipefail(false)
			.outputTo(Path.of("file"));

		assertThat(other).hasToString("Pipeline[other]");
		assertThat(one).hasToString("Pipeline[cat | cat]");
		assertThat(one.timeout()).isNull();
		assertThat(one.pipefail()).isNull();
		assertThat(one.stages()).hasSize(2)
			.last()
			.isInstanceOfSatisfying(Pipeline.Stage.Program.class,
					(stage) -> assertThat(stage.pending().toSpec().output().outputTo()).isNull());
	}

}
