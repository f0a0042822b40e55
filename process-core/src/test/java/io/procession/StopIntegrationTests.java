package io.procession;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;
import io.procession.testing.Plant;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.BEFORE_KILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@RealProcesses
class StopIntegrationTests {

	private final Plant plant = Plant.fresh();

	@Test
	void continuesSuspendedProcessDuringGracePeriod(ProcessManager processes) {
		RunningProcess process = processes
			.shell("trap 'kill -s STOP $$; exit 5' TERM; echo ready; while :; do sleep 0.05; done")
			.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(10))).isTrue();

		process.stop(Duration.ofSeconds(30));

		assertThat(process.waitFor().exitCode()).isEqualTo(5);
	}

	@Test
	void stopsWithTerm(ProcessManager processes) {
		RunningProcess process = startReady(processes, Scripts.SLEEPS);
		Stopwatch watch = Stopwatch.started();

		process.stop();

		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(process.isRunning()).isFalse();
		ProcessResult result = process.waitFor();
		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(result.exitCode()).isEqualTo(143);
		assertThat(result.signal()).contains(Signal.TERM);
		assertThat(result.failed()).isTrue();
		assertThat(result.output()).isEqualTo("ready\n");
	}

	private RunningProcess startReady(ProcessManager processes, String script) {
		RunningProcess process = processes.shell(script).env(Plant.NAME, this.plant.value()).start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(20))).isTrue();
		return process;
	}

	@Test
	void killsAfterTheGrace(ProcessManager processes) {
		RunningProcess process = startReady(processes, Scripts.IGNORES_TERM);
		Stopwatch watch = Stopwatch.started();

		process.stop(Duration.ofMillis(200));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		ProcessResult result = process.waitFor();
		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(result.exitCode()).isEqualTo(137);
		assertThat(result.signal()).contains(Signal.KILL);
	}

	@Test
	void usesGracePeriodOfProcessOrManager() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().stopGrace(Duration.ofMillis(100)).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			RunningProcess defaults = startReady(processes, Scripts.IGNORES_TERM);
			RunningProcess own = processes
				.shell("trap 'sleep 0.5; echo bye; exit 0' TERM; sleep 300 & echo ready; wait")
				.stopGrace(Duration.ofMinutes(1))
				.start();
			own.waitUntil((type, line) -> line.equals("ready"), BEFORE_KILL);
			Stopwatch watch = Stopwatch.started();

			defaults.stop();
			own.stop();

			assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
			assertThat(defaults.waitFor().exitCode()).isEqualTo(137);
			assertThat(own.waitFor().exitCode()).isZero();
			assertThat(own.waitFor().output()).isEqualTo("ready\nbye\n");
		}
	}

	@Test
	void killsImmediatelyWithoutGracePeriod(ProcessManager processes) {
		RunningProcess process = startReady(processes,
				"trap 'echo caught' TERM; echo ready; while :; do sleep 1; done");

		process.stop(Duration.ZERO);

		ProcessResult result = process.waitFor();
		assertThat(result.exitCode()).isEqualTo(137);
		assertThat(result.output()).isEqualTo("ready\n");
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void isNotSuccessfulEvenIfExitCodeIsZero(ProcessManager processes) {
		RunningProcess process = startReady(processes, "trap 'exit 0' TERM; sleep 300 & echo ready; wait");

		process.stop();

		ProcessResult result = process.waitFor();
		assertThat(result.exitCode()).isZero();
		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(result.successful()).isFalse();
	}

	@Test
	void letsHandlerFinishProcessesItStarts(ProcessManager processes) {
		RunningProcess process = startReady(processes,
				"trap 'sleep 0.5 && echo cleaned up; exit 0' TERM; sleep 300 & echo ready; wait");

		process.stop();

		assertThat(process.waitFor().output()).isEqualTo("ready\ncleaned up\n");
	}

	@Test
	void kills(ProcessManager processes) {
		RunningProcess process = startReady(processes, Scripts.IGNORES_TERM);
		Stopwatch watch = Stopwatch.started();

		process.kill();

		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		ProcessResult result = process.waitFor();
		assertThat(result.cause()).isEqualTo(ExitCause.KILLED);
		assertThat(result.exitCode()).isEqualTo(137);
	}

	@Test
	void turnsStopInProgressIntoKill(ProcessManager processes) throws InterruptedException {
		RunningProcess process = startReady(processes,
				"trap 'echo caught' TERM; echo ready; while :; do sleep 0.1; done");
		Thread stopping = Threads.start(() -> process.stop(Duration.ofMinutes(5)));
		assertThat(process.waitUntil((type, line) -> line.equals("caught"), BEFORE_KILL)).isTrue();
		Stopwatch watch = Stopwatch.started();

		process.kill();

		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(this.plant.alive()).isEmpty();
		stopping.join(BEFORE_KILL.toMillis());
		assertThat(stopping.isAlive()).isFalse();
		assertThat(process.waitFor().exitCode()).isEqualTo(137);
		assertThat(process.waitFor().cause()).isIn(ExitCause.STOPPED, ExitCause.KILLED);
	}

	@Test
	void stopsOnceForConcurrentRequests(ProcessManager processes) throws InterruptedException {
		RunningProcess process = startReady(processes,
				"trap 'echo caught; sleep 0.3; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
		List<Thread> stopping = new ArrayList<>();
		AtomicInteger returned = new AtomicInteger();
		for (int i = 0; i < 4; i++) {
			stopping.add(Threads.start(() -> {
				process.stop();
				if (this.plant.alive().isEmpty()) {
					returned.incrementAndGet();
				}
			}));
		}
		for (Thread thread : stopping) {
			thread.join(BEFORE_KILL.toMillis());
		}

		assertThat(returned).hasValue(4);
		ProcessResult result = process.waitFor();
		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(result.outputLines()).containsExactly("ready", "caught");
	}

	@Test
	void doesNothingAfterTheEnd(ProcessManager processes) {
		RunningProcess process = processes.shell("exit 5").start();
		ProcessResult result = process.waitFor();

		process.stop();
		process.stop(Duration.ZERO);
		process.kill();

		assertThat(process.waitFor()).isSameAs(result);
		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.exitCode()).isEqualTo(5);
	}

	@Test
	void doesNothingTheSecondTime(ProcessManager processes) {
		RunningProcess process = startReady(processes, Scripts.SLEEPS);

		process.stop();
		process.stop();
		process.kill();

		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	void stopsFromOwnListener(ProcessManager processes) throws InterruptedException {
		AtomicReference<RunningProcess> process = new AtomicReference<>();
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch stopped = new CountDownLatch(1);

		process.set(processes.shell(Scripts.IGNORES_TERM).env(Plant.NAME, this.plant.value()).onLine((type, line) -> {
			awaitQuietly(started);
			process.get().stop(Duration.ofMillis(100));
			assertThat(this.plant.alive()).isEmpty();
			stopped.countDown();
		}).start());
		started.countDown();

		ProcessResult result = process.get().waitFor();
		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(result.exitCode()).isEqualTo(137);
		assertThat(stopped.await(1, TimeUnit.SECONDS)).isTrue();
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void stopsFromListenerOfRun(ProcessManager processes) {
		ProcessResult result = processes.shell(Scripts.SLEEPS)
			.onLine((type, line) -> processes.running().get(0).stop())
			.run();

		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(result.exitCode()).isEqualTo(143);
	}

	@Test
	void stopsProcessWithMassiveOutput(ProcessManager processes) {
		RunningProcess process = processes.shell(Scripts.FLOODS)
			.env(Plant.NAME, this.plant.value())
			.keepLast(1000)
			.start();
		await().atMost(BEFORE_KILL).until(() -> !process.output().isEmpty() && !process.errorOutput().isEmpty());
		Stopwatch watch = Stopwatch.started();

		process.stop();

		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	@RequiresProgram("setsid")
	void stopsDaemonInOwnSession(ProcessManager processes) {
		RunningProcess process = startReady(processes, Scripts.DAEMONIZES);
		await().atMost(BEFORE_KILL).until(() -> this.plant.alive().size() >= 3);

		process.stop(Duration.ofMillis(200));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	@RequiresProgram({ "setsid", "perl" })
	void stopsDescendantThatErasedItsEnvironment(ProcessManager processes) {
		RunningProcess process = startReady(processes,
				"setsid perl -e '$0 = \"x\" x 20000; print STDERR \"erased\\n\"; sleep 300' & echo ready; wait");
		process.waitUntil((type, line) -> line.equals("erased"), BEFORE_KILL);
		List<ProcessTable.Entry> tree = ProcessTable.descendants(process.pid());
		assertThat(tree).isNotEmpty();

		process.stop();

		assertThat(tree).noneMatch(ProcessTable.Entry::isAlive);
	}

	@Test
	void stopsConstantlyForkingProcess(ProcessManager processes) {
		RunningProcess process = startReady(processes,
				"trap '' TERM; echo ready; for i in $(seq 1 400); do sleep 300 & done; wait");
		await().atMost(BEFORE_KILL).until(() -> this.plant.alive().size() > 50);

		process.stop(Duration.ofMillis(20));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	void leavesOtherProcessesAlone(ProcessManager processes) {
		RunningProcess other = processes.shell(Scripts.DAEMONIZES).start();
		other.waitUntil((type, line) -> line.equals("ready"), BEFORE_KILL);
		int tree = ProcessTable.descendants(other.pid()).size();
		RunningProcess process = startReady(processes, Scripts.DAEMONIZES);

		process.kill();

		assertThat(this.plant.alive()).isEmpty();
		assertThat(other.isRunning()).isTrue();
		assertThat(ProcessTable.descendants(other.pid())).hasSizeGreaterThanOrEqualTo(tree);
	}

	@Test
	void stopsManyConcurrently(ProcessManager processes) throws InterruptedException {
		List<RunningProcess> started = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			started.add(processes.shell((i % 4 == 0) ? Scripts.IGNORES_TERM : Scripts.SLEEPS)
				.env(Plant.NAME, this.plant.value())
				.start());
		}
		for (RunningProcess process : started) {
			process.waitUntil((type, line) -> line.equals("ready"), BEFORE_KILL);
		}
		Stopwatch watch = Stopwatch.started();

		List<Thread> stopping = started.stream()
			.map((process) -> Threads.start(() -> process.stop(Duration.ofMillis(500))))
			.toList();
		for (Thread thread : stopping) {
			thread.join(20_000);
		}

		assertThat(this.plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(20));
		assertThat(started).extracting((process) -> process.waitFor().cause()).containsOnly(ExitCause.STOPPED);
	}

	@Test
	void sharesScanAmongConcurrentStops() {
		AtomicInteger scans = new AtomicInteger();
		ProcessEngine engine = new LocalProcessEngine(true, null);
		ProcessEngine counting = (ProcessEngine) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ProcessEngine.class }, (proxy, method, arguments) -> {
					scans.addAndGet(method.getName().equals("look") ? 1 : 0);
					return method.invoke(engine, arguments);
				});
		try (ProcessManager processes = ProcessManager.builder().engine(counting).build()) {
			List<RunningProcess> started = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				started.add(startReady(processes, Scripts.IGNORES_TERM));
			}

			started.forEach((process) -> process.stopAsync(Duration.ofMillis(500)));
			started.forEach(RunningProcess::waitFor);

			// each alone would take four at least: two for its signals, two for its end
			assertThat(scans).hasValueLessThan(120);
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "USR1", "USR2", "TERM", "ALRM", "WINCH", "TTIN", "RTMIN+3" })
	void sendsASignal(Signal signal, ProcessManager processes) {
		RunningProcess process = startReady(processes,
				"trap 'echo caught' " + signal.number() + "; echo ready; while :; do sleep 0.05; done");

		process.signal(signal);

		assertThat(process.waitUntil((type, line) -> line.equals("caught"), BEFORE_KILL)).isTrue();
		assertThat(process.isRunning()).isTrue();
	}

	@Test
	void sendsASignalToTheProcessAlone(ProcessManager processes) {
		RunningProcess process = startReady(processes, "sleep 300 & echo ready; wait");
		List<ProcessTable.Entry> children = ProcessTable.descendants(process.pid());
		assertThat(children).hasSize(1);

		process.signal(Signal.KILL);

		ProcessResult result = process.waitFor();
		assertThat(result.exitCode()).isEqualTo(137);
		assertThat(children).allMatch(ProcessTable.Entry::isAlive);
	}

	@Test
	void suspendsAndResumes(ProcessManager processes) {
		RunningProcess process = startReady(processes, Scripts.SLEEPS);

		process.signal(Signal.STOP);
		await().atMost(BEFORE_KILL).until(() -> state(process) == 'T');
		assertThat(process.isRunning()).isTrue();
		process.signal(Signal.CONT);
		await().atMost(BEFORE_KILL).until(() -> state(process) == 'S');
	}

	private static char state(RunningProcess process) {
		return ProcessTable.find(process.pid()).map(ProcessTable.Entry::state).orElse('?');
	}

	@Test
	void stopsSuspendedProcess(ProcessManager processes) {
		RunningProcess process = startReady(processes, "trap 'echo bye; exit 42' TERM; echo ready;"
				+ " sh -c 'kill -s STOP $$; exec sleep 300' & while :; do wait; done");
		process.signal(Signal.STOP);
		await().atMost(BEFORE_KILL).until(() -> state(process) == 'T');

		process.stop(Duration.ofSeconds(30));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(process.waitFor().exitCode()).isEqualTo(42);
		assertThat(process.waitFor().output()).endsWith("bye\n");
	}

	@Test
	@RequiresProgram("perl")
	void reachesChildWhoseParentHandledSignalBeforeExec(ProcessManager processes) {
		RunningProcess process = startReady(processes,
				"exec perl -e '$| = 1; $SIG{TERM} = sub { $asked = 1 }; if (fork() == 0) { print \"ready\\n\";"
						+ " sleep 1 until $asked; exec \"sleep\", 300 } until (wait() > 0) {} exit 42'");

		process.stop(Duration.ofSeconds(30));

		assertThat(this.plant.alive()).isEmpty();
		assertThat(process.waitFor().exitCode()).isEqualTo(42);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TERM", "KILL", "USR1" })
	void cannotSignalEndedProcess(Signal signal, ProcessManager processes) {
		RunningProcess process = processes.start("true");
		process.waitFor();

		assertThatIllegalStateException().isThrownBy(() -> process.signal(signal)).withMessageContaining("true");
	}

	@ParameterizedTest
	@ValueSource(strings = { "QUIT", "USR1" })
	void stopsWithConfiguredSignal(Signal signal, ProcessManager processes) {
		RunningProcess process = processes
			.shell("trap 'echo caught; exit 7' " + signal + "; trap '' TERM; echo ready; while :; do sleep 0.05; done")
			.env(Plant.NAME, this.plant.value())
			.stopSignal(signal)
			.stopGrace(Duration.ofSeconds(20))
			.start();
		process.waitUntil((type, line) -> line.equals("ready"), BEFORE_KILL);
		Stopwatch watch = Stopwatch.started();

		process.stop();

		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		assertThat(this.plant.alive()).isEmpty();
		ProcessResult result = process.waitFor();
		assertThat(result.output()).isEqualTo("ready\ncaught\n");
		assertThat(result.exitCode()).isEqualTo(7);
		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	void distinguishesForeignKillFromOwn(ProcessManager processes) {
		RunningProcess process = startReady(processes, Scripts.SLEEPS);

		ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();

		ProcessResult result = process.waitFor();
		assertThat(result.cause()).isEqualTo(ExitCause.SIGNALED);
		assertThat(result.exitCode()).isEqualTo(137);
	}

}
