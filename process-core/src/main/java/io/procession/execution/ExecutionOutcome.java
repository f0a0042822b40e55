package io.procession.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.engine.StartFailure;
import io.procession.process.CapturedOutput;
import io.procession.process.ExitCause;
import io.procession.process.ExitStatus;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;

/**
 * Outcome of an execution: its result, and the exception that {@code run()} throws
 * instead of returning it. <i>Immutable.</i>
 */
final class ExecutionOutcome {

	/**
	 * Maximum time by which the JVM begins to exit later than its child processes on
	 * Ctrl-C.
	 */
	private static final Duration AFTER_CTRL_C = Duration.ofMillis(200);

	/**
	 * Maximum length of output that is considered the error message of a step before the
	 * program.
	 */
	private static final int LONGEST_START_ERROR = 1024;

	private final ExecutionPlan plan;

	private final @Nullable ExitCause stopCause;

	private final ProcessResult result;

	/** The reason why the program was not executed. */
	private final @Nullable StartFailure startError;

	ExecutionOutcome(ExecutionContext context, ExecutionPlan plan, EngineProcess process, Ending ending,
			CapturedOutput out, CapturedOutput err, boolean complete) {
		this.plan = plan;
		this.stopCause = ending.stopCause();
		ExitStatus status = ending.exitStatus();
		ExitCause cause = cause(context, ending);
		// a terminal has a single stream for both
		boolean together = plan.spec().output().mergeError() || plan.spec().terminal() != null;
		CapturedOutput written = together ? out : err;
		boolean failed = status == null || status.code() != 0;
		this.startError = (cause == ExitCause.EXITED && status != null && failed)
				? startError(process, status.code(), written) : null;
		ProcessResult.Builder builder = ProcessResult.builder(plan.spec())
			.pid(process.pid())
			.exit((status != null) ? status : ExitStatus.signaled(Signal.KILL),
					(this.startError != null) ? ExitCause.START_FAILED : cause)
			.output(out, err, complete)
			.lostOutput(ending.lostOutput())
			.times(ending.startedAt(), ending.duration());
		if (failed) {
			ExecutionRedaction redaction = plan.redaction();
			// searching for secrets takes long, and the excerpt may not be needed
			builder.errorTail(() -> redaction.excerpt(err));
			if (plan.spec().terminal() == null) {
				// a terminal also shows what was typed, such as a password
				builder.outputTail(() -> redaction.excerpt(out));
			}
		}
		this.result = builder.build();
	}

	private static ExitCause cause(ExecutionContext context, Ending ending) {
		ExitStatus status = ending.exitStatus();
		if (status == null) {
			return ExitCause.LOST;
		}
		if (ending.stopCause() != null) {
			return ending.stopCause();
		}
		return status.signal().map((signal) -> causeOf(context, signal)).orElse(ExitCause.EXITED);
	}

	/**
	 * Return the cause of an end by a signal. Ctrl-C in the terminal reaches the child
	 * processes and the JVM, which may react slightly later.
	 */
	private static ExitCause causeOf(ExecutionContext context, Signal signal) {
		boolean isStopSignal = signal == Signal.INT || signal == Signal.TERM || signal == Signal.HUP;
		if (isStopSignal && context.isShuttingDown((signal == Signal.INT) ? AFTER_CTRL_C : Duration.ZERO)) {
			return ExitCause.SHUTDOWN;
		}
		return ExitCause.SIGNALED;
	}

	/**
	 * Return the reason why the program was not executed, with the corresponding error
	 * output.
	 */
	private @Nullable StartFailure startError(EngineProcess process, int code, CapturedOutput written) {
		if (written.length() == 0 || written.length() > LONGEST_START_ERROR) {
			return null;
		}
		return process.startFailure(code, written.toString())
			.map((failure) -> new StartFailure(failure.reason(),
					failure.detail() + ": " + this.plan.redaction().excerpt(written)))
			.orElse(null);
	}

	ProcessResult result() {
		return this.result;
	}

	/**
	 * Return the exception that {@code run()} throws, or {@code null} if it returns the
	 * result.
	 */
	@Nullable RuntimeException failure() {
		if (this.stopCause == ExitCause.TIMED_OUT) {
			return new ProcessTimedOutException(Objects.requireNonNull(this.plan.timeout().duration()),
					this.plan.timeout().remedy(), this.result);
		}
		if (this.stopCause == ExitCause.IDLE_TIMED_OUT) {
			ExecutionPlan.Bound<Duration> bound = Objects.requireNonNull(this.plan.idleTimeout());
			return new ProcessIdleTimedOutException(bound.value(), bound.remedy(), this.result);
		}
		if (this.stopCause == ExitCause.OUTPUT_LIMIT) {
			ExecutionPlan.Bound<Long> limit = this.plan.outputLimit();
			return (limit != null) ? new ProcessOutputLimitException(limit.value(), limit.remedy(), this.result)
					: new ProcessOutputLimitException(this.result);
		}
		if (this.startError != null) {
			return new ProcessStartException(this.plan.spec(), this.startError.reason(), this.startError.detail(),
					null);
		}
		return null;
	}

	/**
	 * The end of an execution.
	 *
	 * @param exitStatus the exit status, or {@code null} if the process was abandoned
	 * @param stopCause the cause of its stop, or of the stop that was due when it ended;
	 * {@code null} if it ended by itself
	 * @param startedAt the start time
	 * @param duration the duration
	 * @param lostOutput the output that could not be written to its file and the reason,
	 * or {@code null}
	 */
	record Ending(@Nullable ExitStatus exitStatus, @Nullable ExitCause stopCause, Instant startedAt, Duration duration,
			@Nullable String lostOutput) {

	}

}
