package io.procession;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.Command;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;
import io.procession.testing.Namespaces;
import io.procession.testing.Plant;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.StartInFlight;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestApplication;
import io.procession.testing.TestChild;

import static io.procession.testing.Bounds.BEFORE_LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the processes of an application whose JVM ends in any way.
 */
@RealProcesses
@RequiresProgram({ "setsid", "perl" })
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JvmDeathIntegrationTests {

	private static final String[] ALL_KINDS = { "plain=3", "ignoring=3", "daemon=3", "orphan=3", "flood=1", "title=3",
			"lines=2", "clear=2", "jvm=1" };

	@Test
	void leavesNoProcessWhenJvmIsKilled(ProcessManager processes) {
		Application application = Application.start(processes, ALL_KINDS);

		application.killLeavingNothing();
	}

	@Test
	@Tag("stress")
	void leavesNoneOfTwoHundredProcessesWhenJvmIsKilled(ProcessManager processes) {
		String name = "application=" + UUID.randomUUID();
		Application application = Application.start(processes, "plain=40", "ignoring=40", "daemon=40", "orphan=40",
				"flood=2", "title=36", "jvm=2", name);
		Application second = Application.start(processes, "plain=2", "ignoring=2", "daemon=2", name);
		Application other = Application.start(processes, "plain=2", "ignoring=2", "daemon=2");
		Stopwatch watch = Stopwatch.started();

		application.killLeavingNothing();

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(3));
		assertThat(second.tree).allMatch(ProcessTable.Entry::isAlive);
		assertThat(other.tree).allMatch(ProcessTable.Entry::isAlive);
	}

	@Test
	void sparesProcessWithMarkerOfDeadJvmInsideValue(ProcessManager processes) {
		Application application = Application.start(processes, "plain=1");
		ProcessTable.Entry guard = application.tree.stream()
			.filter((entry) -> entry.toString().contains("trap '' INT TERM HUP"))
			.findFirst()
			.orElseThrow();
		String marker = application.tree.stream()
			.flatMap((entry) -> entry.environment().stream())
			.filter((variable) -> variable.matches("PROCESSION_\\w+=.*;" + application.jvm.pid() + ";.*"))
			.findFirst()
			.orElseThrow();
		RunningProcess stranger = processes.command("sleep", "300")
			.env("HTTP_USER_AGENT", "x " + marker + "\n" + marker)
			.start();

		application.killLeavingNothing();

		await().atMost(BEFORE_LOST).until(() -> !guard.isAlive());
		assertThat(stranger.isRunning()).isTrue();
	}

	@Test
	@RequiresProgram({ "setsid", "unshare", "python3" })
	void leavesNoProcessWithHugeOrUnreadableEnvironment(ProcessManager processes) throws Exception {
		Path program = Path.of(getClass().getResource("/huge-environment.py").toURI());
		Namespaces crowded = new Namespaces(Namespaces.CONTAINER,
				"folder=$(mktemp -d); mkfifo \"$folder/fifo\"; python3 '" + program + "' > \"$folder/out\" &"
						+ " until grep -q ready \"$folder/out\"; do sleep 0.05; done;"
						+ " sleep 300 & mount --bind \"$folder/fifo\" /proc/$!/environ; \"$@\" & jvm=$!;"
						+ " until [ \"$(pgrep -fxc 'sleep 300')\" -ge 7 ]; do sleep 0.05; done; kill -s KILL $jvm;"
						+ " tries=0; until [ \"$(pgrep -fxc 'sleep 300')\" -le 1 ] || [ $tries -ge 300 ]; do sleep 0.1;"
						+ " tries=$((tries + 1)); done; pgrep -fxc 'sleep 300'; rm -r \"$folder\"");

		ProcessResult result = crowded.run(processes, TestApplication.class, "plain=2", "clear=2", "end=never");

		// the unresponsive one
		assertThat(result.outputLines()).last().isEqualTo("1");
	}

	@Test
	void leavesNoProcessWhenJvmIsKilledImmediately(ProcessManager processes) {
		RunningProcess jvm = processes.command(TestChild.javaCommand(TestApplication.class, "plain=50", "daemon=50"))
			.start();
		await().atMost(Duration.ofSeconds(30)).until(() -> ProcessTable.descendants(jvm.pid()).size() > 10);
		List<ProcessTable.Entry> children = ProcessTable.descendants(jvm.pid());

		jvm.signal(Signal.KILL);

		assertThat(jvm.waitFor().exitCode()).isEqualTo(137);
		await().atMost(BEFORE_LOST).until(() -> children.stream().noneMatch(ProcessTable.Entry::isAlive));
		await().atMost(BEFORE_LOST).until(() -> ownedBy(jvm.pid()).isEmpty());
	}

	private static List<ProcessTable.Entry> ownedBy(long pid) {
		String marker = "PROCESSION_\\w+=(.*\\D)?" + pid + "(\\D.*)?";
		return ProcessTable.withEnvironment((variable) -> variable.matches(marker));
	}

	@Test
	void leavesNoProcessWhenJvmExits(ProcessManager processes) {
		Plant plant = Plant.fresh();

		ProcessResult result = application(plant, processes, "plain=3", "ignoring=3", "daemon=3", "orphan=3", "title=3",
				"end=exit")
			.run();

		assertThat(result.throwIfFailed().output()).startsWith("started 15");
		await().atMost(BEFORE_LOST).until(() -> plant.alive().isEmpty());
	}

	private static PendingProcess application(Plant plant, ProcessManager processes, String... options) {
		return processes.command(TestChild.javaCommand(TestApplication.class, options)).env(Plant.NAME, plant.value());
	}

	@Test
	void leavesNoProcessWhenMainReturns(ProcessManager processes) {
		Plant plant = Plant.fresh();

		ProcessResult result = application(plant, processes, "plain=2", "orphan=2", "end=return").run();

		assertThat(result.throwIfFailed().output()).startsWith("started 4");
		await().atMost(BEFORE_LOST).until(() -> plant.alive().isEmpty());
	}

	@Test
	void leavesNoProcessWhenJvmIsTerminated(ProcessManager processes) {
		Application application = Application.start(processes, "plain=2", "ignoring=2", "daemon=2");

		application.jvm.signal(Signal.TERM);

		assertThat(application.jvm.waitFor().exitCode()).isEqualTo(143);
		application.awaitEnd();
	}

	@Test
	void leavesNoProcessWhenJvmExitsWithoutShutdownHook(ProcessManager processes) {
		Plant plant = Plant.fresh();

		ProcessResult result = application(plant, processes, "plain=2", "ignoring=2", "daemon=2", "hook=false",
				"end=exit")
			.run();

		assertThat(result.throwIfFailed().output()).startsWith("started 6");
		await().atMost(BEFORE_LOST).until(() -> plant.alive().isEmpty());
	}

	@Test
	void doesNotKeepJvmAliveForSurvivorHoldingOutput(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = application(Plant.fresh(), processes, "survivor=1", "hook=false", "end=return").run();

		assertThat(result.throwIfFailed().output()).startsWith("started 1");
		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(30));
	}

	@Test
	void leavesUnfinishedStopsOfCloseToGuard(ProcessManager processes) {
		Plant plant = Plant.fresh();

		ProcessResult result = processes.command(TestChild.javaCommand(StartInFlight.class))
			.env(Plant.NAME, plant.value())
			.run();

		assertThat(result.throwIfFailed().output()).contains("started ");
		await().atMost(BEFORE_LOST).until(() -> plant.alive().isEmpty());
	}

	@Test
	void leavesSecondInstanceAlone(ProcessManager processes) {
		String name = "application=" + UUID.randomUUID();
		Application first = Application.start(processes, "plain=2", "ignoring=2", "daemon=2", name);
		Application second = Application.start(processes, "plain=2", "ignoring=2", "daemon=2", name);

		first.killLeavingNothing();

		assertThat(second.tree).allMatch(ProcessTable.Entry::isAlive);
		second.killLeavingNothing();
	}

	@Test
	void sweepsProcessesOfDeadInstanceWithoutGuard(ProcessManager processes) throws IOException {
		String name = UUID.randomUUID().toString();
		Application dead = Application.startUnmarked(processes, "plain=2", "ignoring=2", "daemon=2", "guard=false",
				"application=" + name);
		Application living = Application.startUnmarked(processes, "plain=2", "daemon=1", "guard=false",
				"application=" + name);
		Application other = Application.startUnmarked(processes, "plain=2", "guard=false",
				"application=" + UUID.randomUUID());
		List<ProcessTable.Entry> livingTree = living.tree;
		dead.jvm.signal(Signal.KILL);
		assertThat(dead.jvm.waitFor().exitCode()).isEqualTo(137);
		assertThat(dead.plant.alive()).hasSizeGreaterThan(5);
		other.jvm.signal(Signal.KILL);
		other.jvm.waitFor();

		try (ProcessManager next = ProcessManager.builder().guard(false).application(name).build()) {
			assertThat(next.run("true").successful()).isTrue();

			await().atMost(BEFORE_LOST).until(() -> dead.plant.alive().isEmpty());
		}

		assertThat(livingTree).allMatch(ProcessTable.Entry::isAlive);
		assertThat(other.plant.alive()).hasSize(2);
		other.plant.alive().forEach((entry) -> ProcessHandle.of(entry.pid()).ifPresent(ProcessHandle::destroyForcibly));
		// only its own hook can do this, since no other JVM knows its daemon
		living.jvm.stdin().close();
		assertThat(living.jvm.waitFor().successful()).isTrue();
		assertThat(living.plant.alive()).isEmpty();
	}

	@Test
	void sparesLivingInstanceStartedByDeadOne(ProcessManager processes) {
		String name = UUID.randomUUID().toString();
		Application dead = Application.startUnmarked(processes, "plain=2", "instance=1", "guard=false",
				"application=" + name);
		ProcessTable.Entry instance = dead.tree.stream()
			.filter((entry) -> ProcessTable.descendants(entry.pid()).size() == 2)
			.findFirst()
			.orElseThrow();
		List<ProcessTable.Entry> living = new ArrayList<>(ProcessTable.descendants(instance.pid()));
		living.add(instance);
		dead.jvm.signal(Signal.KILL);
		assertThat(dead.jvm.waitFor().exitCode()).isEqualTo(137);

		try (ProcessManager next = ProcessManager.builder().guard(false).application(name).build()) {
			assertThat(next.run("true").successful()).isTrue();

			await().atMost(BEFORE_LOST).until(() -> dead.plant.alive().size() == living.size());
		}

		assertThat(living).allMatch(ProcessTable.Entry::isAlive);
		ProcessHandle.of(instance.pid()).ifPresent(ProcessHandle::destroy);
		await().atMost(BEFORE_LOST).until(() -> dead.plant.alive().isEmpty());
	}

	@Test
	@RequiresProgram({ "setsid", "env" })
	void reportsCtrlCInTerminalAsShutdown(ProcessManager processes) {
		// INT may have been disabled when this build was started
		List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
		command.addAll(TestChild.javaCommand(TestApplication.class, "plain=3", "events=true"));
		Plant plant = Plant.fresh();
		Application application = Application.start(processes.command(command).env(Plant.NAME, plant.value()), plant);

		processes.shell("kill -s INT -- -$1", Long.toString(application.jvm.pid())).run().throwIfFailed();

		ProcessResult result = application.jvm.waitFor();
		assertThat(result.exitCode()).isEqualTo(130);
		assertThat(result.outputLines()).filteredOn((line) -> line.startsWith("ended"))
			.containsExactly("ended SHUTDOWN", "ended SHUTDOWN", "ended SHUTDOWN");
		application.awaitEnd();
	}

	@Test
	@RequiresProgram({ "setsid", "unshare" })
	void ignoresZombiesAsFirstProcessOfContainer(ProcessManager processes) {
		List<String> java = TestChild.javaCommand(TestApplication.class, "plain=1", "ignoring=1", "daemon=2",
				"orphan=2", "end=stop");
		List<String> namespace = List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc");
		ProcessResult possible = processes.pending(ProcessSpec.of(Command.of(namespace).withArgument("true"))).run();
		assumeThat(possible.successful()).as(possible.errorOutput()).isTrue();
		List<String> arguments = new ArrayList<>(namespace);
		arguments.addAll(java);

		ProcessResult result = processes.command(arguments).run().throwIfFailed();

		assertThat(result.outputLines()).contains("started 6", "stopped STOPPED 143", "stopped STOPPED 137", "closed")
			.noneMatch((line) -> line.contains("LOST"));
		assertThat(result.duration()).isLessThan(Duration.ofSeconds(40));
	}

	/**
	 * A {@link TestApplication} that has started its processes.
	 */
	private record Application(RunningProcess jvm, Plant plant, List<ProcessTable.Entry> tree) {

		static Application start(ProcessManager processes, String... options) {
			Plant plant = Plant.fresh();
			return start(application(plant, processes, options), plant);
		}

		/** As if started by itself only. */
		static Application startUnmarked(ProcessManager processes, String... options) {
			Plant plant = Plant.fresh();
			List<String> unmarked = new ArrayList<>(List.of("sh", "-c",
					"for name in $(env | sed -n 's/^\\(PROCESSION_[^=]*\\)=.*/\\1/p'); do unset $name; done; exec \"$@\"",
					"sh"));
			unmarked.addAll(TestChild.javaCommand(TestApplication.class, options));
			return start(processes.command(unmarked).env(Plant.NAME, plant.value()), plant);
		}

		private static Application start(PendingProcess pending, Plant plant) {
			RunningProcess jvm = pending.start();
			boolean started = jvm.waitUntil((type, line) -> line.startsWith("started"), Duration.ofMinutes(1));
			assertThat(started).as(() -> jvm.output() + jvm.errorOutput()).isTrue();
			List<ProcessTable.Entry> tree = new ArrayList<>(ProcessTable.descendants(jvm.pid()));
			plant.alive().stream().filter((entry) -> entry.pid() != jvm.pid()).forEach(tree::add);
			return new Application(jvm, plant, tree);
		}

		void killLeavingNothing() {
			assertThat(this.tree).isNotEmpty();
			this.jvm.signal(Signal.KILL);
			assertThat(this.jvm.waitFor().exitCode()).isEqualTo(137);
			awaitEnd();
		}

		void awaitEnd() {
			await().atMost(BEFORE_LOST)
				.untilAsserted(() -> assertThat(this.tree.stream().filter(ProcessTable.Entry::isAlive)).isEmpty());
			await().atMost(BEFORE_LOST).untilAsserted(() -> assertThat(this.plant.alive()).isEmpty());
		}

	}

}
