package io.procession.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.isolation.ControlGroup;
import io.procession.isolation.IsolationSupport;
import io.procession.isolation.TreeLimits;
import io.procession.process.Signal;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for real control groups, if the machine permits their creation. Limits require
 * controllers, which many machines do not delegate; members and the kill switch do not.
 */
@RealProcesses
@RequiresProgram("setsid")
class ControlGroupIntegrationTests {

	private final Plant plant = Plant.fresh();

	@Test
	void endsProcessesThatLeftEverythingButControlGroup(ProcessManager processes) {
		Optional<Path> base = base();
		assumeTrue(base.isPresent(), "no control groups of version 2 that this user may write to");
		ControlGroup group = IsolationSupport.detect(base.get())
			.createGroup("procession-test-" + this.plant.value(), TreeLimits.none());
		RunningProcess process = processes.shell(
				"echo 0 > \"$1\"; (setsid env -i \"$2=$3\" sh -c 'trap \"\" TERM; sleep 300; :' <&- >/dev/null 2>&1 &);"
						+ " echo ready; sleep 300",
				group.entrance().toString(), Plant.NAME, this.plant.value())
			.start();
		assertThat(process.waitUntil((type, line) -> line.equals("ready"), Duration.ofSeconds(30))).isTrue();
		await().until(() -> this.plant.alive().size() == 2);

		try (SystemProcesses system = new SystemProcesses(Duration.ofSeconds(5))) {
			system.scan();
			LocalTree tree = LocalTree.of(system, Marker.create(null), null, "unknown", group);
			assertThat(group.remove()).isFalse();
			assertThat(tree.alive()).hasSizeGreaterThan(2).contains(process.pid());
			tree.signal(Signal.KILL);
		}

		await().until(() -> this.plant.alive().isEmpty());
		await().until(group::remove);
		assertThat(process.waitFor().exitCode()).isEqualTo(137);
	}

	private static Optional<Path> base() {
		return Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
			.map(Path::of)
			.filter((path) -> Files.isRegularFile(path.resolve("cgroup.controllers")))
			.filter((path) -> canMakeGroup(path.resolve("procession-test-" + ProcessHandle.current().pid())))
			.findFirst();
	}

	private static boolean canMakeGroup(Path group) {
		try {
			Files.createDirectory(group);
			Files.delete(group);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
