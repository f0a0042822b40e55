package io.procession.engine.local;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;

@RealProcesses
class LocalTreeIntegrationTests {

	@Test
	void removesDeadProcessesWhenScansFail(ProcessManager processes) {
		Marker marker = Marker.create(null);
		RunningProcess process = processes.command("sleep", "300").env(marker.name(), marker.value("tested")).start();
		SystemProcesses system = new SystemProcesses(Duration.ofSeconds(5));
		LocalTree tree = LocalTree.of(system, marker, null, "tested", null);
		assertThat(system.scan()).isTrue();
		assertThat(tree.alive()).containsExactly(process.pid());

		// no further scans
		system.close();
		assertThat(system.scan()).isFalse();
		assertThat(tree.alive()).containsExactly(process.pid());
		process.kill();

		assertThat(system.scan()).isFalse();
		assertThat(tree.alive()).isEmpty();
	}

}
