package io.procession.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.procession.process.ExitCause;
import io.procession.process.ProcessInput;
import io.procession.process.Signal;

/**
 * What a {@link ProcessRun} goes by: what was said, completed by the manager's defaults.
 *
 * @param id which run
 * @param pending what was said
 * @param attended whether a caller waits in {@code run()} and keeps the deadline
 * @param permits how many permits it holds
 * @param timeout bound on the whole run
 * @param timeoutRemedy where that comes from and what to do should it be too short
 * @param whole whose timeout that is, if it is not its own
 * @param idleTimeout bound on silence
 * @param idleRemedy where that comes from and what to do should it be too short
 * @param stopSignal what asks it to end
 * @param stopGrace how long it has after a stop
 * @param timeoutGrace how long it has after a timeout
 * @param drain how long to wait for the end of output
 * @param outputLimit bytes it may write
 * @param outputRemedy where that comes from and what to do should it be too small
 * @param output what becomes of standard output
 * @param error what becomes of standard error
 * @param liveInput whether standard input stays open for the user
 * @param inputBytes what is written to it first
 * @param masks what messages must not show
 */
record RunPlan(String id, PendingProcess pending, boolean attended, int permits, @Nullable Duration timeout,
		String timeoutRemedy, @Nullable WholeTimeout whole, @Nullable Duration idleTimeout, String idleRemedy,
		Signal stopSignal, Duration stopGrace, Duration timeoutGrace, Duration drain, @Nullable Long outputLimit,
		String outputRemedy, OutputRecorder.StreamPlan output, OutputRecorder.StreamPlan error, boolean liveInput,
		ProcessInput.@Nullable Bytes inputBytes, Masks masks) {

	/** Whether the run itself sees to its timeout; its caller or its pipeline may. */
	boolean keepsTimeout() {
		return this.timeout != null && !this.attended && (this.whole == null || !this.whole.kept());
	}

	/** How it is stopped on request. */
	StopOrder toStop(@Nullable Duration grace) {
		return toStop(grace, this.stopSignal);
	}

	/** How it is stopped on request, by a certain signal. */
	StopOrder toStop(@Nullable Duration grace, Signal signal) {
		Duration given = (grace != null) ? grace : this.stopGrace;
		// KILL and no grace kill at once
		boolean kills = given.isZero() || signal == Signal.KILL;
		return new StopOrder(ExitCause.STOPPED, signal, given, !kills);
	}

	/** How it is killed on request. */
	StopOrder toKill() {
		return new StopOrder(ExitCause.KILLED, Signal.KILL, Duration.ZERO);
	}

	/** How it is stopped because its time is over. */
	StopOrder toTimeOut() {
		return new StopOrder(ExitCause.TIMED_OUT, this.stopSignal, this.timeoutGrace);
	}

	/** How it is stopped because it was silent for too long. */
	StopOrder toIdleTimeOut() {
		return new StopOrder(ExitCause.IDLE_TIMED_OUT, this.stopSignal, this.timeoutGrace);
	}

	/** How it is stopped because it has written too much. */
	StopOrder toLimit() {
		return new StopOrder(ExitCause.OUTPUT_LIMIT, this.stopSignal, this.timeoutGrace);
	}

	/** How it is stopped because it cannot go on. */
	StopOrder toAbort() {
		return new StopOrder(ExitCause.STOPPED, this.stopSignal, this.timeoutGrace);
	}

	/** How it is killed because it should not have been started. */
	StopOrder toUndo() {
		return new StopOrder(ExitCause.STOPPED, Signal.KILL, Duration.ZERO);
	}

}
