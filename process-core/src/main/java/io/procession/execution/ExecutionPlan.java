package io.procession.execution;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.procession.event.ProcessListener;
import io.procession.execution.output.OutputRecorder;
import io.procession.process.ExitCause;
import io.procession.process.Origin;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;

/**
 * Fully resolved settings of a single execution: the process definition with the
 * manager's defaults applied.
 *
 * @param id the ID of the execution
 * @param spec the process definition, redacted
 * @param origin what it was started for
 * @param listeners the listeners for the events of this execution only
 * @param permits the number of permits that it holds
 * @param timeout the timeout of the execution
 * @param idleTimeout the maximum time without output, or {@code null} for none
 * @param stopSignal the signal that requests the process to end
 * @param stopGrace the grace period after a requested stop
 * @param timeoutGrace the grace period after a timeout
 * @param drain the maximum time to wait for the remaining output
 * @param outputLimit the maximum number of bytes that it may write, or {@code null} for
 * none
 * @param output how standard output is handled
 * @param error how standard error is handled
 * @param input how standard input is handled
 * @param redaction redacts secrets in messages
 */
record ExecutionPlan(String id, ProcessSpec spec, Origin origin, List<ProcessListener> listeners, int permits,
		ExecutionTimeout timeout, @Nullable Bound<Duration> idleTimeout, Signal stopSignal, Duration stopGrace,
		Duration timeoutGrace, Duration drain, @Nullable Bound<Long> outputLimit, OutputRecorder.StreamPlan output,
		OutputRecorder.StreamPlan error, ExecutionInput input, ExecutionRedaction redaction) {

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

	/**
	 * A limit of the execution.
	 *
	 * @param <T> the type of the limit
	 * @param value the limit
	 * @param remedy the origin of the limit and how to raise it
	 */
	record Bound<T>(T value, String remedy) {

	}

}
