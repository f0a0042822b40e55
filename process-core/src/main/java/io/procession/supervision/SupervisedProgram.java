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

import io.procession.engine.TimeSource;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessLauncher;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.supervision.ProgramTransition.Bounds;

/**
 * Carries out the life of one program. What happens to it comes in as a
 * {@link ProgramInput} on the loop of its supervisor; {@link ProgramTransition} decides
 * what follows; this class does it. Everything is done before anything is told or logged,
 * and nothing that is done here blocks.
 */
final class SupervisedProgram {

	/** How soon an action that failed is tried again. */
	private static final Duration RETRY = Duration.ofMillis(100);

	/** How much longer things may take on a busy machine. */
	private static final Duration SLACK = Duration.ofSeconds(5);

	private static final Duration LONGEST = Duration.ofDays(365);

	private static final Logger logger = LoggerFactory.getLogger(SupervisedProgram.class);

	private final Program program;

	private final ProcessLauncher launcher;

	private final PendingProcess pending;

	private final SupervisorThreads threads;

	private final TimeSource time;

	private final Bounds bounds;

	/** Changed by the loop alone. */
	private volatile ProgramLife life;

	// all below is confined to the loop

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

	// its listeners, the grace, until it is given up, until it is drained
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
	 * Return how long the program may take until it is down after a request to stop it: a
	 * start in flight, its process, and what that leaves behind.
	 */
	Duration downWithin() {
		return this.bounds.stop().plus(this.bounds.again()).multipliedBy(3);
	}

	/**
	 * Take in a request.
	 * @return completes on the loop, with the status once that is settled
	 */
	CompletableFuture<ProgramStatus> ask(ProgramInput request) {
		CompletableFuture<ProgramStatus> settled = this.time.newFuture();
		boolean asked = this.threads.onLoop(() -> {
			this.waiting.add(settled);
			take(request);
		});
		if (!asked) {
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
			step.actions().forEach(this::perform);
			step.reports().forEach(this::log);
		}
		finally {
			tellWaiting();
		}
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

	/** Perform an action of the present run, if need be again and again. */
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
			// no thread: the policy decides when it is tried again
			take(new ProgramInput.StartFailed(run, ex));
		}
	}

	// on a worker
	private void spawn(long run) {
		RunningProcess started;
		try {
			started = this.launcher.startUncounted(this.pending);
		}
		catch (Throwable ex) {
			input(new ProgramInput.StartFailed(run, ex));
			return;
		}
		if (!this.threads.onLoop(() -> started(run, started))) {
			// the supervisor did not wait for it any longer
			started.stopAsync();
		}
	}

	private void started(long run, RunningProcess started) {
		this.process = started;
		attempt(() -> started.onExit().thenAccept((result) -> input(new ProgramInput.Ended(run, result))));
		take(new ProgramInput.Started(run, started.pid()));
	}

	// --- telling

	private void log(ProgramReport report) {
		if (logger.isEnabledForLevel(report.level())) {
			this.threads.report(() -> logger.atLevel(report.level()).log(report.text().get()));
		}
	}

	private void tellWaiting() {
		ProgramStatus settled = status();
		if (settled.state().isSettled()) {
			List<CompletableFuture<ProgramStatus>> told = List.copyOf(this.waiting);
			this.waiting.clear();
			told.forEach((future) -> future.complete(settled));
		}
	}

}
