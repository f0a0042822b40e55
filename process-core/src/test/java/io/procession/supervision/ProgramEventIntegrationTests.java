package io.procession.supervision;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessionEvent;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.Secret;
import io.procession.testing.LogCapture;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@RealProcesses
class ProgramEventIntegrationTests {

	private static final RestartPolicy AT_ONCE = RestartPolicy.onFailure().withDelay(Duration.ZERO);

	private static final RestartPolicy LATE = RestartPolicy.onFailure().withDelay(Duration.ofHours(1));

	private final Recorder recorder = new Recorder();

	private final CountDownLatch release = new CountDownLatch(1);

	private ProcessManager processes;

	private ProcessSupervisor supervisor;

	@BeforeEach
	void create(ProcessManager processes) {
		this.processes = processes;
		this.processes.addListener(this.recorder);
		this.supervisor = ProcessSupervisor.create(processes.launcher());
	}

	@AfterEach
	void close() {
		this.release.countDown();
		this.supervisor.close();
	}

	@Test
	void publishesEachChangeOfState() {
		add("worker", spec(Scripts.SLEEPS), AT_ONCE);

		get(this.supervisor.start("worker"));
		get(this.supervisor.stop("worker"));

		awaitChanges(4);
		assertThat(this.recorder.changes())
			.extracting(ProgramStateChanged::name, ProgramStateChanged::from, ProgramStateChanged::to,
					ProgramStateChanged::reason)
			.containsExactly(change(ProgramState.STOPPED, ProgramState.STARTING, "started"),
					change(ProgramState.STARTING, ProgramState.RUNNING, "started"),
					change(ProgramState.RUNNING, ProgramState.STOPPING, "stopped on request"),
					change(ProgramState.STOPPING, ProgramState.STOPPED, "stopped on request"));
		assertThat(this.recorder.changes()).extracting(ProgramStateChanged::at).isSorted();
		assertThat(this.recorder.threads).allMatch((name) -> name.startsWith("procession-events"));
	}

	@Test
	void publishesChangesInOrderWithEventsOfProcesses() {
		add("worker", spec(Scripts.SLEEPS), LATE);
		add("missing", ProcessSpec.of(Command.of("/nowhere/at/all")), LATE);

		long pid = Objects.requireNonNull(get(this.supervisor.start()).get(0).pid());
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();

		await().atMost(SOON)
			.until(() -> this.recorder.of("worker").size() == 6 && this.recorder.of("missing").size() == 3);
		assertThat(this.recorder.of("worker")).containsExactly("STARTING", "ProcessStarted", "RUNNING", "ProcessExited",
				"STOPPING", "BACKOFF");
		assertThat(this.recorder.of("missing")).containsExactly("STARTING", "ProcessStartFailed", "BACKOFF");
	}

	@Test
	void publishesStartBeforeEventsOfProcessAtEachRestart() {
		add("worker", spec("exit 3"), AT_ONCE);

		this.supervisor.start("worker");

		awaitChanges(100);
		List<String> events = this.recorder.of("worker");
		for (int i = 0; i < 90; i += 6) {
			List<String> execution = events.subList(i, i + 6);
			assertThat(execution).startsWith("STARTING", "ProcessStarted").endsWith("STOPPING", "BACKOFF");
			// the process may have exited in the meantime
			assertThat(execution.subList(2, 4)).containsExactlyInAnyOrder("RUNNING", "ProcessExited");
		}
	}

	@Test
	void publishesStartBeforeItsFailureWithoutAvailableThread() throws Exception {
		ScarceThreads scarce = new ScarceThreads();
		SupervisorThreads threads = new SupervisorThreads(this.processes.launcher().timeSource(), scarce);
		try (ProcessSupervisor poor = new ProcessSupervisor(this.processes.launcher(), threads)) {
			poor.add(Program.builder("worker", spec(Scripts.SLEEPS)).restart(LATE).build());
			threads.begin();
			scarce.exhaust(threads);

			poor.start("worker");

			awaitChanges(2);
			assertThat(this.recorder.changes()).extracting(ProgramStateChanged::to)
				.startsWith(ProgramState.STARTING, ProgramState.BACKOFF);
			scarce.release();
		}
	}

	@Test
	void hasTakenEffectWhenItIsDelivered() {
		List<ProgramState> seen = new CopyOnWriteArrayList<>();
		this.processes.addListener(onChange((change) -> {
			// the state may have changed again, except for the last one
			if (change.to() == ProgramState.STOPPED) {
				seen.add(this.supervisor.find(change.name()).orElseThrow().state());
			}
		}));
		add("worker", spec(Scripts.SLEEPS), AT_ONCE);

		get(this.supervisor.start("worker"));
		get(this.supervisor.stop("worker"));

		await().atMost(SOON).until(() -> !seen.isEmpty());
		assertThat(seen).containsExactly(ProgramState.STOPPED);
	}

	@Test
	void delaysNoProgramWhenListenerBlocks() {
		this.processes.addListener(onChange((change) -> awaitRelease()));
		add("worker", spec(Scripts.SLEEPS), AT_ONCE);

		assertThat(get(this.supervisor.start("worker")).state()).isEqualTo(ProgramState.RUNNING);
		assertThat(get(this.supervisor.restart("worker")).state()).isEqualTo(ProgramState.RUNNING);
		assertThat(get(this.supervisor.stop("worker")).state()).isEqualTo(ProgramState.STOPPED);

		this.release.countDown();
		awaitChanges(6);
	}

	@Test
	void canRequestStartFromListener() {
		this.processes.addListener(onChange((change) -> {
			if (change.to() == ProgramState.EXITED) {
				this.supervisor.start("second");
			}
		}));
		add("first", spec("exit 0"), AT_ONCE);
		this.supervisor.add(Program.builder("second", spec(Scripts.SLEEPS)).autostart(false).build());

		this.supervisor.start();

		await().atMost(SOON).until(() -> this.supervisor.find("second").orElseThrow().state() == ProgramState.RUNNING);
	}

	@Test
	void notifiesOtherListenersWhenOneThrows() {
		Recorder second = new Recorder();
		this.processes.addListener(onChange((change) -> {
			throw new IllegalStateException("planned exception");
		}));
		this.processes.addListener(second);
		add("worker", spec(Scripts.SLEEPS), AT_ONCE);
		try (LogCapture log = LogCapture.begin()) {

			get(this.supervisor.start("worker"));

			await().atMost(SOON).until(() -> second.changes().size() == 2);
			await().atMost(SOON)
				.untilAsserted(() -> assertThat(log.text())
					.contains("Process listener failed: name=worker event=ProgramStateChanged", "planned exception"));
			assertThat(this.supervisor.find("worker").orElseThrow().state()).isEqualTo(ProgramState.RUNNING);
		}
	}

	@Test
	void containsNoSecret() {
		Secret secret = Secret.of("hunter2hunter2");
		this.processes.addListener(new ProcessListener() {

			@Override
			public void beforeStart(ProcessStarting event) {
				if (event.name().equals("denied")) {
					throw new IllegalStateException("not with hunter2hunter2");
				}
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// only the veto is needed
			}

		});
		add("missing", ProcessSpec.of(Command.of("/nowhere/at/all").withArgument(secret)), LATE);
		add("failing", ProcessSpec.builder(Command.shell("echo $TOKEN >&2; exit 3")).secretEnv("TOKEN", secret).build(),
				LATE);
		add("denied", ProcessSpec.of(Command.of("true").withArgument(secret)), LATE);

		get(this.supervisor.start());

		await().atMost(SOON)
			.untilAsserted(() -> assertThat(this.recorder.changes()).extracting(ProgramStateChanged::to)
				.contains(ProgramState.FATAL)
				.filteredOn((state) -> state == ProgramState.BACKOFF)
				.hasSize(2));
		assertThat(this.recorder.changes())
			.allSatisfy((change) -> assertThat(change.toString()).doesNotContain("hunter2"));
	}

	@Test
	void deliversEventsOfCloseBeforeManagerIsClosed() {
		Recorder events = new Recorder();
		try (ProcessManager other = ProcessManager.create();
				ProcessSupervisor closed = ProcessSupervisor.create(other.launcher())) {
			other.addListener(events);
			closed.add(Program.builder("worker", spec(Scripts.SLEEPS)).build());
			get(closed.start("worker"));
		}

		assertThat(events.of("worker")).endsWith("ProcessExited", "STOPPED");
	}

	@Test
	void deliversLastStateBeforeManagerIsClosedWithoutItsSupervisor() {
		Recorder events = new Recorder();
		ProcessManager other = ProcessManager.create();
		other.addListener(events);
		try (ProcessSupervisor open = ProcessSupervisor.create(other.launcher())) {
			for (int i = 0; i < 10; i++) {
				open.add(Program.builder("worker-" + i, spec(Scripts.SLEEPS)).build());
			}
			open.add(Program.builder("failing", spec("exit 3")).restart(LATE).build());
			open.add(Program.builder("done", spec("exit 0")).build());
			get(open.start());
			await().atMost(SOON)
				.until(() -> events.of("failing").contains("BACKOFF") && events.of("done").contains("EXITED"));

			other.close();

			for (int i = 0; i < 10; i++) {
				assertThat(events.of("worker-" + i)).endsWith("ProcessExited", "STOPPED");
			}
			assertThat(events.of("failing")).endsWith("BACKOFF", "STOPPED");
			assertThat(events.of("done")).endsWith("EXITED");
			assertThat(events.changes()).filteredOn((change) -> change.to() == ProgramState.STOPPED)
				.extracting(ProgramStateChanged::reason)
				.containsOnly("its process manager was closed");
		}
	}

	@Test
	void closesManagerOfSupervisorThatStartedNothing() {
		try (ProcessManager other = ProcessManager.create();
				ProcessSupervisor open = ProcessSupervisor.create(other.launcher())) {
			open.add(Program.builder("worker", spec(Scripts.SLEEPS)).build());

			other.close();

			assertThat(open.find("worker").orElseThrow().state()).isEqualTo(ProgramState.STOPPED);
		}
	}

	private static Tuple change(ProgramState from, ProgramState to, String reason) {
		return Tuple.tuple("worker", from, to, reason);
	}

	private void add(String name, ProcessSpec spec, RestartPolicy restart) {
		this.supervisor.add(Program.builder(name, spec).restart(restart).build());
	}

	private static ProcessSpec spec(String script) {
		return ProcessSpec.of(Command.shell(script));
	}

	private void awaitChanges(int count) {
		await().atMost(SOON).until(() -> this.recorder.changes().size() >= count);
	}

	private void awaitRelease() {
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static <T> T get(CompletableFuture<T> future) {
		return future.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
	}

	private static ProcessListener onChange(Consumer<ProgramStateChanged> callback) {
		return new ProcessListener() {

			@Override
			public void onEvent(ProcessEvent event) {
				// only programs are needed
			}

			@Override
			public void onFeatureEvent(ProcessionEvent event) {
				callback.accept((ProgramStateChanged) event);
			}

		};
	}

	private static final class Recorder implements ProcessListener {

		private final List<ProcessionEvent> events = new CopyOnWriteArrayList<>();

		private final List<String> threads = new CopyOnWriteArrayList<>();

		@Override
		public void onEvent(ProcessEvent event) {
			this.events.add(event);
		}

		@Override
		public void onFeatureEvent(ProcessionEvent event) {
			this.threads.add(Thread.currentThread().getName());
			this.events.add(event);
		}

		List<ProgramStateChanged> changes() {
			return this.events.stream()
				.filter(ProgramStateChanged.class::isInstance)
				.map(ProgramStateChanged.class::cast)
				.toList();
		}

		/** Return the states that a program entered and the types of its other events. */
		List<String> of(String name) {
			return this.events.stream()
				.filter((event) -> event.name().equals(name))
				.map((event) -> (event instanceof ProgramStateChanged change) ? change.to().name()
						: event.getClass().getSimpleName())
				.toList();
		}

	}

}
