package io.procession.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.TimeSource;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessLauncher;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.Origin;
import io.procession.supervision.ProgramTransition.Bounds;

/**
 * Carries out the decisions about a single program. Requests and events arrive as a
 * {@link ProgramInput} on the loop of the supervisor, {@link ProgramTransition} decides
 * about the actions, and this class performs them. All actions are performed before
 * futures are completed and messages are logged, and no action blocks. Events are
 * published, which neither blocks nor fails, after all actions but the start of a
 * process, so that the event of the start precedes those of its process.
 */
final class SupervisedProgram {

	/** Delay until a failed action is repeated. */
	private static final Duration RETRY = Duration.ofMillis(100);

	/** Additional time for a busy machine. */
	private static final Duration SLACK = Duration.ofSeconds(5);

	private static final Duration LONGEST = Duration.ofDays(365);

	private static final Logger logger = LoggerFactory.getLogger(SupervisedProgram.class);

	private final Program program;

	private final ProcessLauncher launcher;

	private final PendingProcess pending;

	private final SupervisorThreads threads;

	private final TimeSource time;

	private final Bounds bounds;

	/** Written by the loop only. */
	private volatile ProgramLife life;

	// all fields below are confined to the loop

	private @Nullable RunningProcess process;

	private @Nullable Future<?> timer;

	private final List<CompletableFuture<ProgramStatus>> waiting = new ArrayList<>();

	SupervisedProgram(Program program, ProcessLauncher launcher, SupervisorThreads threads, TimeSource time) {
		this.program = program;
		this.launcher = launcher;
		this.pending = launcher.pending(program.processSpec());
		this.threads = threads;
		this.time = time;
		this.bounds = bounds(program, launcher.settings());
		this.life = ProgramLife.begin(program, time.now());
	}

	@Override
	public String toString() {
		return "program '" + this.program.name() + "'";
	}

	// the time for listeners, the stop grace, the time until a process is abandoned, and
	// the time to drain the output
	private static Bounds bounds(Program program, ProcessSettings settings) {
		Duration grace = Objects.requireNonNullElse(program.spec().stopGrace(), settings.stopGrace());
		Duration lostAfter = bounded(settings.lostAfter());
		return new Bounds(bounded(settings.beforeStopTimeout()).plus(bounded(grace))
			.plus(lostAfter)
			.plus(bounded(settings.drain()))
			.plus(SLACK), lostAfter);
	}

	private static Duration bounded(Duration duration) {
		return (duration.compareTo(LONGEST) < 0) ? duration : LONGEST;
	}

	Program program() {
		return this.program;
	}

	ProgramStatus status() {
		return this.life.status();
	}

	/**
	 * Return the maximum time until the program is down after a request to stop it,
	 * including a start in progress, its process, and the processes that it leaves
	 * behind.
	 */
	Duration downWithin() {
		return this.bounds.stop().plus(this.bounds.again()).multipliedBy(3);
	}

	/**
	 * Submit a request.
	 * @return a future that completes on the loop, with the status once that is settled
	 */
	CompletableFuture<ProgramStatus> ask(ProgramInput request) {
		CompletableFuture<ProgramStatus> settled = this.time.newFuture();
		boolean isAccepted = this.threads.onLoop(() -> {
			this.waiting.add(settled);
			take(request);
		});
		if (!isAccepted) {
			settled.complete(status());
		}
		return settled;
	}

	private void input(ProgramInput input) {
		this.threads.onLoop(() -> take(input));
	}

	private void take(ProgramInput input) {
		try {
			ProgramLife before = this.life;
			ProgramTransition.Step step = ProgramTransition.step(this.program, this.bounds, before, input,
					this.time.now());
			this.life = step.life();
			if (step.life().timer() != before.timer() && this.timer != null) {
				this.timer.cancel(false);
				this.timer = null;
			}
			step.actions().stream().filter((action) -> !isStart(action)).forEach(this::perform);
			step.events().forEach(this.launcher::publish);
			step.actions().stream().filter(SupervisedProgram::isStart).forEach(this::perform);
			step.reports().forEach(this::log);
		}
		finally {
			completeWaiting();
		}
	}

	private static boolean isStart(ProgramAction action) {
		return action instanceof ProgramAction.Spawn;
	}

	private void perform(ProgramAction action) {
		if (action instanceof ProgramAction.Spawn spawn) {
			handOver(spawn.run());
		}
		else if (action instanceof ProgramAction.StopProcess stop) {
			RunningProcess present = Objects.requireNonNull(this.process);
			attempt(() -> stop(present, stop.kill()));
		}
		else if (action instanceof ProgramAction.StopLeftBehind stop) {
			RunningProcess last = Objects.requireNonNull(this.process);
			long run = this.life.run();
			attempt(() -> stopLeftBehind(last, stop.kill())
				.thenAccept((gone) -> input(new ProgramInput.LeftBehindStopped(run, gone))));
		}
		else if (action instanceof ProgramAction.SetTimer set) {
			this.timer = this.threads.onLoopAfter(set.delay(), () -> take(new ProgramInput.TimeUp(set.timer())));
		}
	}

	private static void stop(RunningProcess process, boolean kill) {
		if (kill) {
			process.stopAsync(Duration.ZERO);
		}
		else {
			process.stopAsync();
		}
	}

	private static CompletableFuture<Boolean> stopLeftBehind(RunningProcess process, boolean kill) {
		return kill ? process.stopLeftBehind(Duration.ZERO) : process.stopLeftBehind();
	}

	/** Perform an action for the current execution, repeatedly if it fails. */
	private void attempt(Runnable action) {
		long run = this.life.run();
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			this.threads.onLoopAfter(RETRY, () -> {
				if (run == this.life.run() && this.life.presence() != ProgramLife.Presence.NONE) {
					attempt(action);
				}
			});
		}
	}

	// --- starting

	private void handOver(long run) {
		try {
			this.threads.onWorker(() -> spawn(run));
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// no thread available: the policy decides when the start is tried again
			take(new ProgramInput.StartFailed(run, ex));
		}
	}

	// on a worker
	private void spawn(long run) {
		RunningProcess started;
		try {
			started = this.launcher.startUncounted(this.pending.origin(origin(run)));
		}
		catch (Throwable ex) {
			input(new ProgramInput.StartFailed(run, ex));
			return;
		}
		if (!this.threads.onLoop(() -> started(run, started))) {
			// the supervisor was closed in the meantime
			started.stopAsync();
		}
	}

	private Origin origin(long run) {
		return Origin.builder(Origin.Kind.PROGRAM)
			.name(this.program.name())
			.attempt((int) Math.min(run, Integer.MAX_VALUE))
			.build();
	}

	private void started(long run, RunningProcess started) {
		this.process = started;
		attempt(() -> started.onExit().thenAccept((result) -> input(new ProgramInput.Ended(run, result))));
		take(new ProgramInput.Started(run, started.pid()));
	}

	// --- notification

	private void log(ProgramReport report) {
		if (logger.isEnabledForLevel(report.level())) {
			this.threads.report(() -> logger.atLevel(report.level()).log(report.text().get()));
		}
	}

	private void completeWaiting() {
		ProgramLife now = this.life;
		if (now.isSettled()) {
			ProgramStatus settled = now.status();
			List<CompletableFuture<ProgramStatus>> settledFutures = List.copyOf(this.waiting);
			this.waiting.clear();
			settledFutures.forEach((future) -> future.complete(settled));
		}
	}

}
