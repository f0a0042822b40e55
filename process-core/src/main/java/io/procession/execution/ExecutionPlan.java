package io.procession.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.procession.execution.output.OutputRecorder;
import io.procession.process.ExitCause;
import io.procession.process.ProcessInput;
import io.procession.process.Signal;

/**
 * Fully resolved settings of a single execution: the process definition with the
 * manager's defaults applied.
 *
 * @param id the ID of the execution
 * @param pending the process definition
 * @param attended whether a caller waits in {@code run()} and enforces the deadline
 * @param permits the number of permits that it holds
 * @param timeout the timeout of the execution
 * @param timeoutRemedy the origin of that timeout and how to raise it
 * @param sharedDeadline the timeout of the pipeline or pool, if it is the one that
 * applies
 * @param idleTimeout the maximum time without output
 * @param idleRemedy the origin of that timeout and how to raise it
 * @param stopSignal the signal that requests the process to end
 * @param stopGrace the grace period after a requested stop
 * @param timeoutGrace the grace period after a timeout
 * @param drain the maximum time to wait for the remaining output
 * @param outputLimit the maximum number of bytes that it may write
 * @param outputRemedy the origin of that limit and how to raise it
 * @param output how standard output is handled
 * @param error how standard error is handled
 * @param liveInput whether standard input stays open for the caller
 * @param inputBytes the bytes that are written to standard input
 * @param redaction redacts secrets in messages
 */
record ExecutionPlan(String id, PendingProcess pending, boolean attended, int permits, @Nullable Duration timeout,
		String timeoutRemedy, @Nullable SharedDeadline sharedDeadline, @Nullable Duration idleTimeout,
		String idleRemedy, Signal stopSignal, Duration stopGrace, Duration timeoutGrace, Duration drain,
		@Nullable Long outputLimit, String outputRemedy, OutputRecorder.StreamPlan output,
		OutputRecorder.StreamPlan error, boolean liveInput, ProcessInput.@Nullable Bytes inputBytes,
		OutputRedaction redaction) {

	/**
	 * Return whether the execution enforces its timeout itself, instead of its caller or
	 * its pipeline.
	 */
	boolean keepsTimeout() {
		return this.timeout != null && !this.attended
				&& (this.sharedDeadline == null || !this.sharedDeadline.enforced());
	}

	/** Return the order for a requested stop. */
	StopOrder toStop(@Nullable Duration grace) {
		return toStop(grace, this.stopSignal);
	}

	/** Return the order for a requested stop by the given signal. */
	StopOrder toStop(@Nullable Duration grace, Signal signal) {
		Duration given = (grace != null) ? grace : this.stopGrace;
		// no listener is called before an immediate kill
		boolean kills = given.isZero() || signal == Signal.KILL;
		return new StopOrder(ExitCause.STOPPED, signal, given, !kills);
	}

	/** Return the order for a requested kill. */
	StopOrder toKill() {
		return new StopOrder(ExitCause.KILLED, Signal.KILL, Duration.ZERO);
	}

	/** Return the order for a stop after the timeout. */
	StopOrder toTimeOut() {
		return new StopOrder(ExitCause.TIMED_OUT, this.stopSignal, this.timeoutGrace);
	}

	/** Return the order for a stop after the idle timeout. */
	StopOrder toIdleTimeOut() {
		return new StopOrder(ExitCause.IDLE_TIMED_OUT, this.stopSignal, this.timeoutGrace);
	}

	/** Return the order for a stop after the output limit was exceeded. */
	StopOrder toLimit() {
		return new StopOrder(ExitCause.OUTPUT_LIMIT, this.stopSignal, this.timeoutGrace);
	}

	/**
	 * Return the order for a stop after an interrupt, a cancellation, or a failure of its
	 * pipeline.
	 */
	StopOrder toAbort() {
		return new StopOrder(ExitCause.STOPPED, this.stopSignal, this.timeoutGrace);
	}

	/** Return the order for a kill of a process that should not have been started. */
	StopOrder toUndo() {
		return new StopOrder(ExitCause.STOPPED, Signal.KILL, Duration.ZERO);
	}

}
