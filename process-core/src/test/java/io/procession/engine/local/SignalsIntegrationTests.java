package io.procession.engine.local;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.Signal;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;

@RealProcesses
class SignalsIntegrationTests {

	@ParameterizedTest
	@ValueSource(strings = { "TERM", "KILL", "USR1" })
	void doNotReachProcessWithReusedPid(Signal signal, ProcessManager processes) {
		RunningProcess process = processes.shell(Scripts.SLEEPS).start();
		Signals signals = new Signals(SOON);
		ProcStat there = ProcStat.read(process.pid());
		assertThat(there).isNotNull();
		ProcStat before = new ProcStat(there.pid(), there.state(), there.parent(), there.group(), there.session(), 1,
				there.startTicks() - 1, there.forked());

		assertThat(signals.send(signal, List.of(before))).isFalse();
		assertThat(process.waitFor(Duration.ofMillis(300))).isEmpty();
		assertThat(signals.send(signal, List.of(there))).isTrue();

		assertThat(process.waitFor(SOON).orElseThrow().signal()).contains(signal);
	}

}
