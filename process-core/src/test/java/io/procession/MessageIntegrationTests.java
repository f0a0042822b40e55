package io.procession;

import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import io.procession.execution.Pipeline;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningPipeline;
import io.procession.execution.RunningProcess;
import io.procession.pool.RunningPool;
import io.procession.process.ProcessException;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.process.TimeLimit;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for the messages of exceptions: the command, the problem and the remedy.
 */
@RealProcesses
class MessageIntegrationTests {

	private static final Duration SHORT = Duration.ofMillis(200);

	private static final String COMMAND = "Command 'sleep 300' ";

	private static final String TIMED_OUT = COMMAND + "exceeded its timeout of 200ms and was stopped: ";

	private static ProcessManager manager(Function<ProcessSettings.Builder, ProcessSettings.Builder> change) {
		return ProcessManager.builder().settings(change.apply(ProcessSettings.DEFAULTS.toBuilder()).build()).build();
	}

	private static void timesOut(ThrowingCallable call, String remedy) {
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(call).withMessage(TIMED_OUT + remedy);
	}

	@Test
	void describesOwnTimeout(ProcessManager processes) {
		timesOut(() -> processes.command("sleep", "300").timeout(SHORT).run(), "raise it with timeout(...)");
		timesOut(() -> processes.command("sleep", "300").timeout(SHORT).start().waitFor(),
				"raise it with timeout(...)");
	}

	@Test
	void describesDefaultTimeout() {
		try (ProcessManager processes = manager(
				(settings) -> settings.timeout(TimeLimit.of(SHORT)).startTimeout(TimeLimit.of(SHORT)))) {
			String remedy = "raise it with timeout(...) or procession.defaults.timeout";

			timesOut(() -> processes.run("sleep", "300"), remedy);
			assertThat(processes.command("sleep", "300").runAsync()).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.havingCause()
				.withMessage(TIMED_OUT + remedy);
			timesOut(() -> processes.start("sleep", "300").waitFor(),
					"raise it with timeout(...) or procession.defaults.start-timeout");
		}
	}

	@Test
	void describesTimeoutOfPipeline(ProcessManager processes) {
		timesOut(() -> processes.command("sleep", "300").pipe("sleep", "300").timeout(SHORT).run(),
				"the timeout is that of its pipeline; raise it there with timeout(...)");
	}

	@Test
	void describesTimeoutOfPool(ProcessManager processes) {
		CompletableFuture<RunningProcess> member = processes.launcher()
			.startAsync(processes.command("sleep", "300"), SHORT, processes.launcher().timeSource().nanoTime(), () -> {
			});

		timesOut(() -> member.join().waitFor(), "the timeout is that of its pool; raise it there with timeout(...)");
	}

	@Test
	void describesDefaultTimeoutOfPoolMember() {
		try (ProcessManager processes = manager((settings) -> settings.timeout(TimeLimit.of(SHORT)))) {
			CompletableFuture<RunningProcess> member = processes.launcher()
				.startAsync(processes.command("sleep", "300"), null, 0, () -> {
				});

			timesOut(() -> member.join().waitFor(), "raise it with timeout(...) or procession.defaults.timeout");
		}
	}

	@Test
	void describesIdleTimeout(ProcessManager processes) {
		String silent = COMMAND + "wrote no output for its idle timeout of 200ms and was stopped: raise it with"
				+ " idleTimeout(...)";

		assertThatExceptionOfType(ProcessIdleTimedOutException.class)
			.isThrownBy(() -> processes.command("sleep", "300").idleTimeout(SHORT).run())
			.withMessage(silent);
		try (ProcessManager impatient = manager((settings) -> settings.idleTimeout(TimeLimit.of(SHORT)))) {
			assertThatExceptionOfType(ProcessIdleTimedOutException.class)
				.isThrownBy(() -> impatient.run("sleep", "300"))
				.withMessage(silent + " or procession.defaults.idle-timeout");
		}
	}

	@Test
	void describesOutputLimit(ProcessManager processes) {
		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> processes.command("yes").outputLimit(10).run())
			.withMessageStartingWith("Command 'yes' exceeded its output limit of 10 bytes and was stopped: raise"
					+ " it with outputLimit(...), or keep only the end with keepLast(...); stdout ends: \"y | y");
	}

	@Test
	void describesStateOfProcessAfterInterruptedWait(ProcessManager processes) {
		RunningProcess running = processes.start("sleep", "300");
		RunningPipeline pipeline = processes.command("sleep", "300").pipe("cat").start();
		RunningPool pool = processes.pool().add(processes.command("sleep", "300")).start();

		interrupted(() -> processes.run("sleep", "300"), "it was stopped");
		interrupted(running::waitFor, "it was left running; use stop() to end it");
		interrupted(() -> running.waitUntil((type, line) -> false), "it was left running; use stop() to end it");
		interrupted(pipeline::waitFor, "its pipeline was left running; use stop() to end it");
		interrupted(() -> processes.command("sleep", "300").pipe("cat").run(), "its pipeline was stopped");
		interrupted(pool::waitFor, "its pool was left running; use stop() to end it");
		interrupted(() -> processes.pool().add(processes.command("sleep", "300")).run(), "its pool was stopped");
		running.kill();
		try (ProcessManager full = manager((settings) -> settings.maxConcurrent(1))) {
			full.start("cat");
			interrupted(() -> full.run("sleep", "300"), "it was not started");
		}
	}

	private static void interrupted(ThrowingCallable call, String outcome) {
		Thread.currentThread().interrupt();
		try {
			assertThatExceptionOfType(ProcessInterruptedException.class).isThrownBy(call)
				.withMessage("Interrupted while waiting for command 'sleep 300': " + outcome);
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@Test
	void describesThatProcessHasEnded(ProcessManager processes) {
		RunningProcess ended = processes.command("echo").secretArg(Secret.of("hunter2")).start();
		ended.waitFor();

		assertThatIllegalStateException().isThrownBy(() -> ended.signal(Signal.USR1))
			.withMessage("Command 'echo ***' has ended: signal USR1 can no longer be delivered");
	}

	@Test
	void describesThatManagerIsClosed() {
		ProcessManager processes = ProcessManager.create();
		RunningProcess detached = processes.command("sleep", "300").detached().start();
		processes.close();

		assertThatIllegalStateException().isThrownBy(detached::stop)
			.withMessage(COMMAND + "can no longer be stopped because its ProcessManager is closed: use"
					+ " ProcessHandle.of(" + detached.pid() + ")");
		ProcessHandle.of(detached.pid()).ifPresent(ProcessHandle::destroyForcibly);
		detached.onExit().orTimeout(20, TimeUnit.SECONDS).exceptionally((ex) -> null).join();
	}

	@Test
	void distinguishesFullFromClosed() {
		ProcessManager processes = manager((settings) -> settings.maxConcurrent(1).acquireTimeout(SHORT));
		Pipeline pipeline = processes.command("cat").pipe("copy", InputStream::transferTo).pipe("cat");
		processes.start("cat");

		rejected(() -> processes.run("true"), ProcessRejectedException.Reason.FULL);
		rejected(() -> processes.start("true"), ProcessRejectedException.Reason.FULL);
		rejected(pipeline::start, ProcessRejectedException.Reason.FULL);
		processes.close();
		rejected(() -> processes.run("true"), ProcessRejectedException.Reason.CLOSED);
		rejected(() -> processes.start("true"), ProcessRejectedException.Reason.CLOSED);
		rejected(pipeline::run, ProcessRejectedException.Reason.CLOSED);
	}

	private static void rejected(ThrowingCallable call, ProcessRejectedException.Reason reason) {
		ProcessRejectedException ex = catchThrowableOfType(ProcessRejectedException.class, call);

		assertThat(ex).isInstanceOf(ProcessException.class).hasMessageContaining("was not started: ");
		assertThat(ex.reason()).isEqualTo(reason);
	}

}
