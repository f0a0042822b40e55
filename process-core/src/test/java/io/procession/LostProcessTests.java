package io.procession;

import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.OutputSink;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.testing.NoLeaks;
import io.procession.testing.Stopwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A process that does not even end when it is killed, as one that waits for a dead disk:
 * it cannot be made, only played.
 */
@ExtendWith(NoLeaks.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostProcessTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private static ProcessManager manager() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.stopGrace(Duration.ofMillis(100))
			.timeoutGrace(Duration.ofMillis(100))
			.shutdownGrace(Duration.ofMillis(100))
			.lostAfter(Duration.ofMillis(200))
			.build();
		return ProcessManager.builder().settings(settings).engine(new ImmortalEngine()).build();
	}

	@Test
	void isGivenUpByAStop() {
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = manager()) {
			RunningProcess process = processes.start("immortal");

			process.stop();

			assertThat(process.waitFor().cause()).isEqualTo(ExitCause.LOST);
			assertThat(process.waitFor().failed()).isTrue();
			assertThat(processes.running()).isEmpty();
		}
		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void isGivenUpByADeadline() {
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = manager()) {
			assertThatExceptionOfType(ProcessTimedOutException.class)
				.isThrownBy(() -> processes.command("immortal").timeout(Duration.ofMillis(100)).run())
				.satisfies((ex) -> assertThat(ex.result().map(ProcessResult::cause)).contains(ExitCause.LOST));
		}
		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void isGivenUpByAClose() {
		Stopwatch watch = Stopwatch.started();
		RunningProcess process;
		try (ProcessManager processes = manager()) {
			process = processes.start("immortal");
		}

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.LOST);
	}

	private static final class ImmortalEngine implements ProcessEngine {

		@Override
		public EngineProcess start(Launch launch) {
			return new ImmortalProcess();
		}

		@Override
		public List<EngineProcess> startPipeline(List<Launch> launches) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void heartbeat() {
		}

		@Override
		public void look() {
		}

		@Override
		public ProcessTree leftovers() {
			return new Tree(List.of());
		}

		@Override
		public List<String> limitations() {
			return List.of();
		}

		@Override
		public void close() {
		}

	}

	private static final class ImmortalProcess implements EngineProcess {

		private static final long PID = 99_999_999;

		@Override
		public long pid() {
			return PID;
		}

		@Override
		public void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor) {
		}

		@Override
		public OutputStream input() {
			return OutputStream.nullOutputStream();
		}

		@Override
		public OptionalInt exitCode() {
			return OptionalInt.empty();
		}

		@Override
		public boolean waitFor(Duration timeout) throws InterruptedException {
			return new CountDownLatch(1).await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}

		@Override
		public void onExit(Runnable action) {
		}

		@Override
		public boolean signal(Signal signal) {
			return true;
		}

		@Override
		public ProcessTree tree() {
			return new Tree(List.of(PID));
		}

	}

	private record Tree(List<Long> alive) implements ProcessTree {

		@Override
		public void signal(Signal signal) {
		}

	}

}
