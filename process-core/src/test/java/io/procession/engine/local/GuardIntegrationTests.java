package io.procession.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.procession.ProcessManager;
import io.procession.concurrent.BackgroundLog;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;
import io.procession.testing.LogCapture;
import io.procession.testing.Namespaces;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestApplication;
import io.procession.testing.TestChild;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.BEFORE_KILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@RealProcesses
@RequiresProgram("setsid")
class GuardIntegrationTests {

	@Test
	void delaysNoCloseWhenItsPipeIsFull(ProcessManager processes) throws Exception {
		Guard guard = new Guard(Marker.create(null), new BackgroundLog(Thread::new), Duration.ofMillis(200));
		guard.ensureRunning();
		ProcessTable.Entry shell = shell();
		processes.shell("kill -s STOP $1", Long.toString(shell.pid())).run().throwIfFailed();
		// the pipe holds 64 KiB
		Thread heartbeat = Threads.start(() -> guard.remember("1:1 ".repeat(1 << 16)));
		await().atMost(BEFORE_KILL)
			.until(() -> List.of(heartbeat.getStackTrace())
				.stream()
				.anyMatch((frame) -> frame.getMethodName().equals("writeBytes")));
		Stopwatch watch = Stopwatch.started();

		guard.close();

		assertThat(watch.elapsed()).isLessThan(BEFORE_KILL);
		await().atMost(BEFORE_KILL).until(() -> !shell.isAlive());
		heartbeat.join(BEFORE_KILL.toMillis());
		assertThat(heartbeat.isAlive()).isFalse();
	}

	@Test
	void isRestartedWithoutOtherStarts(ProcessManager processes) {
		processes.start("sleep", "300");
		ProcessTable.Entry first = shell();

		ProcessHandle.of(first.pid()).ifPresent(ProcessHandle::destroyForcibly);

		await().atMost(BEFORE_KILL).until(() -> !first.isAlive());
		assertThat(shell().pid()).isNotEqualTo(first.pid());
	}

	@Test
	void holdsNoResourcesOfManagerAndIgnoresTermSignals(ProcessManager processes) throws IOException {
		RunningProcess process = processes.start("sleep", "300");
		ProcessTable.Entry guard = shell();
		Path proc = Path.of("/proc", Long.toString(guard.pid()));

		// it traps them first of all, and then reads
		await().atMost(BEFORE_KILL).until(() -> Files.readString(proc.resolve("wchan")).contains("pipe"));
		processes.shell("for signal in INT TERM HUP; do kill -s $signal $1; done", Long.toString(guard.pid()))
			.run()
			.throwIfFailed();

		assertThat(guard.session()).isEqualTo(guard.pid());
		assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).hasToString("/");
		assertThat(Files.readSymbolicLink(proc.resolve("fd/1"))).hasToString("/dev/null");
		assertThat(Files.readSymbolicLink(proc.resolve("fd/2"))).hasToString("/dev/null");
		String marker = ProcessTable.find(process.pid())
			.orElseThrow()
			.environment()
			.stream()
			.filter((variable) -> variable.startsWith("PROCESSION_") && variable.contains("=" + process.executionId()))
			.findFirst()
			.orElseThrow();
		String name = marker.substring(0, marker.indexOf('='));
		assertThat(guard.environment()).noneMatch((variable) -> variable.startsWith(name));
		processes.close();
		await().atMost(BEFORE_KILL).until(() -> !guard.isAlive());
	}

	@Test
	@RequiresProgram({ "setsid", "unshare", "mount" })
	void isAbandonedWithOneWarningIfToolsAreMissing(ProcessManager processes) {
		Namespaces without = new Namespaces(Namespaces.CONTAINER, "for setsid in /usr/bin/setsid /bin/setsid; do"
				+ " [ ! -f $setsid ] || mount --bind /dev/null $setsid; done; \"$@\"");

		ProcessResult result = without.run(processes, Unguarded.class);

		assertThat(result.outputLines()).filteredOn((line) -> line.startsWith("lacks "))
			.singleElement()
			.asString()
			.contains("No guard process", "'setsid' is missing: install util-linux");
		assertThat(result.outputLines()).filteredOn((line) -> line.contains("WARN"))
			.singleElement()
			.asString()
			.contains("No guard process is available");
	}

	@Test
	@RequiresProgram({ "setsid", "unshare", "mount" })
	void isAbandonedWithOneWarningIfItExitsImmediately(ProcessManager processes, @TempDir Path directory)
			throws IOException {
		Path refusing = Files.writeString(directory.resolve("setsid"), "#!/bin/sh\nexit 71\n");
		assertThat(refusing.toFile().setExecutable(true)).isTrue();
		Namespaces refused = new Namespaces(Namespaces.CONTAINER,
				"for setsid in /usr/bin/setsid /bin/setsid; do [ ! -f $setsid ] || mount --bind '" + refusing
						+ "' $setsid; done; \"$@\"");

		ProcessResult result = refused.run(processes, Unguarded.class);

		assertThat(result.outputLines()).filteredOn((line) -> line.startsWith("lacks "))
			.singleElement()
			.asString()
			.contains("No guard process is available", "exited 5 times", "exitCode=71");
		assertThat(result.outputLines()).filteredOn((line) -> line.contains("WARN"))
			.satisfiesExactly((line) -> assertThat(line).contains("was restarted"),
					(line) -> assertThat(line).contains("No guard process is available"));
	}

	@Test
	void usesSystemToolsRegardlessOfPath(ProcessManager processes, @TempDir Path directory) throws IOException {
		Path trace = directory.resolve("trace");
		for (String tool : List.of("setsid", "grep", "sleep", "timeout", "tr")) {
			Path fake = Files.writeString(directory.resolve(tool), "#!/bin/sh\necho " + tool + " >> " + trace + "\n");
			assertThat(fake.toFile().setExecutable(true)).isTrue();
		}

		ProcessResult result = processes
			.command(TestChild.javaCommand(TestApplication.class, "clear=1", "hook=false", "end=exit"))
			.env("PATH", directory + ":" + System.getenv("PATH"))
			.run()
			.throwIfFailed();

		assertThat(result.output()).startsWith("started 1");
		await().atMost(BEFORE_KILL)
			.until(() -> ProcessTable.all().stream().noneMatch((entry) -> isGuardOf(entry, directory)));
		assertThat(trace).doesNotExist();
	}

	private static boolean isGuardOf(ProcessTable.Entry entry, Path directory) {
		return isGuard(entry)
				&& entry.environment().stream().anyMatch((variable) -> variable.contains(directory + ":"));
	}

	@Test
	void isRestartedWhileOnlyLeftoversAreAlive(ProcessManager processes) {
		processes.shell(Scripts.LEAVES_DAEMON).run().throwIfFailed();
		assertThat(processes.running()).isEmpty();

		// heartbeats, which start it too, end soon after the last process
		for (int i = 0; i < 3; i++) {
			ProcessTable.Entry guard = shell();
			ProcessHandle.of(guard.pid()).ifPresent(ProcessHandle::destroyForcibly);
			await().atMost(BEFORE_KILL).until(() -> !guard.isAlive());
		}

		assertThat(shell().isAlive()).isTrue();
	}

	@Test
	void isRestartedWhileLogIsBlocked(ProcessManager processes) {
		CountDownLatch stalled = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		Logger logger = (Logger) LoggerFactory.getLogger(Guard.class);
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				stalled.countDown();
				awaitQuietly(released);
			}

		};
		appender.start();
		logger.setLevel(Level.WARN);
		logger.addAppender(appender);
		try {
			processes.start("sleep", "300");
			ProcessTable.Entry first = shell();

			ProcessHandle.of(first.pid()).ifPresent(ProcessHandle::destroyForcibly);

			awaitQuietly(stalled);
			await().atMost(BEFORE_KILL).until(() -> !first.isAlive());
			assertThat(shell().pid()).isNotEqualTo(first.pid());
			assertThat(processes.run("true").successful()).isTrue();
		}
		finally {
			released.countDown();
			logger.detachAppender(appender);
			logger.setLevel(null);
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			assertThat(latch.await(40, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void isAbandonedWhenKilledRepeatedly(ProcessManager processes) {
		processes.start("sleep", "300");

		for (int i = 0; i < 5; i++) {
			ProcessTable.Entry guard = shell();
			ProcessHandle.of(guard.pid()).ifPresent(ProcessHandle::destroyForcibly);
			await().atMost(BEFORE_KILL).until(() -> !guard.isAlive());
		}

		await().atMost(BEFORE_KILL)
			.until(() -> processes.limitations().stream().anyMatch((line) -> line.contains("exited 5 times")));
		assertThat(processes.run("true").successful()).isTrue();
	}

	@Test
	void staysWhileProcessesOfEngineAreAlive() {
		LocalProcessEngine engine = new LocalProcessEngine(true, null);
		try (ProcessManager processes = ProcessManager.builder().engine(engine).build()) {
			processes.start("sleep", "300");
			ProcessTable.Entry guard = shell();

			engine.close();

			assertThat(guard.isAlive()).isTrue();
		}
	}

	@Test
	void doesNotShowMarkerInArguments(ProcessManager processes) throws IOException {
		processes.start("sleep", "300");
		ProcessTable.Entry guard = shell();

		String arguments = Files.readString(Path.of("/proc", Long.toString(guard.pid()), "cmdline"));

		assertThat(arguments).contains("trap '' INT TERM HUP").doesNotContainPattern("PROCESSION_\\w");
	}

	private static ProcessTable.Entry shell() {
		long self = ProcessHandle.current().pid();
		await().atMost(BEFORE_KILL)
			.until(() -> ProcessTable.descendants(self).stream().anyMatch(GuardIntegrationTests::isGuard));
		return ProcessTable.descendants(self).stream().filter(GuardIntegrationTests::isGuard).findFirst().orElseThrow();
	}

	private static boolean isGuard(ProcessTable.Entry entry) {
		return entry.toString().contains("trap '' INT TERM HUP");
	}

	/**
	 * Runs processes until a limitation occurs, and prints it and each warning.
	 */
	static final class Unguarded {

		private Unguarded() {
		}

		public static void main(String[] arguments) {
			try (LogCapture log = LogCapture.begin()) {
				try (ProcessManager processes = ProcessManager.create()) {
					processes.run("true");
					processes.start("sleep", "300");
					await().atMost(Duration.ofSeconds(20)).until(() -> !processes.limitations().isEmpty());
					processes.run("true");
					processes.limitations().forEach((limitation) -> System.out.println("lacks " + limitation));
				}
				log.text().lines().filter((line) -> line.contains("WARN")).forEach(System.out::println);
			}
		}

	}

}
