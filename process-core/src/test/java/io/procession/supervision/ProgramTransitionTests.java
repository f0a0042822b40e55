package io.procession.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.supervision.ProgramLife.Presence;
import io.procession.supervision.ProgramStatus.DesiredState;
import io.procession.supervision.ProgramTransition.Bounds;

import static org.assertj.core.api.Assertions.assertThat;

class ProgramTransitionTests {

	private static final ProcessSpec SPEC = ProcessSpec.of(Command.of("worker"));

	private static final Duration STOP_BOUND = Duration.ofSeconds(20);

	private static final Duration AGAIN = Duration.ofSeconds(5);

	private static final Instant NOW = Instant.parse("2000-01-01T00:00:00Z");

	private static final Duration DELAY = Duration.ofSeconds(7);

	private Program program = Program.builder("worker", SPEC)
		.restart(RestartPolicy.onFailure().withDelay(DELAY))
		.build();

	private ProgramLife life = ProgramLife.begin(this.program, NOW);

	private List<ProgramAction> actions = List.of();

	private List<ProgramReport> reports = List.of();

	@Test
	void spawnsOnRequest() {
		take(new ProgramInput.Start());

		assertThat(this.actions).containsExactly(new ProgramAction.Spawn(1));
		assertThat(status().state()).isEqualTo(ProgramState.STARTING);
		assertThat(status().desired()).isEqualTo(DesiredState.UP);
		assertThat(status().reason()).isEqualTo("started");
	}

	@Test
	void exposesStartedProcess() {
		startUp();

		assertThat(this.actions).isEmpty();
		assertThat(status().state()).isEqualTo(ProgramState.RUNNING);
		assertThat(status().pid()).isEqualTo(4711);
		assertThat(this.reports).extracting(ProgramReport::level).contains(Level.INFO);
	}

	@Test
	void startHasNoEffectWhileRunning() {
		startUp();
		ProgramLife before = this.life;

		take(new ProgramInput.Start());

		assertThat(this.life).isEqualTo(before);
		assertThat(this.actions).isEmpty();
	}

	@Test
	void waitsForRestartDelayAfterCrash() {
		startUp();

		take(ended(1, 3));
		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(status().state()).isEqualTo(ProgramState.BACKOFF);
		assertThat(status().reason()).isEqualTo("exited with 3");
		assertThat(status().lastFailed()).isTrue();
		assertThat(status().restarts()).isZero();
		assertThat(this.actions).containsExactly(new ProgramAction.SetTimer(this.life.timer(), DELAY));

		take(new ProgramInput.TimeUp(this.life.timer()));

		assertThat(status().state()).isEqualTo(ProgramState.STARTING);
		assertThat(status().restarts()).isEqualTo(1);
		assertThat(this.actions).containsExactly(new ProgramAction.Spawn(2));
	}

	@Test
	void ignoresTimerFiringWhileBeingCanceled() {
		startUp();
		crash();
		long stale = this.life.timer();
		take(new ProgramInput.Start());
		ProgramLife before = this.life;

		take(new ProgramInput.TimeUp(stale));

		assertThat(this.life).isEqualTo(before);
		assertThat(this.actions).isEmpty();
	}

	@Test
	void ignoresEndOfOlderRun() {
		startUp();
		crash();
		take(new ProgramInput.Start());
		take(new ProgramInput.Started(2, 4712));
		ProgramLife before = this.life;

		take(ended(1, 3));

		assertThat(this.life).isEqualTo(before);
		assertThat(this.actions).isEmpty();
		assertThat(this.reports).isEmpty();
	}

	@Test
	void ignoresFailedStartOfOlderRun() {
		take(new ProgramInput.Start());
		take(new ProgramInput.StartFailed(1, new IllegalStateException("planned")));
		take(new ProgramInput.Start());
		ProgramLife before = this.life;

		take(new ProgramInput.StartFailed(1, new IllegalStateException("planned")));

		assertThat(this.life).isEqualTo(before);
		assertThat(this.actions).isEmpty();
	}

	@Test
	void stopsOnceStarted() {
		take(new ProgramInput.Start());

		take(new ProgramInput.Stop(true));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(this.actions).containsExactly(new ProgramAction.SetTimer(this.life.timer(), STOP_BOUND));

		take(new ProgramInput.Started(1, 4711));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(this.actions).containsExactly(new ProgramAction.StopProcess(false),
				new ProgramAction.SetTimer(this.life.timer(), STOP_BOUND));
	}

	@Test
	void killsAtSecondStopRequest() {
		startUp();
		take(new ProgramInput.Stop(true));
		assertThat(this.actions).contains(new ProgramAction.StopProcess(false));

		take(new ProgramInput.Stop(true));

		assertThat(this.actions).contains(new ProgramAction.StopProcess(true));
	}

	@Test
	void restartsAfterStopIfRequestedMeanwhile() {
		startUp();
		take(new ProgramInput.Stop(true));
		take(new ProgramInput.Start());
		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(this.actions).isEmpty();

		take(ended(1, 143, ExitCause.STOPPED));

		assertThat(status().state()).isEqualTo(ProgramState.STARTING);
		assertThat(this.actions).containsExactly(new ProgramAction.Spawn(2));
	}

	@Test
	void abandonsStopThatDoesNotEnd() {
		startUp();
		take(new ProgramInput.Stop(true));

		take(new ProgramInput.TimeUp(this.life.timer()));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(this.actions).containsExactly(new ProgramAction.StopProcess(false),
				new ProgramAction.SetTimer(this.life.timer(), AGAIN));

		take(new ProgramInput.TimeUp(this.life.timer()));

		assertThat(status().state()).isEqualTo(ProgramState.LOST);
		assertThat(status().reason()).contains("PT20S");
		assertThat(this.life.presence()).isEqualTo(Presence.PROCESS);
	}

	@Test
	void stopsProcessesLeftBehindByCrashBeforeBackoff() {
		startUp();

		take(ended(1, 3));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(status().reason()).isEqualTo("exited with 3");
		assertThat(status().pid()).isNull();
		assertThat(this.actions).containsExactly(new ProgramAction.StopLeftBehind(false),
				new ProgramAction.SetTimer(this.life.timer(), STOP_BOUND));

		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(status().state()).isEqualTo(ProgramState.BACKOFF);
	}

	@Test
	void stopsProcessesLeftBehindByProgramThatIsNotRestarted() {
		startUp();
		take(ended(1, 0));
		assertThat(this.actions).contains(new ProgramAction.StopLeftBehind(false));

		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(status().state()).isEqualTo(ProgramState.EXITED);
	}

	@Test
	void leavesAllowedProcessesAlone() {
		this.program = Program.builder("worker", SPEC).leaveBehind(true).build();
		startUp();

		take(ended(1, 0));

		assertThat(status().state()).isEqualTo(ProgramState.EXITED);
		assertThat(this.actions).isEmpty();
	}

	@Test
	void isStoppedOnceNoProcessIsLeft() {
		startUp();
		take(ended(1, 3));

		take(new ProgramInput.Stop(true));
		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(this.actions).isEmpty();
		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPED);
		assertThat(status().reason()).isEqualTo("stopped on request");
	}

	@Test
	void killsProcessesLeftBehindAtSecondStopRequest() {
		startUp();
		take(ended(1, 3));
		take(new ProgramInput.Stop(true));

		take(new ProgramInput.Stop(true));

		assertThat(this.actions).contains(new ProgramAction.StopLeftBehind(true));
	}

	@Test
	void ignoresRepeatedStopResult() {
		startUp();
		take(ended(1, 3));
		take(new ProgramInput.Stop(true));
		take(new ProgramInput.Stop(true));
		take(new ProgramInput.LeftBehindStopped(1, true));
		ProgramLife before = this.life;

		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(this.life).isEqualTo(before);
	}

	@Test
	void stopsProcessesLeftBehindByProcessThatEndedBeforeStop() {
		startUp();
		take(new ProgramInput.Stop(true));

		take(ended(1, 0, ExitCause.EXITED));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(this.actions).contains(new ProgramAction.StopLeftBehind(false));
	}

	@Test
	void startKillsRemainingProcessesAgain() {
		lose();

		take(new ProgramInput.Start());

		assertThat(status().state()).isEqualTo(ProgramState.STOPPING);
		assertThat(this.actions).containsExactly(new ProgramAction.StopLeftBehind(true),
				new ProgramAction.SetTimer(this.life.timer(), STOP_BOUND));

		take(new ProgramInput.LeftBehindStopped(1, false));

		assertThat(status().state()).isEqualTo(ProgramState.LOST);
		assertThat(status().desired()).isEqualTo(DesiredState.UP);
		assertThat(this.actions).noneMatch(ProgramAction.Spawn.class::isInstance);
	}

	@Test
	void stopKillsRemainingProcessesAgain() {
		lose();

		take(new ProgramInput.Stop(true));

		assertThat(this.actions).contains(new ProgramAction.StopLeftBehind(true));

		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPED);
		assertThat(status().pid()).isNull();
	}

	@Test
	void killsAgainWithIncreasingDelay() {
		lose();
		assertThat(this.actions).containsExactly(new ProgramAction.SetTimer(this.life.timer(), AGAIN));

		for (int factor : new int[] { 2, 4, 8, 16, 16 }) {
			take(new ProgramInput.TimeUp(this.life.timer()));

			assertThat(status().state()).isEqualTo(ProgramState.LOST);
			assertThat(this.actions).containsExactly(new ProgramAction.StopLeftBehind(true),
					new ProgramAction.SetTimer(this.life.timer(), AGAIN.multipliedBy(factor)));

			take(new ProgramInput.LeftBehindStopped(1, false));
			assertThat(this.actions).isEmpty();
			assertThat(this.reports).isEmpty();
		}
	}

	@Test
	void entersIntendedStateOnceNoProcessIsAlive() {
		lose();

		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(status().state()).isEqualTo(ProgramState.STOPPED);
	}

	@Test
	void restartsOnceTimedOutProcessHasEnded() {
		startUp();
		take(ended(1, 137, ExitCause.LOST));
		assertThat(status().state()).isEqualTo(ProgramState.LOST);
		assertThat(status().pid()).isEqualTo(4711);

		take(new ProgramInput.LeftBehindStopped(1, true));

		assertThat(status().state()).isEqualTo(ProgramState.BACKOFF);
		assertThat(status().pid()).isNull();
	}

	@Test
	void startsNothingBesideAbandonedStart() {
		take(new ProgramInput.Start());
		take(new ProgramInput.Stop(true));
		take(new ProgramInput.TimeUp(this.life.timer()));
		take(new ProgramInput.TimeUp(this.life.timer()));
		assertThat(status().state()).isEqualTo(ProgramState.LOST);

		take(new ProgramInput.Start());

		assertThat(status().state()).isEqualTo(ProgramState.LOST);
		assertThat(this.actions).isEmpty();

		take(new ProgramInput.Started(1, 4711));

		assertThat(this.actions).contains(new ProgramAction.StopProcess(true));

		take(ended(1, 137, ExitCause.STOPPED));

		assertThat(status().state()).isEqualTo(ProgramState.STARTING);
		assertThat(this.actions).containsExactly(new ProgramAction.Spawn(2));
	}

	@Test
	void startsNothingOnceClosed() {
		startUp();
		take(new ProgramInput.Close());
		take(ended(1, 143, ExitCause.STOPPED));
		assertThat(status().state()).isEqualTo(ProgramState.STOPPED);

		take(new ProgramInput.Start());
		take(new ProgramInput.Restart());

		assertThat(status().state()).isEqualTo(ProgramState.STOPPED);
		assertThat(status().desired()).isEqualTo(DesiredState.DOWN);
		assertThat(this.actions).isEmpty();
	}

	@Test
	void waitsForNoRestartOnceManagerIsClosed() {
		startUp();
		crash();

		take(new ProgramInput.ManagerClosed());

		assertThat(status().state()).isEqualTo(ProgramState.STOPPED);
		assertThat(status().reason()).isEqualTo("its process manager was closed");
		assertThat(this.life.isSettled()).isTrue();
	}

	@Test
	void isNotSettledBeforeEndOfProcessIsReportedOnceManagerIsClosed() {
		startUp();

		take(new ProgramInput.ManagerClosed());

		assertThat(status().state()).isEqualTo(ProgramState.RUNNING);
		assertThat(this.life.isSettled()).isFalse();

		crash();

		assertThat(status().state()).isEqualTo(ProgramState.STOPPED);
		assertThat(this.life.isSettled()).isTrue();
	}

	private void startUp() {
		take(new ProgramInput.Start());
		take(new ProgramInput.Started(1, 4711));
	}

	private void crash() {
		take(ended(1, 3));
		take(new ProgramInput.LeftBehindStopped(1, true));
	}

	private void lose() {
		startUp();
		take(new ProgramInput.Stop(true));
		take(ended(1, 137, ExitCause.LOST));
		assertThat(status().state()).isEqualTo(ProgramState.LOST);
	}

	private void take(ProgramInput input) {
		ProgramTransition.Step step = ProgramTransition.step(this.program, new Bounds(STOP_BOUND, AGAIN), this.life,
				input, NOW);
		this.life = step.life();
		this.actions = step.actions();
		this.reports = step.reports();
	}

	private ProgramStatus status() {
		return this.life.status();
	}

	private static ProgramInput ended(long run, int exitCode) {
		return ended(run, exitCode, ExitCause.EXITED);
	}

	private static ProgramInput ended(long run, int exitCode, ExitCause cause) {
		ProcessResult result = ProcessResult.builder(SPEC)
			.pid(4711)
			.exit(exitCode, cause)
			.times(NOW, Duration.ofSeconds(1))
			.build();
		return new ProgramInput.Ended(run, result);
	}

}
