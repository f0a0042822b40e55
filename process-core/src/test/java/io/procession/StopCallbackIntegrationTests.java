package io.procession;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStopping;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.testing.LogCapture;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

@RealProcesses
class StopCallbackIntegrationTests {

	/** Prints what it receives on its standard input and by TERM. */
	private static final String TELLS = "trap 'echo asked; exit 0' TERM; echo ready; read line; echo \"$line\";"
			+ " while :; do sleep 300 & wait; done";

	private final CountDownLatch release = new CountDownLatch(1);

	private final CountDownLatch called = new CountDownLatch(1);

	@AfterEach
	void release() {
		this.release.countDown();
	}

	private void block() {
		this.called.countDown();
		try {
			this.release.await(SOON.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static RunningProcess ready(PendingProcess pending) {
		RunningProcess process = pending.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
		return process;
	}

	private static void writeLine(RunningProcess process, String line) {
		try {
			process.stdin().writeLine(line);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void closeInput(RunningProcess process) {
		try {
			process.stdin().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ProcessManager managerWith(Duration beforeStopTimeout) {
		return ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().beforeStopTimeout(beforeStopTimeout).build())
			.build();
	}

	@Test
	void isCalledBeforeTheSignal(ProcessManager processes) {
		AtomicReference<RunningProcess> process = new AtomicReference<>();
		AtomicReference<ProcessStopping> received = new AtomicReference<>();
		RunningProcess other = ready(processes.shell(TELLS));
		process.set(ready(processes.shell(TELLS).beforeStop((event) -> {
			received.set(event);
			// the same rounds would have signaled this one, too
			other.stop();
			writeLine(process.get(), "prepare");
			process.get().waitUntil((type, line) -> line.equals("prepare"), SOON);
		})));

		process.get().stop();

		ProcessResult result = process.get().waitFor();
		assertThat(result.outputLines()).containsExactly("ready", "prepare", "asked");
		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(received.get().pid()).isEqualTo(process.get().pid());
		assertThat(received.get().cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(received.get().signal()).isEqualTo(Signal.TERM);
	}

	@Test
	void isCalledForListenersOfAllProcesses(ProcessManager processes) {
		List<String> received = new CopyOnWriteArrayList<>();
		processes.addListener(new ProcessListener() {

			@Override
			public void beforeStop(ProcessStopping event) {
				received.add("before stop of " + event.name());
			}

			@Override
			public void onEvent(ProcessEvent event) {
				received.add(event.getClass().getSimpleName());
			}

		});
		RunningProcess process = ready(processes.shell(TELLS).name("worker"));

		process.stop();

		await().atMost(SOON)
			.untilAsserted(() -> assertThat(received).containsExactly("ProcessStarted", "before stop of worker",
					"ProcessStopping", "ProcessExited"));
	}

	@Test
	void isCalledOnceForTwoRequests(ProcessManager processes) {
		List<ProcessStopping> received = new CopyOnWriteArrayList<>();
		RunningProcess process = ready(processes.shell(TELLS).beforeStop((event) -> {
			received.add(event);
			block();
		}));

		CompletableFuture<ProcessResult> first = process.stopAsync();
		CompletableFuture<ProcessResult> second = process.stopAsync(Duration.ofSeconds(20));
		this.release.countDown();

		assertThat(first).succeedsWithin(SOON);
		assertThat(second).succeedsWithin(SOON);
		assertThat(received).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "kill", "stop without grace", "timeout", "idle timeout", "output limit", "close", "end" })
	void isNotCalledUnlessAStopIsRequested(String how) {
		List<ProcessStopping> received = new CopyOnWriteArrayList<>();
		ProcessManager processes = ProcessManager.create();
		try (processes) {
			PendingProcess pending = processes.shell(how.equals("end") ? "echo ready" : TELLS)
				.beforeStop(received::add);
			Map<String, BiConsumer<PendingProcess, ProcessManager>> ends = Map.of("kill",
					(process, manager) -> ready(process).kill(), "stop without grace",
					(process, manager) -> ready(process).stop(Duration.ZERO), "timeout",
					(process, manager) -> process.timeout(Duration.ofMillis(500)).start().onExit().join(),
					"idle timeout",
					(process, manager) -> process.idleTimeout(Duration.ofMillis(500)).start().onExit().join(),
					"output limit", (process, manager) -> process.outputLimit(1).start().onExit().join(), "close",
					(process, manager) -> {
						ready(process);
						manager.close();
					}, "end", (process, manager) -> process.start().onExit().join());

			ends.get(how).accept(pending, processes);
		}

		assertThat(received).isEmpty();
	}

	@Test
	void delaysSignalAtMostForItsTimeout() {
		try (LogCapture log = LogCapture.begin(); ProcessManager processes = managerWith(Duration.ofMillis(200))) {
			RunningProcess process = ready(processes.shell(TELLS).name("worker").beforeStop((event) -> block()));
			Stopwatch stopwatch = Stopwatch.started();

			process.stop();

			assertThat(process.waitFor().outputLines()).containsExactly("ready", "asked");
			assertThat(stopwatch.elapsed()).isLessThan(SOON);
			await().atMost(SOON)
				.untilAsserted(() -> assertThat(log.text()).contains("has not returned within PT0.2S", "name=worker"));
			this.release.countDown();
		}
	}

	@Test
	void isFollowedImmediatelyBySignalWhenItThrows() {
		try (LogCapture log = LogCapture.begin(); ProcessManager processes = managerWith(Duration.ofDays(1))) {
			RunningProcess process = ready(processes.shell(TELLS).beforeStop((event) -> {
				throw new IllegalStateException("planned");
			}));

			process.stop();

			assertThat(process.waitFor().outputLines()).containsExactly("ready", "asked");
			await().atMost(SOON).untilAsserted(() -> assertThat(log.text()).contains("planned"));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void delaysNeitherKillNorClose(boolean kill) {
		RunningProcess process;
		Stopwatch stopwatch;
		try (ProcessManager processes = managerWith(Duration.ofDays(1))) {
			process = ready(processes.shell(TELLS).beforeStop((event) -> block()));
			process.stopAsync();
			await().atMost(SOON).until(() -> this.called.getCount() == 0);
			stopwatch = Stopwatch.started();

			if (kill) {
				process.kill();
				assertThat(process.waitFor().cause()).isEqualTo(ExitCause.KILLED);
				this.release.countDown();
			}
		}

		assertThat(process.isRunning()).isFalse();
		assertThat(stopwatch.elapsed()).isLessThan(SOON);
	}

	@Test
	void canLetProcessEndByItself() {
		try (ProcessManager processes = managerWith(Duration.ofDays(1))) {
			AtomicReference<RunningProcess> process = new AtomicReference<>();
			process.set(processes.command("cat").beforeStop((event) -> {
				closeInput(process.get());
				block();
			}).start());

			process.get().stop();

			ProcessResult result = process.get().waitFor();
			assertThat(result.exitCode()).isZero();
			assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
			this.release.countDown();
		}
	}

	@Test
	void cannotWaitForItsOwnStop() {
		AtomicReference<RunningProcess> process = new AtomicReference<>();
		try (LogCapture log = LogCapture.begin(); ProcessManager processes = managerWith(Duration.ofDays(1))) {
			process.set(ready(processes.shell(TELLS).beforeStop((event) -> process.get().stop())));

			assertThat(process.get().stopAsync()).succeedsWithin(SOON)
				.satisfies((result) -> assertThat(result.outputLines()).containsExactly("ready", "asked"));

			await().atMost(SOON).untilAsserted(() -> assertThat(log.text()).contains("use stopAsync()"));
		}
	}

	@Test
	void canWaitForEnd() {
		AtomicReference<RunningProcess> process = new AtomicReference<>();
		try (ProcessManager processes = managerWith(Duration.ofDays(1))) {
			process.set(processes.command("cat").beforeStop((event) -> {
				closeInput(process.get());
				process.get().waitFor();
				this.called.countDown();
			}).start());

			process.get().stop();

			assertThat(process.get().waitFor().exitCode()).isZero();
			await().atMost(SOON).until(() -> this.called.getCount() == 0);
		}
	}

	@Test
	void leavesFullGracePeriodAfterSignal() {
		Duration grace = Duration.ofSeconds(2);
		try (ProcessManager processes = managerWith(Duration.ofMillis(2500))) {
			RunningProcess process = ready(processes.shell(TELLS).beforeStop((event) -> block()));

			process.stop(grace);

			assertThat(process.waitFor().outputLines()).containsExactly("ready", "asked");
			this.release.countDown();
		}
	}

	@Test
	void isCalledBeforeTheRestartOfAProgram(ProcessManager processes) {
		List<String> received = new CopyOnWriteArrayList<>();
		processes.addListener(new ProcessListener() {

			@Override
			public void beforeStop(ProcessStopping event) {
				received.add(event.name());
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// only its stop matters
			}

		});
		try (ProcessSupervisor supervisor = ProcessSupervisor.create(processes.launcher())) {
			supervisor.add(Program.builder("worker", ProcessSpec.of(Command.shell(Scripts.SLEEPS))).build());
			assertThat(supervisor.start("worker")).succeedsWithin(SOON);
			assertThat(received).isEmpty();

			assertThat(supervisor.restart("worker")).succeedsWithin(SOON)
				.satisfies((status) -> assertThat(status.state()).isEqualTo(ProgramState.RUNNING));

			assertThat(received).containsExactly("worker");
		}
	}

	@Test
	void isLoggedInOrderOfProcessLifecycle(ProcessManager processes) {
		List<String> received = new CopyOnWriteArrayList<>();
		PendingProcess pending = processes
			.shell("trap 'exit 3' TERM; echo out; echo err >&2; while :; do sleep 300 & wait; done")
			.name("worker")
			.beforeStart((event) -> received.add("before start of " + event.name()))
			.afterStart((event) -> received.add("after start"))
			.onOutput((line) -> received.add("output " + line))
			.onError((line) -> received.add("error " + line))
			.beforeStop((event) -> received.add("before stop"))
			.afterStop((event) -> received.add("after stop, exit code " + event.exitCode()));
		RunningProcess process = pending.start();
		await().atMost(SOON).until(() -> received.containsAll(List.of("after start", "output out", "error err")));

		process.stop();

		await().atMost(SOON).until(() -> received.size() == 6);
		assertThat(received.get(0)).isEqualTo("before start of worker");
		assertThat(received.subList(4, 6)).containsExactly("before stop", "after stop, exit code 3");
	}

	@Test
	void appliesOnlyToItsProcess(ProcessManager processes) {
		List<String> received = new CopyOnWriteArrayList<>();
		PendingProcess plain = processes.command("true").name("plain");
		PendingProcess observed = plain.name("heard").beforeStart((event) -> received.add(event.name()));
		PendingProcess vetoed = plain.beforeStart((event) -> {
			throw new IllegalStateException("planned veto");
		});

		plain.run();
		observed.run();

		assertThat(received).containsExactly("heard");
		assertThatExceptionOfType(ProcessDeniedException.class).isThrownBy(vetoed::run)
			.withMessageContaining("planned veto");
		assertThatNullPointerException().isThrownBy(() -> plain.afterStop(null)).withMessage("callback");
	}

}
