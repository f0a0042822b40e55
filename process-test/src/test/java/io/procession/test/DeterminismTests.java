package io.procession.test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.ProcessManager;
import io.procession.execution.RunningPipeline;
import io.procession.execution.RunningProcess;
import io.procession.pool.RunningPool;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.RestartPolicy;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests that the behavior of fakes depends neither on the machine nor on its load. Each
 * scenario is repeated several times in the unit tests, and a thousand times beside busy
 * threads in the stress tests.
 */
@Timeout(60)
class DeterminismTests {

	private static final int SOME = 20;

	private static final int MANY = 1000;

	@Test
	void repeatsScenarioInSameOrder() {
		repeatsScenarioInSameOrder(SOME);
	}

	@Test
	@Tag("stress")
	@Timeout(600)
	void repeatsScenarioInSameOrderUnderLoad() {
		underLoad(() -> repeatsScenarioInSameOrder(MANY));
	}

	@Test
	void strayFailsCallThatCausedIt() {
		strayFailsCallThatCausedIt(SOME);
	}

	@Test
	@Tag("stress")
	@Timeout(600)
	void strayFailsCallThatCausedItUnderLoad() {
		underLoad(() -> strayFailsCallThatCausedIt(MANY));
	}

	@Test
	void testStopsProcessesWhileOtherThreadsWait() {
		testStopsProcessesWhileOtherThreadsWait(SOME);
	}

	@Test
	@Tag("stress")
	@Timeout(600)
	void testStopsProcessesWhileOtherThreadsWaitUnderLoad() {
		underLoad(() -> testStopsProcessesWhileOtherThreadsWait(MANY));
	}

	@Test
	void otherThreadStopsProcessAtDueTime() {
		otherThreadStopsProcessAtDueTime(SOME);
	}

	@Test
	@Tag("stress")
	@Timeout(600)
	void otherThreadStopsProcessAtDueTimeUnderLoad() {
		underLoad(() -> otherThreadStopsProcessAtDueTime(MANY));
	}

	private static void repeatsScenarioInSameOrder(int rounds) {
		List<String> first = new Scenario().play();

		for (int round = 1; round < rounds; round++) {
			assertThat(new Scenario().play()).as("round %s", round).isEqualTo(first);
		}
	}

	private static void strayFailsCallThatCausedIt(int rounds) {
		FakeProcesses processes = FakeProcesses.create();
		ProcessManager manager = processes.manager();
		processes.stub("good");

		for (int round = 0; round < rounds; round++) {
			String bad = "bad" + round;
			assertThatExceptionOfType(StrayProcessError.class)
				.isThrownBy(() -> manager.pool()
					.concurrency(2)
					.add(manager.command("good"))
					.add(manager.command("good"))
					.add(manager.command(bad))
					.run())
				.withMessageContaining(bad + "\n");
			assertThat(manager.run("good")).isSuccessful();
		}
	}

	private static void testStopsProcessesWhileOtherThreadsWait(int rounds) {
		for (int round = 0; round < rounds; round++) {
			FakeProcesses processes = FakeProcesses.create();
			ProcessManager manager = processes.manager();
			processes.stub("stuck").hangs();
			processes.time().scheduler().scheduleAtFixedRate(manager::running, 1, 1, TimeUnit.MINUTES);
			RunningProcess process = manager.start("stuck");
			List<Thread> others = List.of(started(() -> process.onExit().join()),
					started(() -> process.waitFor(Duration.ofDays(1))), started(process::waitFor));

			process.stop();

			others.forEach(DeterminismTests::join);
			assertThat(processes.calls().get(0).signals()).containsExactly(Signal.TERM);
			assertThat(Duration.ofNanos(processes.time().nanoTime())).isLessThan(Duration.ofSeconds(1));
			processes.reset();
		}
	}

	private static void otherThreadStopsProcessAtDueTime(int rounds) {
		for (int round = 0; round < rounds; round++) {
			FakeProcesses processes = FakeProcesses.create();
			ProcessManager manager = processes.manager();
			processes.stub("stuck").hangs();
			processes.time().scheduler().scheduleAtFixedRate(manager::running, 1, 1, TimeUnit.SECONDS);
			RunningProcess process = manager.start("stuck");
			Thread other = started(() -> {
				assertThat(process.waitFor(Duration.ofMinutes(1))).isEmpty();
				process.stop();
			});
			await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> other.getState() == Thread.State.TIMED_WAITING);

			assertThat(process.waitFor().duration()).isBetween(Duration.ofMinutes(1), Duration.ofSeconds(61));

			join(other);
			assertThat(processes.calls().get(0).signals()).containsExactly(Signal.TERM);
			processes.reset();
		}
	}

	private static Thread started(Runnable task) {
		Thread thread = new Thread(task, "other");
		thread.start();
		return thread;
	}

	private static void join(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void underLoad(Runnable test) {
		AtomicBoolean over = new AtomicBoolean();
		List<Thread> busy = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			busy.add(started(() -> {
				while (!over.get()) {
					Thread.onSpinWait();
				}
			}));
		}
		try {
			test.run();
		}
		finally {
			over.set(true);
			busy.forEach(DeterminismTests::join);
		}
	}

	/**
	 * Concurrent activity: a pool, a supervisor, a pipeline with a Java stage that is
	 * interrupted, listeners and a schedule.
	 */
	private static final class Scenario {

		private final FakeProcesses processes = FakeProcesses.create();

		private final ProcessManager manager = this.processes.manager();

		private final List<String> happened = Collections.synchronizedList(new ArrayList<>());

		List<String> play() {
			this.processes.stub("quick *").outputLines("one", "two");
			this.processes.stub("slow *").after(Duration.ofSeconds(2)).outputLines("three").exitCode(1);
			this.processes.stub("stubborn").ignores(Signal.TERM).hangs();
			this.processes.stub("worker").after(Duration.ofSeconds(3)).exitCode(1);
			this.processes.stub("source").outputLines("four").hangs();
			this.processes.stub("sink").repliesToLines((line) -> line + "!");
			this.manager.addListener((event) -> note(event.getClass().getSimpleName() + " " + event.name()));
			this.processes.time()
				.scheduler()
				.scheduleAtFixedRate(() -> note("running " + this.manager.running().size()), 1, 1, TimeUnit.SECONDS);

			ProcessSupervisor supervisor = ProcessSupervisor.create(this.manager.launcher());
			supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("worker")))
				.restart(RestartPolicy.onFailure().withDelay(Duration.ofSeconds(5)))
				.build());
			supervisor.start();
			RunningPool pool = startPool();
			RunningPipeline pipeline = startPipeline();
			RunningProcess stubborn = this.manager.start("stubborn");
			this.processes.advance(Duration.ofSeconds(4));
			pipeline.stop();
			note("stopped pipeline");
			stubborn.stop();
			note("stopped " + stubborn.waitFor().cause());
			note("pool " + pool.waitFor().failed());
			this.manager.run("quick", "last");
			supervisor.close();
			this.manager.close();

			this.processes.calls().forEach((call) -> note(call + " " + call.signals() + " " + call.exitCode()));
			this.processes.reset();
			return List.copyOf(this.happened);
		}

		private RunningPool startPool() {
			var pool = this.manager.pool().concurrency(3);
			for (int i = 0; i < 10; i++) {
				String number = String.valueOf(i);
				pool.add(this.manager.command((i % 3 == 0) ? "slow" : "quick", number)
					.onLine((type, line) -> note(number + ": " + line)));
			}
			return pool.start();
		}

		private RunningPipeline startPipeline() {
			return this.manager.pipeline().pipe("source").pipe("copy", (input, output) -> {
				try {
					input.transferTo(output);
				}
				catch (IOException ex) {
					note("stage ended");
					throw ex;
				}
				finally {
					note("stage left");
				}
			}).pipe("sink").start();
		}

		private void note(String what) {
			this.happened.add(Duration.ofNanos(this.processes.time().nanoTime()) + " " + what);
		}

	}

}
