package io.procession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.execution.RunningProcess;
import io.procession.process.Signal;
import io.procession.testing.PausedJvm;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.TestChild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a JVM that is paused while its processes continue, or together with them.
 */
@RealProcesses
class PauseIntegrationTests {

	@Test
	void doesNotTimeOutProcessThatEndedInTime(ProcessManager processes, @TempDir Path directory) throws IOException {
		Path file = directory.resolve("end");
		RunningProcess jvm = start(processes, "ending", file.toString());
		List<ProcessTable.Entry> children = ProcessTable.descendants(jvm.pid());

		jvm.signal(Signal.STOP);
		Files.createFile(file);
		await().atMost(PausedJvm.TIMEOUT)
			.until(() -> children.stream().filter(ProcessTable.Entry::isAlive).count() <= 1);
		pass(PausedJvm.TIMEOUT);
		jvm.signal(Signal.CONT);

		assertThat(jvm.waitFor().throwIfFailed().outputLines()).filteredOn((line) -> line.startsWith("ended"))
			.hasSize(25)
			.containsOnly("ended: EXITED 3", "ended: EXITED 0");
	}

	@Test
	void doesNotCountPauseAsIdleTime(ProcessManager processes) {
		RunningProcess jvm = start(processes, "writing");
		List<ProcessTable.Entry> children = ProcessTable.descendants(jvm.pid());

		signal(children, Signal.STOP);
		jvm.signal(Signal.STOP);
		pass(Duration.ofSeconds(4));
		jvm.signal(Signal.CONT);
		signal(children, Signal.CONT);

		assertThat(jvm.waitFor().throwIfFailed().outputLines()).filteredOn((line) -> line.startsWith("ended"))
			.hasSize(8)
			.containsOnly("ended: writing");
	}

	@Test
	void doesNotCountPauseAsGracePeriod(ProcessManager processes) {
		RunningProcess jvm = start(processes, "stopping");
		List<ProcessTable.Entry> children = ProcessTable.descendants(jvm.pid());

		jvm.signal(Signal.STOP);
		signal(children, Signal.STOP);
		pass(Duration.ofSeconds(11));
		signal(children, Signal.CONT);
		jvm.signal(Signal.CONT);

		assertThat(jvm.waitFor().throwIfFailed().outputLines()).contains("ended: STOPPED 7");
	}

	private static RunningProcess start(ProcessManager processes, String... arguments) {
		RunningProcess jvm = processes.command(TestChild.javaCommand(PausedJvm.class, arguments)).start();
		assertThat(jvm.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(30)))
			.as(() -> jvm.output() + jvm.errorOutput())
			.isTrue();
		return jvm;
	}

	private static void signal(List<ProcessTable.Entry> processes, Signal signal) {
		try (ProcessManager kill = ProcessManager.builder().guard(false).build()) {
			kill.shell("sig=$1; shift; kill -s $sig \"$@\"; true",
					Stream
						.concat(Stream.of(signal.name()),
								processes.stream().map((process) -> Long.toString(process.pid())))
						.toArray(String[]::new))
				.run()
				.throwIfFailed();
		}
	}

	private static void pass(Duration time) {
		await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
	}

}
