package io.procession.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.procession.process.ExitCause;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.supervision.ProgramLife.Next;
import io.procession.supervision.ProgramLife.Presence;
import io.procession.supervision.ProgramStatus.DesiredState;

/**
 * State machine of a program: computes the new state, the actions to perform, the events
 * to publish and the messages to log from the current state and an input. It performs no
 * action itself. <i>Used once, by one thread.</i>
 */
final class ProgramTransition {

	private static final String MANAGER_CLOSED = "its process manager was closed";

	private static final String STOPPED_ON_REQUEST = "stopped on request";

	private static final String STILL_ALIVE = "is still alive after SIGKILL";

	private final Program program;

	private final Bounds bounds;

	private final Instant now;

	private final List<ProgramAction> actions = new ArrayList<>();

	private final List<ProgramEvent> events = new ArrayList<>();

	private final List<ProgramReport> reports = new ArrayList<>();

	// the new state of the program

	private ProgramState state;

	private DesiredState desired;

	private @Nullable Long pid;

	private int restarts;

	private @Nullable Integer lastExitCode;

	private boolean lastFailed;

	private Instant since;

	private String reason;

	private boolean closed;

	private boolean managerClosed;

	private long run;

	private Presence presence;

	private boolean killing;

	private @Nullable Next next;

	private int attempts;

	private long timer;

	private String lastStartFailure;

	private ProgramTransition(Program program, Bounds bounds, ProgramLife life, Instant now) {
		this.program = program;
		this.bounds = bounds;
		this.now = now;
		ProgramStatus status = life.status();
		this.state = status.state();
		this.desired = status.desired();
		this.pid = status.pid();
		this.restarts = status.restarts();
		this.lastExitCode = status.lastExitCode();
		this.lastFailed = status.lastFailed();
		this.since = status.since();
		this.reason = status.reason();
		this.closed = life.closed();
		this.managerClosed = life.managerClosed();
		this.run = life.run();
		this.presence = life.presence();
		this.killing = life.killing();
		this.next = life.next();
		this.attempts = life.attempts();
		this.timer = life.timer();
		this.lastStartFailure = life.lastStartFailure();
	}

	/**
	 * Compute the consequences of an input.
	 * @param program the program
	 * @param bounds time limits
	 * @param life the current state of the program
	 * @param input the request or event
	 * @param now the current time
	 * @return the new state, the actions, the events and the messages
	 */
	static Step step(Program program, Bounds bounds, ProgramLife life, ProgramInput input, Instant now) {
		ProgramTransition transition = new ProgramTransition(program, bounds, life, now);
		transition.take(input);
		return new Step(transition.life(), List.copyOf(transition.actions), List.copyOf(transition.events),
				List.copyOf(transition.reports));
	}

	private ProgramLife life() {
		ProgramStatus status = new ProgramStatus(this.program.name(), this.state, this.desired, this.pid, this.restarts,
				this.lastExitCode, this.lastFailed, this.since, this.reason);
		return new ProgramLife(status, this.closed, this.managerClosed, this.run, this.presence, this.killing,
				this.next, this.attempts, this.timer, this.lastStartFailure);
	}

	private void take(ProgramInput input) {
		if (input instanceof ProgramInput.Start) {
			start("started", false);
		}
		else if (input instanceof ProgramInput.Restart) {
			start("restarted on request", true);
		}
		else if (input instanceof ProgramInput.Stop stop) {
			stop(stop.insist());
		}
		else if (input instanceof ProgramInput.Close) {
			this.closed = true;
			stop(false);
		}
		else if (input instanceof ProgramInput.ManagerClosed) {
			managerClosed();
		}
		else if (input instanceof ProgramInput.Started started && started.run() == this.run) {
			started(started.pid());
		}
		else if (input instanceof ProgramInput.StartFailed failed && failed.run() == this.run) {
			startFailed(failed.error());
		}
		else if (input instanceof ProgramInput.Ended ended && ended.run() == this.run) {
			ended(ended.result());
		}
		else if (input instanceof ProgramInput.LeftBehindStopped stopped && stopped.run() == this.run) {
			leftBehindStopped(stopped.gone());
		}
		else if (input instanceof ProgramInput.TimeUp timeUp && timeUp.timer() == this.timer) {
			timeUp();
		}
	}

	// --- requests

	private void start(String why, boolean anew) {
		if (this.closed) {
			return;
		}
		this.desired = DesiredState.UP;
		switch (this.state) {
			case STARTING -> {
			}
			case RUNNING -> {
				if (anew) {
					end(new Next(ProgramState.STARTING, why));
				}
			}
			case STOPPING -> this.next = new Next(ProgramState.STARTING, why);
			case STOPPED, BACKOFF, EXITED, FATAL -> launch(why);
			// not while the other process is still alive
			case LOST -> tryAgain(new Next(ProgramState.STARTING, why));
		}
	}

	private void stop(boolean insist) {
		boolean again = this.desired == DesiredState.DOWN;
		this.desired = DesiredState.DOWN;
		Next down = new Next(ProgramState.STOPPED, STOPPED_ON_REQUEST);
		switch (this.state) {
			case STARTING, RUNNING -> end(down);
			case STOPPING -> {
				this.next = down;
				if (insist && again) {
					this.killing = true;
					stopWhatThereIs();
				}
			}
			case BACKOFF, EXITED, FATAL -> become(ProgramState.STOPPED, STOPPED_ON_REQUEST);
			case LOST -> tryAgain(down);
			case STOPPED -> {
			}
		}
	}

	// --- starting

	private void launch(String why) {
		this.run++;
		this.presence = Presence.STARTING;
		this.killing = false;
		this.attempts = 0;
		become(ProgramState.STARTING, why);
		this.actions.add(new ProgramAction.Spawn(this.run));
	}

	private void started(long process) {
		this.presence = Presence.PROCESS;
		this.pid = process;
		this.lastStartFailure = "";
		if (this.state == ProgramState.STARTING) {
			become(ProgramState.RUNNING, this.reason);
			report(ProgramReport.started(this.program, process));
		}
		else {
			this.attempts = 0;
			stopWhatThereIs();
		}
	}

	private void startFailed(Throwable error) {
		this.presence = Presence.NONE;
		if (isOfClosedManager(error)) {
			startRejected();
			return;
		}
		String message = Objects.requireNonNullElse(error.getMessage(), error.toString());
		this.lastFailed = true;
		if (error instanceof ProcessException exception) {
			exception.result().ifPresent((result) -> this.lastExitCode = result.exitCode());
		}
		if (this.state != ProgramState.STARTING) {
			becomeNext();
		}
		else if (this.program.restart().restartsAfterFailedStart() && !(error instanceof ProcessDeniedException)) {
			// log the same failure only once, since it may occur every second
			if (!message.equals(this.lastStartFailure)) {
				report(ProgramReport.startFailedForNow(this.program, message));
			}
			this.lastStartFailure = message;
			backOff(message);
		}
		else {
			become(ProgramState.FATAL, message);
			report(ProgramReport.startFailedForGood(this.program, message));
		}
	}

	private static boolean isOfClosedManager(Throwable error) {
		return error instanceof ProcessRejectedException rejected
				&& rejected.reason() == ProcessRejectedException.Reason.CLOSED;
	}

	// a process that was running has ended, which is another input
	private void managerClosed() {
		this.managerClosed = true;
		if (this.state == ProgramState.BACKOFF) {
			endWithManager();
		}
	}

	private void endWithManager() {
		become(ProgramState.STOPPED, MANAGER_CLOSED);
		report(ProgramReport.managerClosed(this.program));
	}

	// the manager starts no more processes
	private void startRejected() {
		if (this.state != ProgramState.STARTING) {
			this.desired = DesiredState.DOWN;
			become(ProgramState.STOPPED, STOPPED_ON_REQUEST);
			return;
		}
		endWithManager();
	}

	private void backOff(String why) {
		if (this.managerClosed) {
			endWithManager();
			return;
		}
		become(ProgramState.BACKOFF, why);
		setTimer(this.program.restart().delay());
	}

	private void timeUp() {
		if (this.state == ProgramState.BACKOFF) {
			this.restarts++;
			launch("restarted by its restart policy");
		}
		else if (this.state == ProgramState.STOPPING && this.attempts == 0) {
			// the JVM may have been suspended, and the result may still be pending
			this.attempts++;
			stopWhatThereIs();
		}
		else if (this.state == ProgramState.STOPPING) {
			lose("its stop did not complete within " + this.bounds.stop());
		}
		else if (this.state == ProgramState.LOST) {
			this.attempts++;
			stopWhatThereIs();
		}
	}

	// --- ending

	private void end(Next afterwards) {
		this.next = afterwards;
		become(ProgramState.STOPPING, afterwards.reason());
		stopWhatThereIs();
	}

	// a start in progress is stopped as soon as its process exists
	private void stopWhatThereIs() {
		if (this.presence == Presence.PROCESS) {
			this.actions.add(new ProgramAction.StopProcess(this.killing));
		}
		else if (this.presence == Presence.LEFT_BEHIND) {
			this.actions.add(new ProgramAction.StopLeftBehind(this.killing));
		}
		setTimer((this.attempts > 0) ? this.bounds.again(this.attempts - 1) : this.bounds.stop());
	}

	/** Make another attempt to stop what could not be stopped. */
	private void tryAgain(Next afterwards) {
		this.next = afterwards;
		if (this.presence != Presence.STARTING) {
			this.attempts = 0;
			become(ProgramState.STOPPING, afterwards.reason());
			stopWhatThereIs();
		}
	}

	private void ended(ProcessResult result) {
		this.lastExitCode = result.exitCode();
		this.lastFailed = result.failed() && !RestartPolicy.isOnRequest(result.cause());
		String how = how(result);
		boolean onRequest = this.next != null;
		if (!onRequest) {
			this.next = new Next(afterOwnEnd(result), how);
		}
		if (result.cause() == ExitCause.LOST) {
			this.presence = Presence.LEFT_BEHIND;
			lose(how);
			return;
		}
		this.pid = null;
		report(onRequest ? ProgramReport.stopped(this.program, result)
				: ProgramReport.ended(this.program, result, this.restarts));
		if (!mayLeaveBehind(result.cause())) {
			becomeNext();
			return;
		}
		this.presence = Presence.LEFT_BEHIND;
		this.attempts = 0;
		if (this.state == ProgramState.RUNNING) {
			become(ProgramState.STOPPING, how);
		}
		stopWhatThereIs();
	}

	// a stop ends the whole tree
	private boolean mayLeaveBehind(ExitCause cause) {
		return !this.program.leaveBehind() && switch (cause) {
			case EXITED, SIGNALED, OUTPUT_LIMIT, START_FAILED -> true;
			case STOPPED, KILLED, TIMED_OUT, IDLE_TIMED_OUT, SHUTDOWN, LOST -> false;
		};
	}

	private ProgramState afterOwnEnd(ProcessResult result) {
		if (result.cause() == ExitCause.SHUTDOWN) {
			return ProgramState.STOPPED;
		}
		return this.program.restart().restartsAfter(result) ? ProgramState.BACKOFF : ProgramState.EXITED;
	}

	private void leftBehindStopped(boolean gone) {
		if (this.presence != Presence.LEFT_BEHIND) {
			// the result of another stop request was processed before
			return;
		}
		if (gone) {
			becomeNext();
		}
		else if (this.state == ProgramState.STOPPING) {
			lose((this.pid != null) ? STILL_ALIVE : "a process that it left behind " + STILL_ALIVE);
		}
	}

	private static String how(ProcessResult result) {
		return switch (result.cause()) {
			case EXITED -> "exited with " + result.exitCode();
			case SIGNALED -> "ended by signal " + result.signal().map((signal) -> signal.name()).orElse("unknown");
			case TIMED_OUT -> "exceeded its timeout";
			case IDLE_TIMED_OUT -> "exceeded its idle timeout";
			case OUTPUT_LIMIT -> "exceeded its output limit";
			case STOPPED, KILLED -> "stopped by other code than its supervisor";
			case SHUTDOWN -> MANAGER_CLOSED;
			case START_FAILED -> "could not be started";
			case LOST -> STILL_ALIVE;
		};
	}

	private void lose(String why) {
		become(ProgramState.LOST, why);
		report(ProgramReport.lost(this.program, why));
		this.killing = true;
		this.attempts = 1;
		setTimer(this.bounds.again(0));
	}

	/** Enter the next state, since nothing is left of the execution. */
	private void becomeNext() {
		this.presence = Presence.NONE;
		this.pid = null;
		Next now = Objects.requireNonNull(this.next);
		switch (now.state()) {
			case STARTING -> launch(now.reason());
			case BACKOFF -> backOff(now.reason());
			default -> become(now.state(), now.reason());
		}
	}

	// --- state

	private void become(ProgramState other, String why) {
		ProgramState before = this.state;
		if (!before.canBecome(other)) {
			throw new IllegalStateException(
					"Program '" + this.program.name() + "' cannot become " + other + " while it is " + before);
		}
		this.state = other;
		this.reason = why;
		this.since = this.now;
		if (other != ProgramState.STOPPING && other != ProgramState.LOST) {
			this.next = null;
		}
		// invalidates the current timer
		this.timer++;
		this.events.add(new ProgramStateChanged(this.program.name(), this.now, before, other, why));
		report(ProgramReport.changed(this.program, before, other, why));
	}

	private void setTimer(Duration delay) {
		this.timer++;
		this.actions.add(new ProgramAction.SetTimer(this.timer, delay));
	}

	private void report(ProgramReport report) {
		this.reports.add(report);
	}

	/**
	 * Time limits.
	 *
	 * @param stop maximum time for a stop, after which it counts as failed
	 * @param again delay until a failed stop is repeated, doubled with each attempt up to
	 * a limit
	 */
	record Bounds(Duration stop, Duration again) {

		private static final int MOST_DOUBLINGS = 4;

		private Duration again(int attempts) {
			return this.again.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS));
		}

	}

	/**
	 * Consequences of an input.
	 *
	 * @param life the new state of the program
	 * @param actions the actions to perform, in this order
	 * @param events the events to publish, in this order
	 * @param reports the messages to log after that
	 */
	record Step(ProgramLife life, List<ProgramAction> actions, List<ProgramEvent> events, List<ProgramReport> reports) {

	}

}
