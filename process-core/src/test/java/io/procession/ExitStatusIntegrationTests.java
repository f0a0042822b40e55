package io.procession;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.process.ExitCause;
import io.procession.process.ExitStatus;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;
import io.procession.testing.FailingEngine;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the exit status, as reported by engines that do and do not know whether a
 * process was ended by a signal.
 */
@RealProcesses
class ExitStatusIntegrationTests {

	@Test
	void derivesSignalFromCodeOfJdk() {
		try (ProcessManager processes = ProcessManager.create()) {
			ProcessResult result = processes.run("sh", "-c", "exit 137");

			assertThat(result.cause()).isEqualTo(ExitCause.SIGNALED);
			assertThat(result.signal()).hasValue(Signal.KILL);
			assertThat(result.exitCode()).isEqualTo(137);
		}
	}

	@Test
	void takesExitOfEngineForExit() {
		ProcessResult result = run(ExitStatus.exited(137));

		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.signal()).isEmpty();
		assertThat(result.exitCode()).isEqualTo(137);
	}

	@Test
	void takesSignalOfEngineForSignal() {
		ProcessResult result = run(ExitStatus.signaled(Signal.realTime(3)));

		assertThat(result.cause()).isEqualTo(ExitCause.SIGNALED);
		assertThat(result.signal()).hasValue(Signal.realTime(3));
		assertThat(result.exitCode()).isEqualTo(165);
	}

	private static ProcessResult run(ExitStatus known) {
		try (ProcessManager processes = ProcessManager.builder().engine(new KnowingEngine(known)).build()) {
			return processes.run("true");
		}
	}

	private static final class KnowingEngine extends FailingEngine {

		private final ExitStatus known;

		KnowingEngine(ExitStatus known) {
			super(new LocalProcessEngine(false, null), (launch) -> {
			});
			this.known = known;
		}

		@Override
		public EngineProcess start(Launch launch) {
			EngineProcess process = super.start(launch);
			return (EngineProcess) Proxy.newProxyInstance(EngineProcess.class.getClassLoader(),
					new Class<?>[] { EngineProcess.class }, (proxy, called, arguments) -> {
						try {
							Object result = called.invoke(process, arguments);
							return called.getName().equals("exitStatus")
									? ((Optional<?>) result).map((status) -> this.known) : result;
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
