package io.procession.execution;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.procession.ProcessManager;
import io.procession.process.ExitCause;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.testing.Pace;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the processes that a stop of a pipeline reaches.
 */
@RealProcesses
class PipelineStopIntegrationTests {

	private final Plant plant = Plant.fresh();

	private PendingProcess planted(ProcessManager processes, String script) {
		return processes.shell(script).env(Plant.NAME, this.plant.value());
	}

	/**
	 * A pipeline whose first stage ends immediately and leaves a process behind that
	 * keeps it running.
	 */
	private Pipeline leaving(ProcessManager processes) {
		return planted(processes, "sleep 300 & (setsid sleep 300 &); echo text").name("first")
			.pipe(planted(processes, "cat; echo end"));
	}

	private void awaitEndOfFirstStage(ProcessManager processes) {
		await().atMost(SOON)
			.until(() -> processes.running().stream().noneMatch((process) -> process.name().equals("first"))
					&& this.plant.alive().size() >= 3);
	}

	@ParameterizedTest
	@EnumSource(Way.class)
	void stopsProcessesLeftBehindByEndedStage(Way way, ProcessManager processes) throws InterruptedException {
		way.end(leaving(processes), () -> awaitEndOfFirstStage(processes));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(processes.running()).isEmpty();
	}

	@Test
	void stopsProcessesLeftBehindByEndedStageWhenJavaStageFails(ProcessManager processes) {
		assertThatExceptionOfType(StreamStageException.class).isThrownBy(
				() -> planted(processes, "sleep 300 & echo text").name("first").pipe("broken", (input, output) -> {
					awaitEndOfFirstStage(processes);
					throw new IllegalStateException("planned");
				}).pipe(planted(processes, "cat; sleep 300")).pipe(planted(processes, "sleep 300")).run());

		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void leavesProcessesOfSuccessfulStageAlone(ProcessManager processes) {
		RunningPipeline running = planted(processes, "sleep 300 >/dev/null 2>&1 & echo text").pipe("cat").start();

		assertThat(running.waitFor().throwIfFailed().output()).isEqualTo("text\n");
		running.stop();
		running.kill();

		assertThat(this.plant.alive()).hasSize(1);
		processes.close();
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void grantsProcessesLeftBehindTheirGracePeriod(ProcessManager processes) {
		RunningPipeline running = planted(processes,
				"(trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done) & exit 0")
			.pipe("cat")
			.start();
		assertThat(running.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
		// cat is ended by TERM: output of the process left behind may be lost, but it
		// ends by itself
		await().atMost(SOON).until(() -> processes.running().size() == 1);

		running.stop(Duration.ofSeconds(30));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.waitFor().stages()).extracting(ProcessResult::cause)
			.containsExactly(ExitCause.EXITED, ExitCause.STOPPED);
	}

	@Test
	void killsProcessesLeftBehindAfterOneGracePeriod(ProcessManager processes) {
		RunningPipeline running = planted(processes, "(" + Scripts.IGNORES_TERM + ") & exit 0").name("first")
			.pipe(planted(processes, Scripts.IGNORES_TERM + " & cat; wait"))
			.start();
		assertThat(running.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
		awaitEndOfFirstStage(processes);

		running.stop(Duration.ofMillis(200));

		assertThat(this.plant.alive()).isEmpty();
	}

	/** What its first stage leaves behind must be killed, its last one ends by TERM. */
	private RunningPipeline leavingStubborn(ProcessManager processes, PendingProcess last) {
		RunningPipeline running = planted(processes, "(" + Scripts.IGNORES_TERM + ") & exit 0").name("first")
			.stopGrace(Duration.ofMillis(500))
			.pipe(last)
			.timeout(SOON.dividedBy(5))
			.start();
		assertThat(running.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
		await().atMost(SOON).until(() -> processes.running().size() == 1);
		return running;
	}

	@Test
	void waitsForTheEndOfWhatAStageLeftBehind(ProcessManager processes) {
		RunningPipeline running = leavingStubborn(processes, planted(processes, "exec cat"));

		running.stop(Duration.ofMillis(500));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.waitFor().result().exitCode()).isEqualTo(143);
	}

	@Test
	void endsAtItsDeadlineOnlyWhenWhatAStageLeftBehindIsGone(ProcessManager processes) {
		RunningPipeline running = leavingStubborn(processes, planted(processes, "exec cat"));

		await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> running.onExit().isDone());

		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.onExit().join().result().cause()).isEqualTo(ExitCause.TIMED_OUT);
	}

	@Test
	void killsWhatAStageLeftBehindThoughItsStopWouldTakeLong(ProcessManager processes) throws Exception {
		RunningPipeline running = leavingStubborn(processes, planted(processes, "exec cat"));
		Thread stopping = Threads.start(() -> running.stop(Duration.ofHours(1)));
		await().atMost(SOON).until(() -> !running.isRunning());
		assertThat(this.plant.alive()).isNotEmpty();

		running.kill();

		assertThat(this.plant.alive()).isEmpty();
		stopping.join(SOON.toMillis());
		assertThat(stopping.isAlive()).isFalse();
	}

	@Test
	void leavesWhatWasLeftBehindThoughAStageInJavaIsStillAtWork(ProcessManager processes) {
		CountDownLatch go = new CountDownLatch(1);
		try {
			RunningPipeline running = planted(processes, "sleep 300 >/dev/null 2>&1 & echo text")
				.pipe("working", (input, output) -> Threads.hold(go))
				.pipe("true")
				.start();
			await().atMost(SOON).until(() -> !running.isRunning());

			running.stop();

			assertThat(this.plant.alive()).hasSize(1);
			go.countDown();
			assertThat(running.waitFor().successful()).isTrue();
		}
		finally {
			go.countDown();
		}
		processes.close();
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void letsSlowStagesEndWithinOneGracePeriod(ProcessManager processes) {
		String slow = "trap 'sh -c \"sleep 0.3; echo cleaned >&2\"; exit 3' TERM; echo ready >&2;"
				+ " while :; do sleep 0.05; done";
		RunningPipeline running = planted(processes, slow).pipe(planted(processes, slow))
			.pipe(planted(processes, slow))
			.timeout(Duration.ofSeconds(1))
			.start();

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(running::waitFor);

		List<ProcessResult> stages = running.onExit().join().stages();
		assertThat(stages).extracting(ProcessResult::cause).containsOnly(ExitCause.TIMED_OUT);
		assertThat(stages).extracting(ProcessResult::exitCode).containsOnly(3);
		assertThat(stages).allSatisfy((stage) -> assertThat(stage.errorOutput()).contains("ready", "cleaned"));
		// all three concurrently, and none of them killed: sequentially, they would take
		// longer
		assertThat(stages.get(2).duration()).isLessThan(Duration.ofSeconds(10));
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void enforcesTimeoutForProcessesLeftBehindByEndedStage(ProcessManager processes) {
		RunningPipeline running = leaving(processes).timeout(Duration.ofMillis(800)).start();

		await().atMost(SOON).until(() -> running.onExit().isDone());

		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.onExit().join().stages()).extracting(ProcessResult::cause)
			.containsExactly(ExitCause.EXITED, ExitCause.TIMED_OUT);
	}

	@Test
	void leavesNoThreadOfJavaStages() {
		Random random = new Random(20261122);
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.drain(Duration.ofMillis(50))
			.timeoutGrace(Duration.ofMillis(50))
			.stopGrace(Duration.ofMillis(50))
			.build();
		CountDownLatch over = new CountDownLatch(1);
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			for (int round = 0; round < 25; round++) {
				Pipeline pipeline = anyProgram(processes, random).pipe("one", anyStage(random, over));
				pipeline = pipeline.pipe(anyProgram(processes, random));
				if (random.nextBoolean()) {
					pipeline = pipeline.pipe("two", anyStage(random, over)).pipe(anyProgram(processes, random));
				}
				RunningPipeline running = pipeline.timeout(Duration.ofMillis(1 + random.nextInt(150))).start();
				Pace.random(random, Duration.ofMillis(40));
				switch (random.nextInt(4)) {
					case 0 -> running.stop();
					case 1 -> running.kill();
					case 2 -> running.stages().get(random.nextInt(running.stages().size())).kill();
					default -> {
						// the timeout ends it
					}
				}

				assertThat(running.onExit()).as("round %s", round).succeedsWithin(SOON);
				assertThat(processes.running()).as("round %s", round).isEmpty();
			}
		}
		finally {
			over.countDown();
		}
		assertThat(this.plant.alive()).isEmpty();
	}

	private PendingProcess anyProgram(ProcessManager processes, Random random) {
		return switch (random.nextInt(5)) {
			case 0 -> planted(processes, "exec yes");
			case 1 -> planted(processes, "sleep 300 & cat");
			case 2 -> planted(processes, "(setsid sleep 300 &); head -c 100000");
			case 3 -> planted(processes, "trap '' TERM; cat; echo end");
			default -> planted(processes, "exit 3");
		};
	}

	private static StreamStage anyStage(Random random, CountDownLatch over) {
		return switch (random.nextInt(5)) {
			case 0 -> (input, output) -> input.transferTo(output);
			case 1 -> (input, output) -> output.write(input.read());
			case 2 -> (input, output) -> {
				input.read();
				throw new IllegalStateException("planned");
			};
			case 3 -> (input, output) -> Threads.hold(new CountDownLatch(1));
			default -> (input, output) -> Threads.holdThroughInterrupts(over);
		};
	}

	/** Ways to end a pipeline early. */
	enum Way {

		STOP {
			@Override
			void end(Pipeline pipeline, Runnable wait) {
				RunningPipeline running = pipeline.start();
				wait.run();
				running.stop(Duration.ofMillis(500));
			}
		},

		KILL {
			@Override
			void end(Pipeline pipeline, Runnable wait) {
				RunningPipeline running = pipeline.start();
				wait.run();
				running.kill();
			}
		},

		RUN_TIMES_OUT {
			@Override
			void end(Pipeline pipeline, Runnable wait) {
				assertThatExceptionOfType(ProcessTimedOutException.class)
					.isThrownBy(() -> pipeline.timeout(Duration.ofMillis(800)).run())
					.withMessageContaining("800ms");
			}
		},

		RUN_ASYNC_TIMES_OUT {
			@Override
			void end(Pipeline pipeline, Runnable wait) {
				assertThatExceptionOfType(CompletionException.class)
					.isThrownBy(() -> pipeline.timeout(Duration.ofMillis(800)).runAsync().join())
					.withCauseInstanceOf(ProcessTimedOutException.class);
			}
		},

		INTERRUPT {
			@Override
			void end(Pipeline pipeline, Runnable wait) throws InterruptedException {
				AtomicReference<Throwable> thrown = new AtomicReference<>();
				Thread caller = new Thread(() -> {
					try {
						pipeline.run();
					}
					catch (ProcessInterruptedException ex) {
						thrown.set(ex);
					}
				});
				caller.start();
				wait.run();
				caller.interrupt();
				caller.join();
				assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
			}
		};

		abstract void end(Pipeline pipeline, Runnable wait) throws InterruptedException;

	}

}
