package io.procession.execution;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessTimedOut;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;

/**
 * Publishes and logs what happens to one execution, in the order of its life. Nothing
 * here blocks or fails, so that each is called after the act that it tells of.
 * <i>Thread-safe.</i>
 */
final class RunEvents {

	private static final Logger logger = LoggerFactory.getLogger(ProcessRun.class);

	private final RunContext context;

	private final ProcessRun run;

	/** Guards everything below, and the order of the events. */
	private final Object lock = new Object();

	/** Why it is being stopped, until that is published. */
	private @Nullable ExitCause stopCause;

	private Signal stopSignal = Signal.TERM;

	private Phase phase = Phase.STARTING;

	/** What has happened before it was known that the start is good. */
	private final List<Supplier<ProcessEvent>> held = new ArrayList<>(2);

	RunEvents(RunContext context, ProcessRun run) {
		this.context = context;
		this.run = run;
	}

	/** It has started for good: tells that, and then what has happened meanwhile. */
	void started() {
		if (logger.isDebugEnabled()) {
			log(() -> logger.debug("Process started: name={} pid={} id={}", this.run.name(), this.run.process().pid(),
					this.run.id()));
		}
		synchronized (this.lock) {
			this.phase = Phase.STARTED;
			publish(() -> new ProcessStarted(this.run.id(), this.run.name(), this.run.startedAt(),
					this.run.process().pid(), this.run.spec().command().toString()));
			this.held.forEach(this::publish);
			this.held.clear();
		}
	}

	/** The start has failed after all, and that is all that is told of it. */
	void startFailed() {
		synchronized (this.lock) {
			this.phase = Phase.FAILED;
			this.held.clear();
		}
	}

	private void publish(Supplier<ProcessEvent> event) {
		synchronized (this.lock) {
			switch (this.phase) {
				case STARTING -> this.held.add(event);
				case STARTED -> this.context.events().publish(event, this.run.plan().pending().processListeners());
				case FAILED -> {
				}
			}
		}
	}

	/**
	 * Remembers the event of a stop that is about to begin. It is published by
	 * {@link #stopBegun()}, or before the exit, whichever comes first.
	 */
	void stopBegins(ExitCause cause, Signal signal) {
		synchronized (this.lock) {
			this.stopCause = cause;
			this.stopSignal = signal;
		}
	}

	/** The stop has not begun after all. */
	void stopFailed() {
		synchronized (this.lock) {
			this.stopCause = null;
		}
	}

	/** The stop has turned into a kill, perhaps before its event was published. */
	void stopKills() {
		synchronized (this.lock) {
			if (this.stopCause != null) {
				this.stopCause = ExitCause.KILLED;
				this.stopSignal = Signal.KILL;
			}
		}
	}

	/** Whether there is a listener to be called before a stop. */
	boolean isHeard() {
		return this.context.events().isHeard(this.run.plan().pending().processListeners());
	}

	/** Calls the listeners, on this thread, before the first signal of a stop. */
	void beforeStop(Signal signal) {
		this.context.events()
			.beforeStop(
					new ProcessStopping(this.run.id(), this.run.name(), this.context.time().now(),
							this.run.process().pid(), ExitCause.STOPPED, signal),
					this.run.plan().pending().processListeners());
	}

	/** The signal was sent though a listener had not returned. */
	void beforeStopTookTooLong() {
		log(() -> logger.warn(
				"A beforeStop listener has not returned within {} and the process is stopped regardless (raise it with"
						+ " procession.before-stop-timeout): name={} pid={}",
				this.context.settings().beforeStopTimeout(), this.run.name(), this.run.process().pid()));
	}

	void stopBegun() {
		synchronized (this.lock) {
			ExitCause cause = this.stopCause;
			if (cause != null) {
				this.stopCause = null;
				Signal signal = this.stopSignal;
				publish(() -> stopEvent(cause, signal));
			}
		}
	}

	private ProcessEvent stopEvent(ExitCause cause, Signal signal) {
		Instant now = this.context.time().now();
		long pid = this.run.process().pid();
		RunPlan plan = this.run.plan();
		return switch (cause) {
			case TIMED_OUT -> new ProcessTimedOut(this.run.id(), this.run.name(), now, pid,
					Objects.requireNonNull(plan.timeout()), false);
			case IDLE_TIMED_OUT -> new ProcessTimedOut(this.run.id(), this.run.name(), now, pid,
					Objects.requireNonNull(plan.idleTimeout()), true);
			default -> new ProcessStopping(this.run.id(), this.run.name(), now, pid, cause, signal);
		};
	}

	/**
	 * It has ended.
	 * @param result how
	 * @param missing who still held its output open, or {@code null} if that has ended,
	 * too
	 */
	void ended(ProcessResult result, @Nullable String missing) {
		stopBegun();
		publish(() -> new ProcessExited(this.run.id(), this.run.name(), this.context.time().now(), result.pid(),
				result.exitCode(), result.cause(), result.successful(), result.duration()));
		if (missing != null) {
			log(() -> logger.warn("Process ended, but {}: name={} pid={}", missing, this.run.name(), result.pid()));
		}
		if (logger.isDebugEnabled()) {
			log(() -> logger.debug("Process ended: name={} pid={} exitCode={} cause={} duration={}", this.run.name(),
					result.pid(), result.exitCode(), result.cause(), result.duration()));
		}
	}

	void outputLost(Throwable failure) {
		log(() -> logger.error("Output of a process is lost: name={}", this.run.name(), failure));
	}

	private void log(Runnable message) {
		this.context.log().write(message);
	}

	private enum Phase {

		STARTING, STARTED, FAILED

	}

}
