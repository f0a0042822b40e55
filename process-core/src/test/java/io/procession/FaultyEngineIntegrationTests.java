package io.procession;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStartFailed;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;
import io.procession.testing.FailingEngine;
import io.procession.testing.LogCapture;
import io.procession.testing.Pace;
import io.procession.testing.RealProcesses;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a manager whose engine is slow or fails.
 */
@RealProcesses
class FaultyEngineIntegrationTests {

	private static ProcessManager manager(ProcessEngine engine) {
		return ProcessManager.builder().engine(engine).build();
	}

	@Test
	void endsProcessesAndThreadsWhenEngineFailsToClose() {
		AtomicInteger closes = new AtomicInteger();
		ProcessEngine engine = new RealEngine() {

			@Override
			public ProcessTree leftovers() {
				throw new IllegalStateException("planned for leftovers");
			}

			@Override
			public void close() {
				closes.incrementAndGet();
				super.close();
				throw new IllegalStateException("planned for the close");
			}

		};
		RunningProcess process;
		ProcessManager processes = manager(engine);
		try (LogCapture log = LogCapture.begin()) {
			process = processes.start("sleep", "300");

			processes.close();

			assertThat(log.text()).contains("planned for leftovers", "planned for the close");
		}
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.SHUTDOWN);
		assertThat(closes).hasValue(1);
		assertThat(Thread.getAllStackTraces().keySet())
			.noneMatch((thread) -> thread.getName().startsWith("procession-scheduler"));
	}

	@Test
	void scansTwiceBeforeTreeIsConsideredEmpty() {
		List<String> seen = new CopyOnWriteArrayList<>();
		ProcessTree hides = new ProcessTree() {

			@Override
			public List<Long> alive() {
				seen.add("look");
				// between fork and exec, the process cannot be attributed to its parent
				boolean shows = seen.size() > 1 && !seen.contains("TERM");
				return shows ? List.of(1L) : List.of();
			}

			@Override
			public void signal(Signal signal) {
				seen.add(signal.name());
			}

		};
		ProcessEngine engine = new RealEngine() {

			@Override
			public ProcessTree leftovers() {
				return hides;
			}

		};
		try (ProcessManager processes = manager(engine)) {
			processes.run("true");
		}

		assertThat(seen).containsExactly("look", "look", "TERM", "look", "look");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void distinguishesRemainingProcessesFromFailedScan(boolean scans) {
		AtomicBoolean closing = new AtomicBoolean();
		ProcessTree immortal = new ProcessTree() {

			@Override
			public List<Long> alive() {
				return List.of(4711L);
			}

			@Override
			public void signal(Signal signal) {
				// no effect
			}

		};
		ProcessEngine engine = new RealEngine() {

			@Override
			public ProcessTree leftovers() {
				closing.set(true);
				return immortal;
			}

			@Override
			public void scan() {
				if (closing.get() && !scans) {
					throw new IllegalStateException("planned");
				}
				super.scan();
			}

		};
		try (LogCapture log = LogCapture.begin()) {
			try (ProcessManager processes = ProcessManager.builder()
				.engine(engine)
				.settings(ProcessSettings.DEFAULTS.toBuilder()
					.timeoutGrace(Duration.ZERO)
					.lostAfter(Duration.ofMillis(300))
					.build())
				.build()) {
				processes.run("true");
			}

			assertThat(log.text()).contains(scans ? "leftovers still alive: pids=[4711]"
					: "leftovers the processes of this machine could not be scanned in time");
		}
	}

	@Test
	void stopsOtherProcessesWhenOneCannotBeStopped() {
		AtomicBoolean fail = new AtomicBoolean();
		ProcessEngine engine = new RealEngine() {

			@Override
			public EngineProcess start(Launch launch) {
				EngineProcess process = super.start(launch);
				boolean first = launch.arguments().contains("300");
				return first ? failingOn("tree", process, fail) : process;
			}

		};
		RunningProcess first;
		RunningProcess second;
		try (ProcessManager processes = manager(engine)) {
			first = processes.start("sleep", "300");
			second = processes.start("sleep", "301");
			fail.set(true);
		}
		assertThat(first.waitFor().cause()).isEqualTo(ExitCause.SHUTDOWN);
		assertThat(second.waitFor().cause()).isEqualTo(ExitCause.SHUTDOWN);
	}

	@Test
	void closesEngineAfterLastStartInProgress() {
		AtomicInteger closes = new AtomicInteger();
		AtomicBoolean entered = new AtomicBoolean();
		AtomicBoolean release = new AtomicBoolean();
		ProcessEngine engine = new RealEngine() {

			@Override
			public EngineProcess start(Launch launch) {
				entered.set(true);
				await().atMost(SOON).untilTrue(release);
				throw new ProcessStartException(launch.spec(), ProcessStartException.Reason.NO_RESOURCES, "planned",
						null);
			}

			@Override
			public void close() {
				closes.incrementAndGet();
				super.close();
			}

		};
		ProcessManager processes = ProcessManager.builder()
			.engine(engine)
			.settings(ProcessSettings.DEFAULTS.toBuilder().lostAfter(Duration.ofMillis(200)).build())
			.build();
		processes.command("true").runAsync();
		await().atMost(SOON).untilTrue(entered);

		processes.close();

		assertThat(closes).hasValue(0);
		release.set(true);
		await().atMost(SOON).until(() -> closes.get() == 1);
	}

	@Test
	void killsAfterGracePeriodDespiteSlowScans() {
		AtomicInteger scans = new AtomicInteger();
		Queue<ProcessHandle> stopped = new ConcurrentLinkedQueue<>();
		ProcessEngine engine = new RealEngine() {

			@Override
			public void scan() {
				if (stopped.stream().anyMatch(ProcessHandle::isAlive)) {
					scans.incrementAndGet();
					long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1200);
					while (System.nanoTime() < end) {
						Pace.slowly(Duration.ofNanos(end - System.nanoTime()));
					}
				}
				super.scan();
			}

		};
		try (ProcessManager processes = manager(engine)) {
			RunningProcess process = processes
				.command("sh", "-c", "trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done")
				.start();
			assertThat(process.waitUntil((type, line) -> line.equals("ready"), SOON)).isTrue();
			ProcessHandle.of(process.pid()).ifPresent(stopped::add);

			process.stop(Duration.ofSeconds(1));

			assertThat(process.waitFor().output()).contains("asked");
		}
		// one to ask, one to kill, and one that may still see it die; each pause that was
		// none would add another
		assertThat(scans.get()).isBetween(2, 3);
	}

	@Test
	void stopsProcessesLeftBehindAfterFailedAttempt() {
		AtomicBoolean fail = new AtomicBoolean();
		ProcessEngine engine = new RealEngine() {

			@Override
			public EngineProcess start(Launch launch) {
				return failingOn("mayLeaveBehind", super.start(launch), fail);
			}

		};
		try (ProcessManager processes = manager(engine)) {
			RunningProcess process = processes.start("true");
			process.waitFor();
			fail.set(true);
			assertThatIllegalStateException().isThrownBy(process::stopLeftBehind);

			assertThat(process.stopLeftBehind()).succeedsWithin(SOON).isEqualTo(true);
		}
	}

	@Test
	void publishesOnlyStartFailureWhenOutputCannotBeRead() {
		AtomicBoolean fail = new AtomicBoolean(true);
		ProcessEngine engine = new RealEngine() {

			@Override
			public EngineProcess start(Launch launch) {
				return failingOn("connect", super.start(launch), fail);
			}

		};
		Queue<ProcessEvent> events = new ConcurrentLinkedQueue<>();
		try (ProcessManager processes = manager(engine)) {
			processes.addListener(events::add);

			assertThatExceptionOfType(ProcessStartException.class)
				.isThrownBy(() -> processes.command("sleep", "300").run())
				.withMessageContaining("planned for connect");
			await().atMost(SOON).until(() -> processes.running().isEmpty());
			processes.run("true");
		}
		assertThat(events).hasSize(3);
		List<ProcessEvent> received = List.copyOf(events);
		assertThat(received.get(0)).isInstanceOf(ProcessStartFailed.class);
		assertThat(received.get(2)).isInstanceOf(ProcessExited.class);
		assertThat(received.get(2).executionId()).isEqualTo(received.get(1).executionId())
			.isNotEqualTo(received.get(0).executionId());
	}

	/** The process, of which one call of a method fails once it is to. */
	private static EngineProcess failingOn(String method, EngineProcess process, AtomicBoolean fail) {
		return (EngineProcess) Proxy.newProxyInstance(EngineProcess.class.getClassLoader(),
				new Class<?>[] { EngineProcess.class }, (proxy, called, arguments) -> {
					if (called.getName().equals(method) && fail.compareAndSet(true, false)) {
						throw new IllegalStateException("planned for " + method);
					}
					try {
						return called.invoke(process, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private static class RealEngine extends FailingEngine {

		RealEngine() {
			super(new LocalProcessEngine(false, null), (launch) -> {
			});
		}

	}

}
