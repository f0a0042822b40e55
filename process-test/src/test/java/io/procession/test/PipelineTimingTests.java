package io.procession.test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.execution.PipelineResult;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningPipeline;
import io.procession.execution.StreamStageException;
import io.procession.process.ExitCause;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.process.TimeLimit;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * By what and when the stages of a pipeline end, by the clock of the fakes. The default
 * timeout, which would end them in any case, is an hour.
 */
@Timeout(60)
class PipelineTimingTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	/** Time between two checks of a stop. */
	private static final Duration ROUND = Duration.ofMillis(20);

	private final FakeProcesses processes = FakeProcesses.create();

	private final ProcessManager manager = ProcessManager.builder()
		.engine(this.processes)
		.shutdownHook(false)
		.settings(ProcessSettings.DEFAULTS.toBuilder().timeout(TimeLimit.of(Duration.ofHours(1))).build())
		.build();

	PipelineTimingTests() {
		this.processes.stub("quick *").after(SECOND).outputLines("text");
		this.processes.stub("slow *").outputLines("text").hangs();
		this.processes.stub("stubborn *").ignores(Signal.TERM).hangs();
	}

	@AfterEach
	void reset() {
		this.processes.reset();
	}

	private PendingProcess fake(String name) {
		return this.manager.command(name, "x");
	}

	private void isElapsed(Duration expected) {
		assertThat(Duration.between(ManualTime.START, this.processes.time().now())).isBetween(expected,
				expected.plus(ROUND));
	}

	private List<List<Signal>> signals() {
		return this.processes.calls().stream().map(ProcessCall::signals).toList();
	}

	@Test
	void stopsAllStagesAtItsDeadline() {
		RunningPipeline pipeline = fake("slow").pipe(fake("stubborn")).pipe(fake("slow")).timeout(SECOND).start();

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(pipeline::waitFor);

		isElapsed(Duration.ofSeconds(3));
		assertThat(pipeline.onExit().join().stages()).extracting(ProcessResult::cause)
			.containsOnly(ExitCause.TIMED_OUT);
		assertThat(signals()).containsExactly(List.of(Signal.TERM), List.of(Signal.TERM, Signal.KILL),
				List.of(Signal.TERM));
	}

	@Test
	void stopsAStageAtItsOwnDeadline() {
		this.processes.stub("reader").readsInput().after(SECOND);
		RunningPipeline pipeline = fake("slow").timeout(SECOND).pipe("reader").start();

		PipelineResult result = pipeline.onExit().join();

		isElapsed(Duration.ofSeconds(2));
		assertThat(result.stages().get(0)).timedOut().wasSignaledBy(Signal.TERM);
		assertThat(result.stages().get(1)).isSuccessful();
		assertThat(signals()).containsExactly(List.of(Signal.TERM), List.of());
	}

	@Test
	void stopsAllStagesWithinOneGrace() {
		RunningPipeline pipeline = fake("stubborn").pipe(fake("slow")).pipe(fake("stubborn")).start();

		pipeline.stop(Duration.ofSeconds(4));

		isElapsed(Duration.ofSeconds(4));
		assertThat(pipeline.waitFor().stages()).extracting(ProcessResult::cause).containsOnly(ExitCause.STOPPED);
		assertThat(signals()).containsExactly(List.of(Signal.TERM, Signal.KILL), List.of(Signal.TERM),
				List.of(Signal.TERM, Signal.KILL));
	}

	@Test
	void killsAllStagesAtOnce() {
		RunningPipeline pipeline = fake("slow").pipe(fake("stubborn")).start();

		pipeline.kill();

		isElapsed(Duration.ZERO);
		assertThat(pipeline.waitFor().stages()).extracting(ProcessResult::cause).containsOnly(ExitCause.KILLED);
		assertThat(signals()).containsExactly(List.of(Signal.KILL), List.of(Signal.KILL));
	}

	@Test
	void bringsASignalToEachStageThatRuns() {
		this.processes.stub("server").exitsOn(Signal.USR1, 7).hangs();
		RunningPipeline pipeline = fake("quick").pipe("server").pipe("server").start();
		this.processes.advance(SECOND);

		pipeline.signal(Signal.USR1);

		assertThat(pipeline.waitFor().stages()).extracting(ProcessResult::exitCode).containsExactly(0, 7, 7);
		assertThat(signals()).containsExactly(List.of(), List.of(Signal.USR1), List.of(Signal.USR1));
		isElapsed(SECOND);
	}

	@Test
	void stopsItsProgramsWhenAStageInJavaFails() {
		assertThatExceptionOfType(StreamStageException.class)
			.isThrownBy(() -> fake("slow").pipe(fake("stubborn")).pipe("broken", (input, output) -> {
				throw new IOException("planned");
			}).pipe(fake("slow")).run());

		// the grace of a timeout
		isElapsed(Duration.ofSeconds(2));
		assertThat(signals()).containsExactly(List.of(Signal.TERM), List.of(Signal.TERM, Signal.KILL),
				List.of(Signal.TERM));
	}

	@Test
	void doesNotEndTheInputOfTheNextProgramWhenAStageInJavaFails() {
		this.processes.stub("load").readsInput().outputLines("loaded all");

		assertThatExceptionOfType(StreamStageException.class)
			.isThrownBy(() -> fake("slow").pipe("broken", (input, output) -> {
				output.write("a part".getBytes(StandardCharsets.UTF_8));
				output.flush();
				throw new IOException("planned");
			}).pipe("load").run());

		ProcessCall load = this.processes.calls().get(1);
		assertThat(load.input()).isEqualTo("a part");
		assertThat(load.output()).isEmpty();
		assertThat(load.signals()).containsExactly(Signal.TERM);
	}

	@Test
	void endsTheProgramBeforeAStageInJavaThatHasEnoughByPipe() {
		// the pump finds out by the second line that nobody reads
		this.processes.stub("yes")
			.outputLines("y")
			.after(SECOND)
			.outputLines("y")
			.after(SECOND)
			.outputLines("y")
			.hangs();
		this.processes.stub("cat").repliesWith(ProcessCall::input);

		PipelineResult result = this.manager.pipeline()
			.pipe("yes")
			.pipe("first", (input, output) -> output.write(input.read()))
			.pipe("cat")
			.run();

		isElapsed(Duration.ofSeconds(2));
		assertThat(result.output()).isEqualTo("y");
		assertThat(result.stages().get(0)).wasSignaledBy(Signal.PIPE).hasCause(ExitCause.SIGNALED);
		assertThat(result.successful()).isTrue();
	}

	@Test
	void givesTheGraceOfATimeoutWhenItsCallerIsInterrupted() {
		Thread.currentThread().interrupt();

		Throwable thrown = catchThrowable(() -> fake("slow").pipe(fake("stubborn")).run());

		assertThat(Thread.interrupted()).isTrue();
		assertThat(thrown).isInstanceOf(ProcessInterruptedException.class)
			.hasMessageContaining("its pipeline was stopped");
		isElapsed(Duration.ofSeconds(2));
		assertThat(signals()).containsExactly(List.of(Signal.TERM), List.of(Signal.TERM, Signal.KILL));
	}

	@Test
	void isStoppedWhenItsFutureIsCancelled() {
		CompletableFuture<PipelineResult> future = fake("slow").pipe(fake("slow")).runAsync();

		future.cancel(true);

		isElapsed(Duration.ZERO);
		assertThat(signals()).containsExactly(List.of(Signal.TERM), List.of(Signal.TERM));
		assertThat(this.manager.running()).isEmpty();
	}

}
