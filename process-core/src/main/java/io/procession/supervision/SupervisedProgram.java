package io.procession.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.engine.TimeSource;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessLauncher;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessException;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.supervision.ProgramStatus.Wanted;

/**
 * The life of one program: what is wanted, what is, and how the one follows the other.
 *
 * <p>
 * Everything goes through one {@link SerialLoop}: what people ask for ({@link #start()},
 * {@link #stop(boolean)}, {@link #restart()}), what becomes of a start, what becomes of a
 * process, and the time that is up. What takes long (starting and stopping a process)
 * goes to the executor and comes back as another input, with the id of its run, so that
 * nothing is ever done to a run because of an older one.
 */
final class SupervisedProgram {

	private static final String MANAGER_CLOSED = "its process manager was closed";

	private static final Logger logger = LoggerFactory.getLogger(SupervisedProgram.class);

	private final Program program;

	private final ProcessLauncher launcher;

	private final PendingProcess pending;

	private final ScheduledExecutorService scheduler;

	private final Executor executor;

	private final TimeSource time;

	private final SerialLoop loop = new SerialLoop();

	private volatile ProgramStatus status;

	// all below is confined to the loop

	private Wanted wanted = Wanted.DOWN;

	private boolean closed;

	private long run;

	private @Nullable RunningProcess process;

	private boolean killAtOnce;

	private int restarts;

	private @Nullable Integer lastExitCode;

	private boolean lastFailed;

	private String lastStartFailure = "";

	private @Nullable Future<?> timer;

	private final List<CompletableFuture<ProgramStatus>> waiting = new ArrayList<>();

	SupervisedProgram(Program program, ProcessLauncher launcher, ScheduledExecutorService scheduler, Executor executor,
			TimeSource time) {
		this.program = program;
		this.launcher = launcher;
		this.pending = launcher.pending(program.processSpec());
		this.scheduler = scheduler;
		this.executor = executor;
		this.time = time;
		this.status = new ProgramStatus(program.name(), ProgramState.STOPPED, Wanted.DOWN, null, 0, null, false,
				time.now(), "never started");
	}

	Program program() {
		return this.program;
	}

	ProgramStatus status() {
		return this.status;
	}

	// --- what people ask for

	CompletableFuture<ProgramStatus> start() {
		return ask(() -> {
			if (!this.closed) {
				want(Wanted.UP);
				if (this.status.state() != ProgramState.STOPPING && !isLive()) {
					launch("started on request");
				}
			}
		});
	}

	CompletableFuture<ProgramStatus> restart() {
		return ask(() -> {
			if (!this.closed) {
				want(Wanted.UP);
				if (this.status.state() == ProgramState.RUNNING) {
					end("restarted on request");
				}
				else if (this.status.state() != ProgramState.STOPPING && !isLive()) {
					launch("restarted on request");
				}
			}
		});
	}

	/**
	 * Stops it.
	 * @param insist whether to kill one that was asked to stop before
	 */
	CompletableFuture<ProgramStatus> stop(boolean insist) {
		return ask(() -> {
			boolean again = this.wanted == Wanted.DOWN;
			want(Wanted.DOWN);
			switch (this.status.state()) {
				case STARTING, RUNNING -> end("stopped on request");
				case STOPPING -> {
					if (insist && again) {
						kill();
					}
				}
				case BACKOFF, EXITED, FATAL -> {
					forgetRun();
					become(ProgramState.STOPPED, "stopped on request");
				}
				// a process that KILL did not end is not down because somebody says so
				case STOPPED, LOST -> {
				}
			}
		});
	}

	/** Stops it and never starts it again. */
	CompletableFuture<ProgramStatus> close() {
		this.loop.execute(() -> this.closed = true);
		return stop(false);
	}

	private CompletableFuture<ProgramStatus> ask(Runnable task) {
		CompletableFuture<ProgramStatus> settled = this.time.newFuture();
		this.loop.execute(() -> {
			this.waiting.add(settled);
			task.run();
			tellWaiting();
		});
		this.time.settle();
		return settled;
	}

	private void want(Wanted value) {
		this.wanted = value;
		ProgramStatus now = this.status;
		this.status = new ProgramStatus(now.name(), now.state(), value, now.pid(), now.restarts(), now.lastExitCode(),
				now.lastFailed(), now.since(), now.reason());
	}

	private boolean isLive() {
		return this.status.state() == ProgramState.STARTING || this.status.state() == ProgramState.RUNNING;
	}

	// --- starting

	private void launch(String reason) {
		forgetRun();
		this.killAtOnce = false;
		become(ProgramState.STARTING, reason);
		long id = this.run;
		try {
			this.executor.execute(() -> spawn(id));
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			startFailed(id, ex);
		}
	}

	/** What comes of the present run, if anything still does, is ignored from now on. */
	private void forgetRun() {
		this.run++;
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	// on the executor
	private void spawn(long id) {
		try {
			RunningProcess started = this.launcher.startUncounted(this.pending);
			this.loop.execute(() -> started(started));
			started.onExit().thenAccept((result) -> this.loop.execute(() -> ended(id, result)));
		}
		catch (Throwable ex) {
			this.loop.execute(() -> startFailed(id, ex));
		}
	}

	// its run is the present one: STARTING and STOPPING wait for it
	private void started(RunningProcess started) {
		this.process = started;
		this.lastStartFailure = "";
		if (this.status.state() == ProgramState.STOPPING) {
			stopProcess();
			return;
		}
		become(ProgramState.RUNNING, this.status.reason());
		logger.info("Program started: name={} pid={}", this.program.name(), started.pid());
	}

	private void startFailed(long id, Throwable error) {
		if (id != this.run) {
			return;
		}
		if (error instanceof ProcessRejectedException rejected
				&& rejected.reason() == ProcessRejectedException.Reason.CLOSED) {
			managerClosed();
			return;
		}
		String message = Objects.requireNonNullElse(error.getMessage(), error.toString());
		this.lastFailed = true;
		if (error instanceof ProcessException exception) {
			exception.result().ifPresent((result) -> this.lastExitCode = result.exitCode());
		}
		if (this.status.state() == ProgramState.STOPPING) {
			down("stopped on request");
		}
		else if (this.program.restart().restartsAfterFailedStart() && !(error instanceof ProcessDeniedException)) {
			Duration delay = this.program.restart().delay();
			// the same failure once a second is no news
			if (!message.equals(this.lastStartFailure)) {
				logger.error("Program could not be started and is tried again: name={} delay={}: {}",
						this.program.name(), delay, message);
			}
			this.lastStartFailure = message;
			backOff(message);
		}
		else {
			become(ProgramState.FATAL, message);
			logger.error("Program could not be started and is not tried again: name={}: {}", this.program.name(),
					message);
		}
	}

	// nothing is ever started again
	private void managerClosed() {
		if (this.status.state() == ProgramState.STOPPING) {
			this.wanted = Wanted.DOWN;
			down("stopped on request");
			return;
		}
		become(ProgramState.STOPPED, MANAGER_CLOSED);
		logger.info("Program is not started any more, its process manager is closed: name={}", this.program.name());
	}

	private void backOff(String reason) {
		become(ProgramState.BACKOFF, reason);
		long id = this.run;
		this.timer = this.scheduler.schedule(() -> this.loop.execute(() -> due(id)),
				this.program.restart().delay().toNanos(), TimeUnit.NANOSECONDS);
	}

	private void due(long id) {
		if (id == this.run) {
			this.restarts++;
			launch("restarted by its policy");
		}
	}

	// --- ending

	private void end(String reason) {
		boolean running = this.status.state() == ProgramState.RUNNING;
		become(ProgramState.STOPPING, reason);
		// otherwise it is stopped as soon as it has started
		if (running) {
			stopProcess();
		}
	}

	private void kill() {
		this.killAtOnce = true;
		if (this.process != null) {
			stopProcess();
		}
	}

	private void stopProcess() {
		RunningProcess present = Objects.requireNonNull(this.process);
		this.executor.execute(this.killAtOnce ? present::kill : present::stop);
	}

	private void ended(long id, ProcessResult result) {
		if (id != this.run) {
			return;
		}
		this.process = null;
		this.lastExitCode = result.exitCode();
		this.lastFailed = result.failed() && !RestartPolicy.isOnRequest(result.cause());
		String how = how(result);
		if (result.cause() == ExitCause.LOST) {
			become(ProgramState.LOST, how);
			logger.error("Program is still there after KILL and given up: name={} pid={}", this.program.name(),
					result.pid());
		}
		else if (this.status.state() == ProgramState.STOPPING) {
			logger.info("Program stopped: name={} pid={} exitCode={}", this.program.name(), result.pid(),
					result.exitCode());
			down(this.status.reason());
		}
		else if (result.cause() == ExitCause.SHUTDOWN) {
			become(ProgramState.STOPPED, how);
		}
		else if (this.program.restart().restartsAfter(result)) {
			logger.warn("Program ended and is restarted: name={} pid={} exitCode={} cause={} restarts={} delay={}{}",
					this.program.name(), result.pid(), result.exitCode(), result.cause(), this.restarts,
					this.program.restart().delay(), why(result));
			backOff(how);
		}
		else {
			become(ProgramState.EXITED, how);
			if (this.lastFailed) {
				logger.warn("Program failed and is not restarted: name={} pid={} exitCode={} cause={}{}",
						this.program.name(), result.pid(), result.exitCode(), result.cause(), why(result));
			}
			else {
				logger.info("Program ended: name={} pid={} exitCode={} cause={}", this.program.name(), result.pid(),
						result.exitCode(), result.cause());
			}
		}
	}

	// what it wrote goes nowhere else: without this, nobody can tell why it failed
	private static String why(ProcessResult result) {
		return result.failed() ? ": " + new ProcessFailedException(result).getMessage() : "";
	}

	private static String how(ProcessResult result) {
		return switch (result.cause()) {
			case EXITED -> "exited with " + result.exitCode();
			case SIGNALED -> "ended by signal " + result.signal().map(Enum::name).orElse("unknown");
			case TIMED_OUT -> "ran for too long";
			case IDLE_TIMED_OUT -> "was silent for too long";
			case OUTPUT_LIMIT -> "wrote too much";
			case STOPPED, KILLED -> "stopped by somebody else than its supervisor";
			case SHUTDOWN -> MANAGER_CLOSED;
			case START_FAILED -> "could not be started";
			case LOST -> "was still there a while after KILL";
		};
	}

	/** A stop is over: down it stays, unless somebody has asked for it again. */
	private void down(String reason) {
		if (this.wanted == Wanted.UP) {
			launch(reason);
		}
		else {
			become(ProgramState.STOPPED, reason);
		}
	}

	// --- the state

	private void become(ProgramState next, String reason) {
		ProgramState before = this.status.state();
		if (!before.canBecome(next)) {
			throw new IllegalStateException(
					"Program '" + this.program.name() + "' cannot become " + next + " while it is " + before);
		}
		Instant now = this.time.now();
		this.status = new ProgramStatus(this.program.name(), next, this.wanted,
				(this.process != null) ? this.process.pid() : null, this.restarts, this.lastExitCode, this.lastFailed,
				now, reason);
		logger.debug("Program changed: name={} from={} to={} reason={}", this.program.name(), before, next, reason);
		tellWaiting();
	}

	private void tellWaiting() {
		ProgramStatus settled = this.status;
		if (!settled.state().isSettled()) {
			return;
		}
		this.waiting.forEach((future) -> tell(future, settled));
		this.waiting.clear();
	}

	// foreign code may hang on the future: not on the loop
	private void tell(CompletableFuture<ProgramStatus> future, ProgramStatus settled) {
		try {
			this.executor.execute(() -> future.complete(settled));
		}
		catch (RejectedExecutionException ex) {
			future.complete(settled);
		}
	}

}
