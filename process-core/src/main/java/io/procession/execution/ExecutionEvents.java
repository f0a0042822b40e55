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
 * Publishes and logs the events of one execution in the order in which they happen. No
 * method blocks or fails, so that each is called after the operation that it reports.
 * <i>Thread-safe.</i>
 */
final class ExecutionEvents {

	private static final Logger logger = LoggerFactory.getLogger(ProcessExecution.class);

	private final ExecutionContext context;

	private final ProcessExecution execution;

	/** Guards everything below, and the order of the events. */
	private final Object lock = new Object();

	/** The cause of a stop that has not been published. */
	private @Nullable ExitCause stopCause;

	private Signal stopSignal = Signal.TERM;

	private Phase phase = Phase.STARTING;

	/**
	 * Notifications of events that happened before the success of the start was known.
	 */
	private final List<Runnable> held = new ArrayList<>(2);

	ExecutionEvents(ExecutionContext context, ProcessExecution execution) {
		this.context = context;
		this.execution = execution;
	}

	/**
	 * Publish the start, which has succeeded, and then the events that have happened in
	 * the meantime.
	 */
	void started() {
		if (logger.isDebugEnabled()) {
			log(() -> logger.debug("Process started: name={} pid={} id={}", this.execution.name(),
					this.execution.process().pid(), this.execution.id()));
		}
		synchronized (this.lock) {
			this.phase = Phase.STARTED;
			publish(() -> new ProcessStarted(this.execution.id(), this.execution.name(), this.execution.startedAt(),
					this.execution.plan().origin(), this.execution.process().pid(),
					this.execution.spec().command().toString()));
			this.held.forEach(Runnable::run);
			this.held.clear();
		}
	}

	/** Discard all events, since the start has failed. */
	void startFailed() {
		synchronized (this.lock) {
			this.phase = Phase.FAILED;
			this.held.clear();
		}
	}

	private void publish(Supplier<ProcessEvent> event) {
		inOrder(() -> this.context.events().publish(event, this.execution.plan().listeners()));
	}

	private void inOrder(Runnable notification) {
		synchronized (this.lock) {
			switch (this.phase) {
				case STARTING -> this.held.add(notification);
				case STARTED -> notification.run();
				case FAILED -> {
				}
			}
		}
	}

	/**
	 * Record the event of a stop that is about to begin. It is published by
	 * {@link #stopBegun()} or before the exit, whichever comes first.
	 */
	void stopBegins(StopOrder order) {
		synchronized (this.lock) {
			this.stopCause = order.cause();
			this.stopSignal = order.grace().isZero() ? Signal.KILL : order.signal();
		}
	}

	/** Discard the event of a stop that could not begin. */
	void stopFailed() {
		synchronized (this.lock) {
			this.stopCause = null;
		}
	}

	/** Turn the event of a stop, if it has not been published, into that of a kill. */
	void stopKills() {
		synchronized (this.lock) {
			if (this.stopCause != null) {
				this.stopCause = ExitCause.KILLED;
				this.stopSignal = Signal.KILL;
			}
		}
	}

	/** Return whether there is a listener to be called before a stop. */
	boolean hasListenersBeforeStop() {
		return this.context.events().hasListenersBeforeStop(this.execution.plan().listeners());
	}

	/** Call the listeners, on this thread, before the first signal of a stop. */
	void beforeStop(Signal signal) {
		this.context.events()
			.beforeStop(
					new ProcessStopping(this.execution.id(), this.execution.name(), this.context.time().now(),
							this.execution.plan().origin(), this.execution.process().pid(), ExitCause.STOPPED, signal),
					this.execution.plan().listeners());
	}

	/** Log that the signal was sent although a listener had not returned. */
	void beforeStopTookTooLong() {
		log(() -> logger.warn(
				"A beforeStop listener has not returned within {}; stopping the process regardless (to allow more time,"
						+ " raise procession.before-stop-timeout): name={} pid={}",
				this.context.settings().beforeStopTimeout(), this.execution.name(), this.execution.process().pid()));
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
		long pid = this.execution.process().pid();
		ExecutionPlan plan = this.execution.plan();
		return switch (cause) {
			case TIMED_OUT -> new ProcessTimedOut(this.execution.id(), this.execution.name(), now, plan.origin(), pid,
					Objects.requireNonNull(plan.timeout().duration()), false);
			case IDLE_TIMED_OUT -> new ProcessTimedOut(this.execution.id(), this.execution.name(), now, plan.origin(),
					pid, Objects.requireNonNull(plan.idleTimeout()).value(), true);
			default ->
				new ProcessStopping(this.execution.id(), this.execution.name(), now, plan.origin(), pid, cause, signal);
		};
	}

	/**
	 * Publish the end of the process.
	 * @param result the result
	 * @param missing the reason why its output was still open, or {@code null} if it has
	 * ended, too
	 */
	void ended(ProcessResult result, @Nullable String missing) {
		stopBegun();
		publish(() -> new ProcessExited(this.execution.id(), this.execution.name(), this.context.time().now(),
				this.execution.plan().origin(), result.pid(), result.exitCode(), result.cause(), result.successful(),
				result.duration()));
		if (!this.context.observers().isEmpty()) {
			ExecutionPlan plan = this.execution.plan();
			inOrder(() -> this.context.observers().finished(plan.id(), plan.spec(), plan.origin(), result));
		}
		if (missing != null) {
			log(() -> logger.warn("Process ended, but {}: name={} pid={}", missing, this.execution.name(),
					result.pid()));
		}
		if (logger.isDebugEnabled()) {
			log(() -> logger.debug("Process ended: name={} pid={} exitCode={} cause={} duration={}",
					this.execution.name(), result.pid(), result.exitCode(), result.cause(), result.duration()));
		}
	}

	void outputLost(Throwable failure) {
		log(() -> logger.error("Process output was lost: name={}", this.execution.name(), failure));
	}

	private void log(Runnable message) {
		this.context.log().write(message);
	}

	private enum Phase {

		STARTING, STARTED, FAILED

	}

}
