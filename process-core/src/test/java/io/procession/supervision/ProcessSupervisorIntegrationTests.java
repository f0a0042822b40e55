package io.procession.supervision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.procession.ProcessManager;
import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.TimeLimit;
import io.procession.supervision.ProgramStatus.DesiredState;
import io.procession.testing.FailingEngine;
import io.procession.testing.ImmortalEngine;
import io.procession.testing.LogCapture;
import io.procession.testing.Plant;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@RealProcesses
class ProcessSupervisorIntegrationTests {

	private static final RestartPolicy AT_ONCE = RestartPolicy.onFailure().withDelay(Duration.ZERO);

	private static final RestartPolicy LATE = RestartPolicy.onFailure().withDelay(Duration.ofHours(1));

	private final Plant plant = Plant.fresh();

	private ProcessManager processes;

	private ProcessSupervisor supervisor;

	@BeforeEach
	void create(ProcessManager processes) {
		this.processes = processes;
		this.supervisor = ProcessSupervisor.create(processes.launcher());
	}

	@AfterEach
	void close() {
		this.supervisor.close();
	}

	@Test
	void startsOnlyProgramsWithAutostart() {
		this.supervisor.add(program("first", Scripts.SLEEPS).build());
		this.supervisor.add(program("second", Scripts.SLEEPS).autostart(false).build());

		List<ProgramStatus> started = get(this.supervisor.start());

		assertThat(started).extracting(ProgramStatus::name).containsExactly("first");
		assertThat(status("first").state()).isEqualTo(ProgramState.RUNNING);
		assertThat(status("first").desired()).isEqualTo(DesiredState.UP);
		assertThat(ProcessTable.isAlive(pid("first"))).isTrue();
		assertThat(status("second").state()).isEqualTo(ProgramState.STOPPED);
		assertThat(status("second").desired()).isEqualTo(DesiredState.DOWN);
		assertThat(this.supervisor.programs()).extracting(ProgramStatus::name).containsExactly("first", "second");
		assertThat(this.processes.running()).extracting(RunningProcess::name).containsExactly("first");
	}

	@Test
	void startsEachProgramInNewSession() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).build());

		long pid = get(this.supervisor.start("worker")).pid();

		// Ctrl-C in the JVM's terminal goes to the JVM alone
		await().atMost(SOON).until(() -> ProcessTable.find(pid).orElseThrow().session() == pid);
	}

	@Test
	void restartsAfterCrash() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).restart(AT_ONCE).build());
		long first = get(this.supervisor.start("worker")).pid();

		crash(first);

		await().atMost(SOON).until(() -> status("worker").restarts() == 1 && isRunning("worker"));
		assertThat(pid("worker")).isNotEqualTo(first);
		assertThat(status("worker").lastExitCode()).isEqualTo(137);
		assertThat(status("worker").lastFailed()).isTrue();
		assertThat(status("worker").reason()).isEqualTo("restarted by its restart policy");
	}

	@Test
	void restartsRepeatedly() {
		this.supervisor.add(program("worker", "exit 3").restart(AT_ONCE).build());

		this.supervisor.start("worker");

		await().atMost(SOON).until(() -> status("worker").restarts() >= 5);
		assertThat(status("worker").lastExitCode()).isEqualTo(3);
	}

	@Test
	void doesNotRestartSuccessfulProgram() {
		this.supervisor.add(program("worker", "exit 0").restart(AT_ONCE).build());

		this.supervisor.start("worker");

		awaitState("worker", ProgramState.EXITED);
		assertThat(status("worker").lastFailed()).isFalse();
		assertThat(status("worker").lastExitCode()).isZero();
		assertThat(status("worker").restarts()).isZero();
		assertThat(status("worker").pid()).isNull();
	}

	@Test
	void restartsAfterSuccessIfAlways() {
		this.supervisor
			.add(program("worker", "exit 0").restart(RestartPolicy.always().withDelay(Duration.ZERO)).build());

		this.supervisor.start("worker");

		await().atMost(SOON).until(() -> status("worker").restarts() >= 2);
	}

	@Test
	void neverRestartsIfNever() {
		this.supervisor.add(program("worker", "exit 3").restart(RestartPolicy.never()).build());

		this.supervisor.start("worker");

		awaitState("worker", ProgramState.EXITED);
		assertThat(status("worker").lastFailed()).isTrue();
		assertThat(status("worker").lastExitCode()).isEqualTo(3);
	}

	@Test
	void doesNotTreatStopOfProcessAsFailure() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).restart(AT_ONCE).build());
		long pid = get(this.supervisor.start("worker")).pid();

		this.processes.find(pid).orElseThrow().stop();

		awaitState("worker", ProgramState.EXITED);
		assertThat(status("worker").lastFailed()).isFalse();
	}

	@Test
	void startsImmediatelyDuringBackoff(@TempDir Path directory) throws IOException {
		Path second = directory.resolve("second");
		this.supervisor
			.add(program("worker", "[ -e '" + second + "' ] && exec sleep 300; exit 3").restart(LATE).build());
		this.supervisor.start("worker");
		awaitState("worker", ProgramState.BACKOFF);
		Files.createFile(second);

		ProgramStatus started = get(this.supervisor.start("worker"));

		assertThat(started.state()).isEqualTo(ProgramState.RUNNING);
		assertThat(status("worker")).isEqualTo(started);
		assertThat(started.restarts()).isZero();
		await().atMost(SOON).until(() -> this.plant.alive().size() == 1);
	}

	@Test
	void stopsDuringBackoff() {
		this.supervisor.add(program("worker", "exit 3").restart(LATE).build());
		this.supervisor.start("worker");
		awaitState("worker", ProgramState.BACKOFF);
		assertThat(status("worker").restarts()).isZero();
		assertThat(status("worker").pid()).isNull();
		assertThat(status("worker").reason()).isEqualTo("exited with 3");

		ProgramStatus stopped = get(this.supervisor.stop("worker"));

		assertThat(stopped.state()).isEqualTo(ProgramState.STOPPED);
		assertThat(stopped.desired()).isEqualTo(DesiredState.DOWN);
		assertThat(status("worker")).isEqualTo(stopped);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void stopsWholeTreeAndDoesNotRestart() {
		this.supervisor.add(program("worker", "sleep 300 & sleep 300").restart(AT_ONCE).build());
		get(this.supervisor.start("worker"));
		await().atMost(SOON).until(() -> this.plant.alive().size() == 3);

		ProgramStatus stopped = get(this.supervisor.stop("worker"));

		assertThat(stopped.state()).isEqualTo(ProgramState.STOPPED);
		assertThat(stopped.lastExitCode()).isEqualTo(143);
		assertThat(stopped.lastFailed()).isFalse();
		assertThat(stopped.pid()).isNull();
		assertThat(this.plant.alive()).isEmpty();
		assertThat(status("worker").restarts()).isZero();
	}

	@Test
	void killsAtSecondStop() {
		this.supervisor.add(
				Program.builder("worker", spec(Scripts.IGNORES_TERM).stopGrace(Duration.ofMinutes(5)).build()).build());
		long pid = get(this.supervisor.start("worker")).pid();
		RunningProcess process = this.processes.find(pid).orElseThrow();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();

		CompletableFuture<ProgramStatus> first = this.supervisor.stop("worker");
		await().atMost(SOON).until(() -> status("worker").state() == ProgramState.STOPPING);
		CompletableFuture<ProgramStatus> second = this.supervisor.stop("worker");

		assertThat(get(first).state()).isEqualTo(ProgramState.STOPPED);
		assertThat(get(second).lastExitCode()).isEqualTo(137);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void doesNotShortenGracePeriodWhenStoppingAll() {
		this.supervisor
			.add(program("worker", "trap 'sleep 1; exit 7' TERM; echo ready; while :; do sleep 0.1; done").build());
		long pid = get(this.supervisor.start("worker")).pid();
		RunningProcess process = this.processes.find(pid).orElseThrow();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();

		this.supervisor.stop("worker");
		get(this.supervisor.stop());

		assertThat(status("worker").lastExitCode()).isEqualTo(7);
	}

	@Test
	void stopsStartingProgram() {
		CountDownLatch release = new CountDownLatch(1);
		ProcessEngine engine = new FailingEngine(new LocalProcessEngine(false, null),
				(launch) -> Threads.hold(release));
		try (ProcessManager slow = ProcessManager.builder().engine(engine).build();
				ProcessSupervisor held = ProcessSupervisor.create(slow.launcher())) {
			held.add(program("worker", Scripts.SLEEPS).build());
			CompletableFuture<ProgramStatus> started = held.start("worker");
			assertThat(held.find("worker").orElseThrow().state()).isEqualTo(ProgramState.STARTING);

			CompletableFuture<ProgramStatus> stopped = held.stop("worker");
			assertThat(held.find("worker").orElseThrow().state()).isEqualTo(ProgramState.STOPPING);
			release.countDown();

			assertThat(get(stopped).state()).isEqualTo(ProgramState.STOPPED);
			assertThat(get(started).state()).isEqualTo(ProgramState.STOPPED);
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	@Test
	void restartsOnRequest() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).restart(RestartPolicy.never()).build());
		long first = get(this.supervisor.start("worker")).pid();

		ProgramStatus restarted = get(this.supervisor.restart("worker"));

		assertThat(restarted.state()).isEqualTo(ProgramState.RUNNING);
		assertThat(restarted.pid()).isNotEqualTo(first);
		assertThat(restarted.restarts()).isZero();
		assertThat(restarted.reason()).isEqualTo("restarted on request");
		assertThat(ProcessTable.isAlive(first)).isFalse();
	}

	@Test
	void restartStartsStoppedProgram() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).build());

		assertThat(get(this.supervisor.restart("worker")).state()).isEqualTo(ProgramState.RUNNING);
	}

	@Test
	void startWhileStoppingStartsAfterStop() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).build());
		long first = get(this.supervisor.start("worker")).pid();

		this.supervisor.stop("worker");
		ProgramStatus started = get(this.supervisor.start("worker"));

		assertThat(started.state()).isEqualTo(ProgramState.RUNNING);
		assertThat(started.pid()).isNotEqualTo(first);
		await().atMost(SOON).until(() -> this.plant.alive().size() == 1);
	}

	@Test
	void startOfRunningProgramHasNoEffect() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).build());
		ProgramStatus first = get(this.supervisor.start("worker"));

		assertThat(get(this.supervisor.start("worker"))).isEqualTo(first);
		await().atMost(SOON).until(() -> this.plant.alive().size() == 1);
	}

	@Test
	void survivesConcurrentRequests() throws InterruptedException {
		this.supervisor.add(program("worker", Scripts.SLEEPS).restart(AT_ONCE).build());
		List<Thread> callers = new ArrayList<>();
		try (LogCapture log = LogCapture.begin()) {
			for (int seed = 0; seed < 4; seed++) {
				Random random = new Random(seed);
				callers.add(new Thread(() -> {
					for (int i = 0; i < 40; i++) {
						request(random.nextInt(4));
					}
				}));
			}
			callers.forEach(Thread::start);
			for (Thread caller : callers) {
				caller.join();
			}

			ProgramStatus stopped = get(this.supervisor.stop("worker"));

			assertThat(stopped.state()).isEqualTo(ProgramState.STOPPED);
			assertThat(this.plant.alive()).isEmpty();
			assertThat(get(this.supervisor.start("worker")).state()).isEqualTo(ProgramState.RUNNING);
			await().atMost(SOON).until(() -> this.plant.alive().size() == 1);
			assertThat(log.text()).doesNotContain("Supervision of a program failed");
		}
	}

	private void request(int what) {
		switch (what) {
			case 0 -> this.supervisor.start("worker");
			case 1 -> this.supervisor.stop("worker");
			case 2 -> this.supervisor.restart("worker");
			default -> {
				Long pid = status("worker").pid();
				if (pid != null) {
					ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
				}
			}
		}
	}

	@Test
	void retriesFailedStarts(@TempDir Path directory) throws IOException {
		Path executable = directory.resolve("late.sh");
		this.supervisor.add(Program.builder("late", ProcessSpec.of(Command.of(executable.toString())))
			.restart(RestartPolicy.onFailure().withDelay(Duration.ofMillis(50)))
			.build());

		ProgramStatus failed = get(this.supervisor.start("late"));

		assertThat(failed.state()).isEqualTo(ProgramState.BACKOFF);
		assertThat(failed.lastExitCode()).isEqualTo(127);
		assertThat(failed.lastFailed()).isTrue();
		assertThat(failed.reason()).contains("late.sh", "could not be started");
		writeScript(executable, "exec sleep 300");
		await().atMost(SOON).until(() -> isRunning("late"));
		assertThat(status("late").restarts()).isPositive();
	}

	@Test
	void failsAfterFailedStartIfNeverRestarted(@TempDir Path directory) throws IOException {
		Path executable = directory.resolve("late.sh");
		this.supervisor.add(Program.builder("late", ProcessSpec.of(Command.of(executable.toString())))
			.restart(RestartPolicy.never())
			.build());

		assertThat(get(this.supervisor.start("late")).state()).isEqualTo(ProgramState.FATAL);

		writeScript(executable, "exec sleep 300");
		assertThat(get(this.supervisor.start("late")).state()).isEqualTo(ProgramState.RUNNING);
	}

	@Test
	void closesAfterMessagesAreLogged() throws InterruptedException {
		CountDownLatch released = new CountDownLatch(1);
		List<String> messages = new CopyOnWriteArrayList<>();
		AppenderBase<ILoggingEvent> slow = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				Threads.hold(released);
				messages.add(event.getFormattedMessage());
			}

		};
		slow.start();
		Logger logger = (Logger) LoggerFactory.getLogger(SupervisedProgram.class);
		logger.addAppender(slow);
		try {
			this.supervisor.add(Program.builder("missing", ProcessSpec.of(Command.of("/nowhere/at/all"))).build());
			get(this.supervisor.start("missing"));
			Thread closing = Threads.start(this.supervisor::close);
			await().atMost(SOON)
				.until(() -> List.of(closing.getStackTrace())
					.stream()
					.anyMatch((frame) -> frame.getMethodName().equals("awaitTermination")));

			released.countDown();
			closing.join(SOON.toMillis());

			assertThat(messages).singleElement().asString().contains("'/nowhere/at/all' could not be started");
		}
		finally {
			released.countDown();
			logger.detachAppender(slow);
		}
	}

	@Test
	void stopResetsFailedProgram() {
		this.supervisor.add(Program.builder("missing", ProcessSpec.of(Command.of("/nowhere/at/all")))
			.restart(RestartPolicy.never())
			.build());
		get(this.supervisor.start("missing"));

		assertThat(get(this.supervisor.stop("missing")).state()).isEqualTo(ProgramState.STOPPED);
	}

	@Test
	void closeStopsAllConcurrently() {
		for (String name : List.of("first", "second", "third", "fourth")) {
			this.supervisor.add(
					Program.builder(name, spec(Scripts.IGNORES_TERM).stopGrace(Duration.ofSeconds(3)).build()).build());
		}
		get(this.supervisor.start());
		await().atMost(SOON).until(() -> this.plant.alive().size() >= 4);
		Stopwatch watch = Stopwatch.started();

		this.supervisor.close();
		this.supervisor.close();

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(9));
		assertThat(this.plant.alive()).isEmpty();
		assertThat(this.supervisor.programs()).extracting(ProgramStatus::state).containsOnly(ProgramState.STOPPED);
		assertThatIllegalStateException().isThrownBy(() -> this.supervisor.start("first"));
		assertThatIllegalStateException().isThrownBy(() -> this.supervisor.add(program("fifth", "exit 0").build()));
		assertThat(get(this.supervisor.stop("first")).state()).isEqualTo(ProgramState.STOPPED);
	}

	@Test
	void doesNotRestartProgramThatEndsWithManager() {
		try (ProcessManager other = ProcessManager.create();
				ProcessSupervisor mistaken = ProcessSupervisor.create(other.launcher())) {
			mistaken.add(program("worker", Scripts.SLEEPS).restart(AT_ONCE).build());
			get(mistaken.start("worker"));

			other.close();

			await().atMost(SOON).until(() -> mistaken.find("worker").orElseThrow().state() == ProgramState.STOPPED);
			assertThat(mistaken.find("worker").orElseThrow().restarts()).isZero();
			assertThat(mistaken.find("worker").orElseThrow().lastFailed()).isFalse();
		}
	}

	@Test
	void doesNotRetryOnceManagerIsClosed() {
		try (ProcessManager other = ProcessManager.create();
				ProcessSupervisor mistaken = ProcessSupervisor.create(other.launcher())) {
			mistaken.add(program("late", Scripts.SLEEPS).restart(AT_ONCE).build());
			other.close();

			ProgramStatus status = get(mistaken.start("late"));

			assertThat(status.state()).isEqualTo(ProgramState.STOPPED);
			assertThat(status.reason()).isEqualTo("its process manager was closed");
			assertThat(status.restarts()).isZero();
		}
	}

	@Test
	void startsNothingBesideUnkillableProcess() {
		ImmortalEngine engine = new ImmortalEngine();
		try (ProcessManager immortals = immortals(engine);
				ProcessSupervisor powerless = ProcessSupervisor.create(immortals.launcher())) {
			powerless.add(program("worker", Scripts.SLEEPS).restart(AT_ONCE).build());
			long pid = Objects.requireNonNull(get(powerless.start("worker")).pid());

			ProgramStatus lost = get(powerless.restart("worker"));

			assertThat(lost.state()).isEqualTo(ProgramState.LOST);
			assertThat(lost.pid()).isEqualTo(pid);
			assertThat(lost.reason()).isEqualTo("is still alive after SIGKILL");
			assertThat(get(powerless.start("worker")).state()).isEqualTo(ProgramState.LOST);
			assertThat(get(powerless.restart("worker")).state()).isEqualTo(ProgramState.LOST);
			assertThat(get(powerless.stop("worker")).state()).isEqualTo(ProgramState.LOST);
			assertThat(engine.starts()).isEqualTo(1);
		}
	}

	@Test
	void stopsUnkillableProcessOnceKilled() {
		ImmortalEngine engine = new ImmortalEngine();
		try (ProcessManager immortals = immortals(engine);
				ProcessSupervisor powerless = ProcessSupervisor.create(immortals.launcher())) {
			powerless.add(program("worker", Scripts.SLEEPS).restart(AT_ONCE).build());
			get(powerless.start("worker"));
			assertThat(get(powerless.stop("worker")).state()).isEqualTo(ProgramState.LOST);
			engine.makeMortal();

			assertThat(get(powerless.stop("worker")).state()).isEqualTo(ProgramState.STOPPED);

			assertThat(engine.starts()).isEqualTo(1);
		}
	}

	@Test
	void continuesOnceUnkillableProcessHasEnded() {
		ImmortalEngine engine = new ImmortalEngine();
		try (ProcessManager immortals = immortals(engine);
				ProcessSupervisor powerless = ProcessSupervisor.create(immortals.launcher())) {
			powerless.add(program("wanted", Scripts.SLEEPS).restart(AT_ONCE).build());
			powerless.add(program("unwanted", Scripts.SLEEPS).restart(AT_ONCE).build());
			get(powerless.start());
			assertThat(get(powerless.restart("wanted")).state()).isEqualTo(ProgramState.LOST);
			assertThat(get(powerless.stop("unwanted")).state()).isEqualTo(ProgramState.LOST);

			engine.makeMortal();

			await().atMost(SOON).until(() -> powerless.find("wanted").orElseThrow().state() == ProgramState.RUNNING);
			await().atMost(SOON).until(() -> powerless.find("unwanted").orElseThrow().state() == ProgramState.STOPPED);
			assertThat(engine.starts()).isEqualTo(3);
		}
	}

	private static ProcessManager immortals(ImmortalEngine engine) {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.stopGrace(Duration.ofMillis(10))
			.shutdownGrace(Duration.ofMillis(10))
			.lostAfter(Duration.ofMillis(50))
			.build();
		return ProcessManager.builder().engine(engine).settings(settings).build();
	}

	@Test
	@RequiresProgram("setsid")
	void stopsProcessesLeftBehindByCrashBeforeRestart(@TempDir Path directory) {
		Path overlap = directory.resolve("overlap");
		String script = "grep -q sleep /proc/$(cat pid)/cmdline && touch " + overlap.getFileName()
				+ "; setsid sleep 300 <&- & echo $! >pid; exit 3";
		ProcessSpec spec = spec("{ " + script + "; } >/dev/null 2>&1").directory(directory).build();
		this.supervisor.add(Program.builder("worker", spec).restart(AT_ONCE).build());

		this.supervisor.start("worker");

		await().atMost(SOON).until(() -> status("worker").restarts() >= 5);
		assertThat(get(this.supervisor.stop("worker")).state()).isEqualTo(ProgramState.STOPPED);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(overlap).doesNotExist();
	}

	@Test
	@RequiresProgram("setsid")
	void stopsProcessesLeftBehindWithoutRestart() {
		this.supervisor.add(program("worker", Scripts.LEAVES_DAEMON).restart(AT_ONCE).build());

		this.supervisor.start("worker");

		awaitState("worker", ProgramState.EXITED);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(status("worker").lastFailed()).isFalse();
		assertThat(status("worker").reason()).isEqualTo("exited with 0");
	}

	@Test
	@RequiresProgram("setsid")
	void killsProcessesLeftBehindAfterGracePeriod() {
		String script = "(setsid sh -c \"trap '' TERM; echo ready >&2; while :; do sleep 300; done\" <&- >/dev/null &);"
				+ " sleep 0.3; exit 3";
		ProcessSpec spec = spec(script).stopGrace(Duration.ofMillis(200)).build();
		this.supervisor.add(Program.builder("worker", spec).restart(LATE).build());

		this.supervisor.start("worker");

		awaitState("worker", ProgramState.BACKOFF);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(status("worker").lastExitCode()).isEqualTo(3);
	}

	@Test
	@RequiresProgram("setsid")
	void killsProcessesLeftBehindAtSecondStop() {
		String script = "(setsid sh -c \"trap '' TERM; while :; do sleep 300; done\" <&- >/dev/null 2>&1 &); sleep 0.3";
		ProcessSpec spec = spec(script).stopGrace(Duration.ofMinutes(5)).build();
		this.supervisor.add(Program.builder("worker", spec).restart(RestartPolicy.never()).build());
		this.supervisor.start("worker");
		await().atMost(SOON).until(() -> status("worker").state() == ProgramState.STOPPING);

		this.supervisor.stop("worker");
		ProgramStatus stopped = get(this.supervisor.stop("worker"));

		assertThat(stopped.state()).isEqualTo(ProgramState.STOPPED);
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	@RequiresProgram("setsid")
	void leavesAllowedProcessesRunning() {
		this.supervisor.add(program("worker", Scripts.LEAVES_DAEMON).leaveBehind(true).build());

		this.supervisor.start("worker");

		awaitState("worker", ProgramState.EXITED);
		assertThat(get(this.supervisor.stop("worker")).state()).isEqualTo(ProgramState.STOPPED);
		await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> !this.plant.alive().isEmpty());
	}

	@Test
	void hasNoTimeoutUnlessConfigured() {
		TimeLimit brief = TimeLimit.of(Duration.ofMillis(300));
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().startTimeout(brief).idleTimeout(brief).build();
		try (ProcessManager hasty = ProcessManager.builder().settings(settings).build();
				ProcessSupervisor patient = ProcessSupervisor.create(hasty.launcher())) {
			patient.add(program("worker", "sleep 2; exit 7").restart(RestartPolicy.never()).build());
			patient.add(Program.builder("brief", spec(Scripts.SLEEPS).timeout(Duration.ofMillis(300)).build())
				.restart(RestartPolicy.never())
				.build());

			patient.start();

			await().atMost(SOON)
				.until(() -> patient.programs().stream().allMatch((program) -> program.state() == ProgramState.EXITED));
			assertThat(patient.find("worker").orElseThrow().lastExitCode()).isEqualTo(7);
			assertThat(patient.find("brief").orElseThrow().reason()).isEqualTo("exceeded its timeout");
		}
	}

	@Test
	void readsNoInputAndCapturesEndOfOutput() {
		this.supervisor
			.add(program("worker", "cat; head -c 1000000 /dev/zero | tr '\\0' x; echo end; exec sleep 300").build());
		long pid = get(this.supervisor.start("worker")).pid();
		RunningProcess process = this.processes.find(pid).orElseThrow();

		await().atMost(SOON).until(() -> process.output().endsWith("end\n"));
		assertThat(process.output()).hasSizeLessThanOrEqualTo(64 * 1024);
	}

	@Test
	void reportsUnknownProgram() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).build());

		assertThatIllegalArgumentException().isThrownBy(() -> this.supervisor.start("wroker"))
			.withMessageContaining("'wroker'")
			.withMessageContaining("[worker]");
		assertThat(this.supervisor.find("wroker")).isEmpty();
	}

	@Test
	void refusesDuplicateName() {
		this.supervisor.add(program("worker", Scripts.SLEEPS).build());

		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.supervisor.add(program("worker", Scripts.SLEEPS).build()))
			.withMessageContaining("'worker'");
	}

	private Program.Builder program(String name, String script) {
		return Program.builder(name, spec(script).build());
	}

	private ProcessSpec.Builder spec(String script) {
		return ProcessSpec.builder(Command.shell(script)).env(Plant.NAME, this.plant.value());
	}

	private ProgramStatus status(String name) {
		return this.supervisor.find(name).orElseThrow();
	}

	private long pid(String name) {
		Long pid = status(name).pid();
		assertThat(pid).isNotNull();
		return pid;
	}

	private boolean isRunning(String name) {
		return status(name).state() == ProgramState.RUNNING;
	}

	private void awaitState(String name, ProgramState state) {
		await().atMost(SOON).until(() -> status(name).state() == state);
	}

	private static void crash(long pid) {
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
	}

	private static void writeScript(Path file, String script) throws IOException {
		Path draft = Files.writeString(file.resolveSibling("draft"), "#!/bin/sh\n" + script + "\n");
		Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwx------"));
		Files.move(draft, file);
	}

	private static <T> T get(CompletableFuture<T> future) {
		try {
			return future.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException | ExecutionException | TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

}
