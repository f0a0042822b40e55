package io.procession.test;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessTimedOut;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.pool.PoolResults;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.OutputType;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStatus;
import io.procession.supervision.RestartPolicy;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class ManualTimeTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final Duration SHORT = Duration.ofMillis(500);

	private final FakeProcesses processes = FakeProcesses.create();

	private final ProcessManager manager = this.processes.manager();

	@AfterEach
	void reset() {
		this.processes.reset();
	}

	private Duration elapsed() {
		return Duration.between(ManualTime.START, this.processes.time().now());
	}

	@Test
	void waitsAdvanceClock() {
		this.processes.stub("import").outputLines("one").after(HOUR).outputLines("two").exitCode(3);

		ProcessResult result = this.manager.command("import").noTimeout().run();

		assertThat(result).hasFailed().hasExitCode(3).hasOutput("one\ntwo");
		assertThat(result.duration()).isEqualTo(HOUR);
		assertThat(result.startedAt()).isEqualTo(ManualTime.START);
		assertThat(elapsed()).isEqualTo(HOUR);
	}

	@Test
	void advanceRunsTasksAtTheirDueTime() {
		this.processes.stub("server").outputLines("one").after(HOUR).outputLines("two").after(HOUR);
		List<Instant> seen = new ArrayList<>();
		RunningProcess process = this.manager.command("server")
			.onLine((type, line) -> seen.add(this.processes.time().now()))
			.start();

		assertThat(process.latestOutput()).isEqualTo("one\n");
		this.processes.advance(HOUR.minusNanos(1));
		assertThat(process.latestOutput()).isEmpty();
		this.processes.advance(Duration.ofNanos(1));
		assertThat(process.latestOutput()).isEqualTo("two\n");
		assertThat(process.isRunning()).isTrue();
		this.processes.advance(HOUR.multipliedBy(2));

		assertThat(process.isRunning()).isFalse();
		assertThat(process.waitFor().duration()).isEqualTo(HOUR.multipliedBy(2));
		assertThat(elapsed()).isEqualTo(HOUR.multipliedBy(3));
		assertThat(seen).containsExactly(ManualTime.START, ManualTime.START.plus(HOUR));
	}

	@Test
	void timeoutsFire() {
		this.processes.stub("slow").outputLines("half").hangs();

		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> this.manager.command("slow").timeout(HOUR).run())
			.satisfies((ex) -> assertThat(ex.result().orElseThrow()).timedOut().hasOutput("half").hasExitCode(143))
			.satisfies((ex) -> assertThat(ex.result().orElseThrow().duration()).isBetween(HOUR,
					HOUR.plus(Duration.ofMillis(20))));
		Duration before = elapsed();
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(() -> this.manager.run("slow"));
		assertThat(elapsed().minus(before)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(61));
	}

	@Test
	void timeoutOfStartFiresWithoutWaitingThread() {
		this.processes.stub("slow").ignores(Signal.TERM).hangs();
		RunningProcess process = this.manager.command("slow").timeout(HOUR).start();

		this.processes.advance(HOUR);
		assertThat(process.isRunning()).isTrue();
		this.processes.advance(Duration.ofSeconds(3));

		assertThat(process.isRunning()).isFalse();
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(process::ensureNotTimedOut)
			.satisfies((ex) -> assertThat(ex.result().orElseThrow()).timedOut().hasExitCode(137));
	}

	@Test
	void idleTimeoutsFire() {
		this.processes.stub("chatty")
			.outputLines("one")
			.after(Duration.ofSeconds(9))
			.outputLines("two")
			.after(Duration.ofSeconds(11));

		assertThatExceptionOfType(ProcessIdleTimedOutException.class)
			.isThrownBy(() -> this.manager.command("chatty").idleTimeout(Duration.ofSeconds(10)).run())
			.satisfies((ex) -> assertThat(ex.result().orElseThrow()).hasCause(ExitCause.IDLE_TIMED_OUT)
				.hasOutput("one\ntwo"));
		assertThat(elapsed()).isBetween(Duration.ofSeconds(19), Duration.ofSeconds(20));
	}

	@Test
	void stopKillsAfterGracePeriod() {
		this.processes.stub("stubborn").ignores(Signal.TERM).hangs();
		RunningProcess process = this.manager.start("stubborn");

		process.stop();

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED).hasExitCode(137);
		assertThat(elapsed()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
		assertThat(this.processes.calls().get(0).signals()).containsExactly(Signal.TERM, Signal.KILL);
	}

	@Test
	void stopHasTheSignalAndTheGraceThatItIsGiven() {
		this.processes.stub("stubborn").ignores(Signal.TERM, Signal.USR1).hangs();
		RunningProcess process = this.manager.start("stubborn");

		process.stop(Duration.ofSeconds(4), Signal.USR1);

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED).hasExitCode(137);
		assertThat(elapsed()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
		assertThat(this.processes.calls().get(0).signals()).containsExactly(Signal.USR1, Signal.KILL);
	}

	@Test
	void stopWaitsForListenersAsLongAsTheSettingsSay() {
		this.processes.stub("server").hangs();
		this.processes.stub("slow").hangs();
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.beforeStopTimeout(Duration.ofSeconds(2))
			.build();
		ProcessManager impatient = ProcessManager.builder()
			.engine(this.processes)
			.shutdownHook(false)
			.settings(settings)
			.build();
		RunningProcess slow = impatient.start("slow");
		RunningProcess process = impatient.command("server")
			.beforeStop((event) -> slow.waitFor(Duration.ofSeconds(4)))
			.start();

		process.stop();

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED).wasSignaledBy(Signal.TERM);
		assertThat(process.waitFor().duration()).isBetween(Duration.ofSeconds(2), Duration.ofMillis(2100));
	}

	@Test
	void stopTakesNoTimeIfSignalEndsProcess() {
		this.processes.stub("server").exitsOn(Signal.TERM, 0).hangs();
		RunningProcess process = this.manager.start("server");

		process.stop();

		assertThat(process.waitFor()).hasExitCode(0).hasCause(ExitCause.STOPPED);
		assertThat(elapsed()).isLessThan(Duration.ofSeconds(1));
	}

	@Test
	void interruptTakesNoTime() {
		this.processes.stub("server").hangs();
		this.processes.time().scheduler().schedule(this.processes::toString, 1, TimeUnit.SECONDS);
		RunningProcess process = this.manager.start("server");

		process.signal(Signal.INT);

		assertThat(process.waitFor()).wasSignaledBy(Signal.INT).hasCause(ExitCause.SIGNALED);
		assertThat(elapsed()).isZero();
	}

	@Test
	void longWaitAdvancesPastPeriodicTasks() {
		this.processes.stub("slow").after(Duration.ofDays(1));
		this.processes.time().scheduler().scheduleAtFixedRate(this.manager::running, 1, 1, TimeUnit.HOURS);

		assertThat(this.manager.command("slow").noTimeout().run()).isSuccessful();
	}

	@Test
	void waitForBoundedTimeStopsNothing() {
		this.processes.stub("slow").after(HOUR);
		RunningProcess process = this.manager.start("slow");

		assertThat(process.waitFor(Duration.ofMinutes(59))).isEmpty();
		assertThat(elapsed()).isEqualTo(Duration.ofMinutes(59));
		assertThat(process.waitFor(Duration.ofMinutes(2))).isPresent();
		assertThat(elapsed()).isEqualTo(HOUR);
	}

	@Test
	void waitUntilAdvancesClock() {
		this.processes.stub("server")
			.outputLines("starting")
			.after(Duration.ofSeconds(3))
			.errorOutputLines("listening on 8080")
			.hangs();
		RunningProcess process = this.manager.start("server");

		assertThat(process.waitUntil((type, line) -> line.startsWith("listening") && type == OutputType.ERROR))
			.isTrue();
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
		assertThat(process.waitUntil((type, line) -> line.equals("never"), HOUR)).isFalse();
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3).plus(HOUR));
	}

	@Test
	void futuresAdvanceClock() throws Exception {
		this.processes.stub("slow").after(HOUR).outputLines("done");

		CompletableFuture<ProcessResult> one = this.manager.command("slow").noTimeout().runAsync();
		CompletableFuture<String> two = this.manager.start("slow").onExit().thenApply(ProcessResult::output);

		assertThat(one.join()).hasOutput("done");
		assertThat(two.get(1, TimeUnit.HOURS)).isEqualTo("done\n");
		assertThat(elapsed()).isEqualTo(HOUR);
	}

	@Test
	void supervisorRestartsAfterDelay() {
		this.processes.stub("worker").after(Duration.ofSeconds(3)).exitCode(1);
		ProcessSupervisor supervisor = ProcessSupervisor.create(this.manager.launcher());
		supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("worker")))
			.restart(RestartPolicy.onFailure().withDelay(HOUR))
			.build());
		supervisor.start();

		assertThat(supervisor.find("worker").map(ProgramStatus::state)).contains(ProgramState.RUNNING);
		this.processes.advance(Duration.ofSeconds(3));
		assertThat(supervisor.find("worker").map(ProgramStatus::state)).contains(ProgramState.BACKOFF);
		this.processes.advance(HOUR);
		assertThat(supervisor.find("worker").map(ProgramStatus::state)).contains(ProgramState.RUNNING);
		this.processes.advance(Duration.ofSeconds(3603 * 9));
		assertThat(supervisor.find("worker").map(ProgramStatus::restarts)).contains(10);

		supervisor.close();
		assertThat(this.processes).ranTimes(11, "worker");
		assertThat(supervisor.find("worker").map(ProgramStatus::state)).contains(ProgramState.STOPPED);
	}

	@Test
	void supervisorStopsProcessThatIgnoresSignal() {
		this.processes.stub("worker").ignores(Signal.TERM).hangs();
		ProcessSupervisor supervisor = ProcessSupervisor.create(this.manager.launcher());
		supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("worker"))).build());
		supervisor.start().join();

		CompletableFuture<ProgramStatus> stopped = supervisor.stop("worker");
		this.processes.advance(Duration.ofSeconds(9));
		assertThat(stopped).isNotDone();
		this.processes.advance(Duration.ofSeconds(2));

		assertThat(stopped).isCompletedWithValueMatching((status) -> status.state() == ProgramState.STOPPED);
		supervisor.close();
	}

	@Test
	void poolRunsConcurrently() {
		this.processes.stub("slow *").after(Duration.ofSeconds(20));

		PoolResults results = this.manager.pool()
			.concurrency(2)
			.add(this.manager.command("slow", "1"))
			.add(this.manager.command("slow", "2"))
			.add(this.manager.command("slow", "3"))
			.run();

		assertThat(results.successful()).isTrue();
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(40));
	}

	@Test
	void timeoutsOfPipelinesFire() {
		this.processes.stub("slow *").hangs();

		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> this.manager.command("slow", "1").pipe("slow", "2").timeout(Duration.ofMinutes(9)).run());

		assertThat(elapsed()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(9).plusSeconds(1));
		assertThat(this.processes.calls()).allSatisfy((call) -> assertThat(call.signals()).contains(Signal.TERM));
	}

	@Test
	void timeoutsOfPoolsFire() {
		this.processes.stub("slow *").hangs();

		PoolResults results = this.manager.pool()
			.concurrency(1)
			.timeout(Duration.ofMinutes(9))
			.add(this.manager.command("slow", "1").noTimeout())
			.add(this.manager.command("slow", "2").noTimeout())
			.run();

		assertThat(results.get(0)).timedOut();
		assertThat(results.get(1).failed()).isTrue();
		assertThat(this.processes).ranTimes(1, "slow", "1").didNotRun("slow", "2");
		assertThat(elapsed()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(9).plusSeconds(1));
	}

	@Test
	void waitForLimitUsesManualClock() {
		this.processes.stub("slow").after(HOUR);
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().maxConcurrent(1).build();
		ProcessManager limited = ProcessManager.builder().engine(this.processes).settings(settings).build();
		limited.start("slow");

		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(() -> limited.run("slow"))
			.withMessageContaining("30");
		assertThat(elapsed()).isEqualTo(Duration.ofSeconds(30));
		limited.close();
	}

	@Test
	void eventsAreDeliveredWhenCallReturns() {
		this.processes.stub("date").outputLines("today");
		this.processes.stub("slow").hangs();
		List<Class<? extends ProcessEvent>> events = new ArrayList<>();
		this.manager.addListener((event) -> events.add(event.getClass()));

		this.manager.run("date");
		assertThat(events).containsExactly(ProcessStarted.class, ProcessExited.class);
		events.clear();
		RunningProcess process = this.manager.start("slow");
		process.stop();
		assertThat(events).containsExactly(ProcessStarted.class, ProcessStopping.class, ProcessExited.class);
		events.clear();
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(() -> this.manager.run("slow"));
		assertThat(events).containsExactly(ProcessStarted.class, ProcessTimedOut.class, ProcessExited.class);
	}

	@Test
	void listenerCanStopItsProcess() {
		this.processes.stub("chatty").outputLines("one").outputLines("two").hangs();
		List<String> lines = new ArrayList<>();
		List<RunningProcess> started = new ArrayList<>();
		RunningProcess process = this.manager.command("chatty").onLine((type, line) -> {
			lines.add(line);
			started.forEach(RunningProcess::stop);
		}).start();
		started.add(process);

		process.stop();

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED);
	}

	@Test
	void listenerStopsItsProcessSynchronously() {
		this.processes.stub("chatty").after(HOUR).outputLines("one").after(HOUR).outputLines("two").hangs();
		List<String> lines = new ArrayList<>();
		List<RunningProcess> started = new ArrayList<>();
		RunningProcess process = this.manager.command("chatty").onLine((type, line) -> {
			lines.add(line);
			started.get(0).stop();
		}).start();
		started.add(process);

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED);
		assertThat(lines).containsExactly("one");
	}

	@Test
	void closeStopsRunningProcesses() {
		this.processes.stub("stubborn").ignores(Signal.TERM).hangs();
		RunningProcess process = this.manager.start("stubborn");

		this.manager.close();

		assertThat(process.waitFor()).hasCause(ExitCause.SHUTDOWN).hasExitCode(137);
		assertThat(elapsed()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
	}

	@Test
	void endlessWaitIsReported() {
		this.processes.time().deterministicScheduler().longestAbsence(SHORT);
		this.processes.stub("stuck").hangs();
		RunningProcess process = this.manager.start("stuck");

		assertThatIllegalStateException().isThrownBy(process::waitFor)
			.withMessageContaining("the end of 'stuck")
			.withMessageContaining("will never happen");
		assertThat(process.isRunning()).isTrue();
	}

	@Test
	void endlessWaitIsReportedDespitePeriodicTasks() {
		this.processes.time().deterministicScheduler().longestAbsence(SHORT);
		this.processes.time().deterministicScheduler().mostMoves(10_000);
		this.processes.stub("stuck").hangs();
		this.processes.time().scheduler().scheduleAtFixedRate(() -> {
		}, 1, 1, TimeUnit.MINUTES);
		RunningProcess process = this.manager.start("stuck");

		assertThatIllegalStateException().isThrownBy(process::waitFor)
			.withMessageContaining("the end of 'stuck")
			.withMessageContaining("tasks are scheduled again and again, such as a periodic task");
		assertThat(process.isRunning()).isTrue();
	}

	@Test
	void onlyTestThreadAdvancesClockByWaiting() throws Exception {
		this.processes.stub("stuck").hangs();
		this.processes.time().scheduler().scheduleAtFixedRate(this.manager::running, 1, 1, TimeUnit.MINUTES);
		RunningProcess process = this.manager.start("stuck");
		Thread other = waitingFor(process);

		this.processes.advance(HOUR);
		assertThat(elapsed()).isEqualTo(HOUR);
		process.stop();

		other.join();
		assertThat(this.processes.calls().get(0).signals()).containsExactly(Signal.TERM);
		assertThat(elapsed()).isLessThan(HOUR.plusSeconds(1));
	}

	private static Thread waitingFor(RunningProcess process) {
		Thread other = new Thread(() -> process.onExit().join(), "other");
		other.start();
		await().until(() -> other.getState() == Thread.State.TIMED_WAITING);
		return other;
	}

	@Test
	void otherThreadContinuesAtItsDueTime() throws Exception {
		this.processes.stub("slow").after(Duration.ofHours(2)).hangs();
		RunningProcess process = this.manager.start("slow");
		List<Duration> seen = new ArrayList<>();
		CountDownLatch waits = new CountDownLatch(1);
		Thread other = new Thread(() -> {
			waits.countDown();
			for (int minutes = 1; minutes <= 120; minutes++) {
				assertThat(process.waitFor(Duration.ofMinutes(1))).isEmpty();
				seen.add(elapsed());
			}
			process.stop();
			seen.add(elapsed());
		});
		other.start();
		waits.await();
		await().until(() -> other.getState() == Thread.State.TIMED_WAITING);

		this.processes.advance(HOUR.multipliedBy(3));

		other.join();
		assertThat(seen).hasSize(121);
		for (int i = 0; i < 120; i++) {
			assertThat(seen.get(i)).isEqualTo(Duration.ofMinutes(i + 1));
		}
		assertThat(seen.get(120)).isLessThan(HOUR.multipliedBy(2).plusSeconds(1));
		assertThat(this.processes.calls().get(0).signals()).containsExactly(Signal.TERM);
		assertThat(process.waitFor().duration()).isLessThan(HOUR.multipliedBy(2).plusSeconds(1));
	}

	@Test
	void waitCanBeInterrupted() {
		this.processes.stub("slow").after(HOUR);
		RunningProcess process = this.manager.start("slow");
		Thread.currentThread().interrupt();

		Throwable thrown = catchThrowable(() -> process.waitFor());

		assertThat(Thread.interrupted()).isTrue();
		assertThat(thrown).isInstanceOf(ProcessInterruptedException.class);
		assertThat(elapsed()).isLessThan(HOUR);
	}

	@Test
	void otherThreadCanEndWait() throws Exception {
		this.processes.stub("stuck").hangs();
		RunningProcess process = this.manager.start("stuck");
		CountDownLatch go = new CountDownLatch(1);
		Thread other = new Thread(() -> {
			try {
				go.await();
			}
			catch (InterruptedException ex) {
				return;
			}
			process.stop();
		});
		other.start();
		go.countDown();

		assertThat(process.waitFor()).hasCause(ExitCause.STOPPED);
		other.join();
	}

	@Test
	void schedulerUsesManualClock() {
		List<Duration> ran = new ArrayList<>();
		this.processes.time().scheduler().scheduleAtFixedRate(() -> ran.add(elapsed()), 1, 2, TimeUnit.HOURS);

		this.processes.advance(Duration.ofHours(5));

		assertThat(ran).containsExactly(HOUR, HOUR.multipliedBy(3), HOUR.multipliedBy(5));
	}

	@Test
	void supportsFixedRateAndFixedDelay() {
		this.processes.stub("slow").after(Duration.ofMinutes(30));
		List<Duration> atRate = new ArrayList<>();
		List<Duration> withDelay = new ArrayList<>();
		this.processes.time().scheduler().scheduleAtFixedRate(() -> {
			atRate.add(elapsed());
			this.manager.command("slow").noTimeout().run();
		}, 1, 1, TimeUnit.HOURS);
		this.processes.time().scheduler().scheduleWithFixedDelay(() -> {
			withDelay.add(elapsed());
			this.manager.command("slow").noTimeout().run();
		}, 1, 1, TimeUnit.HOURS);

		this.processes.advance(Duration.ofHours(4));

		assertThat(atRate).containsExactly(HOUR, HOUR.multipliedBy(2), HOUR.multipliedBy(3), HOUR.multipliedBy(4));
		assertThat(withDelay).containsExactly(HOUR, Duration.ofMinutes(150), Duration.ofMinutes(240));
	}

	@Test
	void canceledTaskIsNotRun() {
		ScheduledFuture<?> task = this.processes.time().scheduler().schedule(() -> elapsed(), 1, TimeUnit.HOURS);
		assertThat(task.getDelay(TimeUnit.MINUTES)).isEqualTo(60);

		task.cancel(false);

		assertThat(task.isCancelled()).isTrue();
		assertThat(this.processes.time().deterministicScheduler().nextDue()).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void onlyTestCanAdvanceClock() {
		List<Throwable> thrown = new ArrayList<>();
		this.processes.time().executor().execute(() -> thrown.add(catchThrowable(() -> this.processes.advance(HOUR))));

		this.processes.advance(Duration.ZERO);

		assertThat(thrown).singleElement(InstanceOfAssertFactories.THROWABLE)
			.isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("Only the test may advance the clock");
		assertThat(elapsed()).isZero();
	}

	@Test
	void boundedWaitForFutureUsesManualClock() {
		this.processes.stub("slow").after(HOUR);
		CompletableFuture<ProcessResult> result = this.manager.command("slow").noTimeout().runAsync();

		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> result.get(59, TimeUnit.MINUTES))
			.withMessageContaining("59 MINUTES of the fakes' clock");

		assertThat(elapsed()).isEqualTo(Duration.ofMinutes(59));
		assertThat(result.join()).isSuccessful();
	}

	@Test
	void tasksDueAtSameTimeRunInOrderOfScheduling() {
		List<Integer> ran = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			int number = i;
			this.processes.time().scheduler().schedule(() -> ran.add(number), 1, TimeUnit.HOURS);
		}

		this.processes.advance(HOUR);

		assertThat(ran).hasSize(20).isSorted();
	}

	@Test
	void scheduledTaskCanWait() {
		this.processes.stub("slow").after(Duration.ofMinutes(30)).outputLines("done");
		List<String> outputs = new ArrayList<>();
		this.processes.time()
			.scheduler()
			.schedule(() -> outputs.add(this.manager.command("slow").noTimeout().run().output()), 1, TimeUnit.HOURS);

		this.processes.advance(HOUR.plusMinutes(29));
		assertThat(outputs).isEmpty();
		this.processes.advance(Duration.ofMinutes(1));

		assertThat(outputs).containsExactly("done\n");
		assertThat(elapsed()).isEqualTo(Duration.ofMinutes(90));
	}

	@Test
	void clockCannotMoveBackward() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.advance(Duration.ofSeconds(-1)));
	}

	@Test
	void clockHasMaximum() {
		Duration forever = ChronoUnit.FOREVER.getDuration();

		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.advance(forever))
			.withMessageContaining("292 years");
		assertThat(elapsed()).isZero();
	}

	@Test
	void taskBeyondMaximumIsNeverRun() {
		AtomicInteger runs = new AtomicInteger();
		this.processes.stub("patient").after(ChronoUnit.FOREVER.getDuration());
		this.processes.advance(HOUR);
		this.processes.time().scheduler().schedule(runs::incrementAndGet, Long.MAX_VALUE, TimeUnit.NANOSECONDS);

		RunningProcess process = this.manager.start("patient");
		this.processes.advance(HOUR);

		assertThat(process.isRunning()).isTrue();
		assertThat(runs).hasValue(0);
	}

	@Test
	void advanceCanBeInterrupted() {
		Thread test = Thread.currentThread();
		this.processes.time().scheduler().scheduleAtFixedRate(() -> {
			if (elapsed().compareTo(HOUR) >= 0) {
				test.interrupt();
			}
		}, 1, 1, TimeUnit.MINUTES);

		Throwable thrown = catchThrowable(() -> this.processes.advance(Duration.ofDays(10)));

		assertThat(Thread.interrupted()).isTrue();
		assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("interrupted");
		assertThat(elapsed()).isBetween(HOUR, HOUR.plusMinutes(2));
	}

	@Test
	void endlessLoopWithoutDelayIsReported() {
		Executor executor = this.processes.time().executor();
		AtomicBoolean ended = new AtomicBoolean();
		executor.execute(new Runnable() {

			@Override
			public void run() {
				if (!ended.get()) {
					executor.execute(this);
				}
			}

		});

		assertThatIllegalStateException().isThrownBy(() -> this.processes.advance(HOUR))
			.withMessageContaining("without a delay");
		ended.set(true);
	}

	@Test
	void listenerWaitingForTestBlocksNoOtherTask() throws Exception {
		this.processes.time().deterministicScheduler().longestAbsence(SHORT);
		this.processes.stub("chatty").outputLines("one");
		CountDownLatch latch = new CountDownLatch(1);
		RunningProcess process = this.manager.command("chatty").onLine((type, line) -> {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}).start();

		this.processes.stub("other").after(Duration.ofSeconds(1)).outputLines("done");
		assertThat(this.manager.run("other")).hasOutput("done");
		latch.countDown();

		assertThat(process.waitFor()).isSuccessful();
	}

	@Test
	void listenerCanTakeRealTime() throws Exception {
		this.processes.stub("chatty").outputLines("one");
		CountDownLatch never = new CountDownLatch(1);

		ProcessResult result = this.manager.command("chatty").onLine((type, line) -> {
			try {
				never.await(400, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}).run();

		assertThat(result).isSuccessful();
		assertThat(elapsed()).isZero();
	}

	@Test
	void startsAtGivenTime() {
		Instant start = Instant.parse("2026-03-29T00:59:59Z");
		FakeProcesses others = FakeProcesses.startingAt(start);
		others.advance(Duration.ofSeconds(2));

		assertThat(others.time().clock().instant()).isEqualTo(start.plusSeconds(2));
		assertThat(Optional.of(others.time().now())).contains(start.plusSeconds(2));
		ZoneId berlin = ZoneId.of("Europe/Berlin");
		assertThat(LocalTime.now(others.time().clock().withZone(berlin))).isEqualTo("03:00:01");
	}

}
