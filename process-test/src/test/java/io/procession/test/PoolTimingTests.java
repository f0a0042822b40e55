package io.procession.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.pool.PoolResults;
import io.procession.pool.RunningPool;
import io.procession.process.ExitCause;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Signal;
import io.procession.process.TimeLimit;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * By what and when the processes of a pool end, by the clock of the fakes. The default
 * timeout, which would end them in any case, is an hour.
 */
@Timeout(60)
class PoolTimingTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	/** Time between two checks of a stop. */
	private static final Duration ROUND = Duration.ofMillis(20);

	private final FakeProcesses processes = FakeProcesses.create();

	private final ProcessManager manager = manager(Integer.MAX_VALUE);

	PoolTimingTests() {
		this.processes.stub("quick *").after(SECOND);
		this.processes.stub("bad *").after(SECOND).exitCode(3);
		this.processes.stub("slow *").hangs();
		this.processes.stub("stubborn *").ignores(Signal.TERM).hangs();
	}

	@AfterEach
	void reset() {
		this.processes.reset();
	}

	private ProcessManager manager(int maxConcurrent) {
		return ProcessManager.builder()
			.engine(this.processes)
			.shutdownHook(false)
			.settings(ProcessSettings.DEFAULTS.toBuilder()
				.maxConcurrent(maxConcurrent)
				.timeout(TimeLimit.of(Duration.ofHours(1)))
				.build())
			.build();
	}

	private PendingProcess fake(String name) {
		return this.manager.command(name, "x");
	}

	private void isElapsed(Duration expected) {
		assertThat(Duration.between(ManualTime.START, this.processes.time().now())).isBetween(expected,
				expected.plus(ROUND));
	}

	private List<Signal> signals(String name) {
		return this.processes.calls()
			.stream()
			.filter((call) -> call.arguments().get(0).equals(name))
			.findFirst()
			.orElseThrow()
			.signals();
	}

	private static void isCancelled(ProcessResult result, String why) {
		assertThat(result).hasCause(ExitCause.START_FAILED);
		assertThat(result.startError()).hasValueSatisfying((error) -> {
			assertThat(error.reason()).isEqualTo(Reason.CANCELLED);
			assertThat(error).hasMessageContaining(why);
		});
	}

	@Test
	void endsAtItsTimeThoughItsProcessesWaitForTheLimit() {
		ProcessManager limited = manager(1);

		PoolResults results = limited.pool()
			.concurrency(4)
			.timeout(SECOND.multipliedBy(3))
			.add(limited.command("quick", "x"))
			.add(limited.command("slow", "x"))
			.add(limited.command("slow", "never"))
			.add(limited.command("slow", "never"))
			.run();

		isElapsed(SECOND.multipliedBy(3));
		assertThat(results.get(0)).isSuccessful();
		assertThat(results.get(1)).timedOut().wasSignaledBy(Signal.TERM);
		assertThat(results.get(1).duration()).isBetween(SECOND.multipliedBy(2), SECOND.multipliedBy(2).plus(ROUND));
		isCancelled(results.get(2), "the timeout of its pool had elapsed");
		isCancelled(results.get(3), "the timeout of its pool had elapsed");
		assertThat(this.processes).didNotRun("slow", "never");
	}

	@Test
	void startDoesNotWaitForTheLimit() {
		ProcessManager limited = manager(1);
		RunningProcess holder = limited.start("slow", "x");

		RunningPool pool = limited.pool().concurrency(2).add(fake("quick")).add(fake("quick")).start();

		isElapsed(Duration.ZERO);
		assertThat(pool.running()).isEmpty();
		assertThat(pool.isRunning()).isTrue();
		holder.kill();
		assertThat(pool.waitFor().successful()).isTrue();
		isElapsed(SECOND.multipliedBy(2));
	}

	@Test
	void givesWhatItTimesOutTheGraceOfATimeout() {
		PoolResults results = this.manager.pool()
			.concurrency(2)
			.timeout(SECOND)
			.add(fake("stubborn"))
			.add(fake("slow").noTimeout())
			.run();

		isElapsed(Duration.ofSeconds(3));
		assertThat(results.get(0)).timedOut().wasSignaledBy(Signal.KILL);
		assertThat(results.get(1)).timedOut().wasSignaledBy(Signal.TERM);
		assertThat(signals("stubborn")).containsExactly(Signal.TERM, Signal.KILL);
	}

	@Test
	void stopsAllWithinOneGrace() {
		RunningPool pool = this.manager.pool()
			.concurrency(2)
			.add(fake("stubborn"))
			.add(fake("stubborn"))
			.add(fake("slow"))
			.start();

		pool.stop(Duration.ofSeconds(4));

		isElapsed(Duration.ofSeconds(4));
		PoolResults results = pool.waitFor();
		assertThat(results.get(0)).hasCause(ExitCause.STOPPED).wasSignaledBy(Signal.KILL);
		assertThat(results.get(1)).hasCause(ExitCause.STOPPED).wasSignaledBy(Signal.KILL);
		isCancelled(results.get(2), "its pool was stopped");
		assertThat(signals("stubborn")).containsExactly(Signal.TERM, Signal.KILL);
		assertThat(this.processes).didNotRun("slow *");
	}

	@Test
	void killsWithoutGrace() {
		RunningPool pool = this.manager.pool().add(fake("slow")).start();

		pool.stop(Duration.ZERO);

		isElapsed(Duration.ZERO);
		assertThat(signals("slow")).containsExactly(Signal.KILL);
	}

	@Test
	void stopsTheRestAsSoonAsOneFails() {
		PoolResults results = this.manager.pool()
			.concurrency(3)
			.failFast()
			.add(fake("bad"))
			.add(fake("slow"))
			.add(fake("stubborn").stopGrace(Duration.ofSeconds(4)))
			.add(this.manager.command("slow", "never"))
			.run();

		isElapsed(Duration.ofSeconds(5));
		assertThat(results.get(0)).hasExitCode(3);
		assertThat(results.get(1)).hasCause(ExitCause.STOPPED).wasSignaledBy(Signal.TERM);
		assertThat(results.get(1).duration()).isBetween(SECOND, SECOND.plus(ROUND));
		assertThat(results.get(2)).hasCause(ExitCause.STOPPED).wasSignaledBy(Signal.KILL);
		isCancelled(results.get(3), "another process of its pool failed");
		assertThat(this.processes).didNotRun("slow", "never");
	}

	@Test
	void givesEachItsOwnGraceWhenItsCallerIsInterrupted() {
		Thread.currentThread().interrupt();

		Throwable thrown = catchThrowable(() -> this.manager.pool()
			.concurrency(3)
			.add(this.manager.command("stubborn", "1"))
			.add(this.manager.command("stubborn", "2").stopGrace(Duration.ofSeconds(4)))
			.add(fake("slow"))
			.add(this.manager.command("slow", "never"))
			.run());

		assertThat(Thread.interrupted()).isTrue();
		assertThat(thrown).isInstanceOf(ProcessInterruptedException.class).hasMessageContaining("its pool was stopped");
		isElapsed(Duration.ofSeconds(4));
		assertThat(this.manager.running()).isEmpty();
		assertThat(signals("slow")).containsExactly(Signal.TERM);
		assertThat(this.processes).didNotRun("slow", "never");
	}

	@Test
	void givesTheGraceOfATimeoutWhenItsCallerIsInterrupted() {
		Thread.currentThread().interrupt();

		Throwable thrown = catchThrowable(() -> this.manager.pool().add(fake("stubborn")).run());

		assertThat(Thread.interrupted()).isTrue();
		assertThat(thrown).isInstanceOf(ProcessInterruptedException.class);
		isElapsed(Duration.ofSeconds(2));
		assertThat(signals("stubborn")).containsExactly(Signal.TERM, Signal.KILL);
	}

	@Test
	void startsOneWhenAnotherEnds() {
		PoolResults results = this.manager.pool()
			.concurrency(2)
			.add(fake("quick"))
			.add(fake("quick").timeout(Duration.ofMillis(500)))
			.add(fake("quick"))
			.run();

		isElapsed(Duration.ofMillis(1500));
		assertThat(results.get(1).startedAt()).isEqualTo(ManualTime.START);
		assertThat(results.get(1)).timedOut();
		assertThat(results.get(2).startedAt()).isEqualTo(results.get(1).startedAt().plus(results.get(1).duration()));
	}

	@Test
	void reportsProgressBeforeItEndsIfStopped() {
		List<String> received = new ArrayList<>();
		AtomicReference<RunningPool> pool = new AtomicReference<>();
		pool.set(this.manager.pool()
			.concurrency(1)
			.add(fake("slow"))
			.add(fake("slow"))
			.onProgress(
					(done, total) -> received.add(done + " of " + total + (pool.get().isRunning() ? "" : ", ended")))
			.start());

		pool.get().stop();

		assertThat(received).containsExactly("1 of 2", "2 of 2");
		isElapsed(Duration.ZERO);
	}

}
