package io.procession.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.engine.StartFailure;
import io.procession.process.CapturedOutput;
import io.procession.process.ExitCause;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;

/**
 * What came of one run: its result, and what {@code run()} throws instead of it.
 * <i>Immutable.</i>
 */
final class RunOutcome {

	/** How much later than its children a JVM may begin its own end. */
	private static final Duration AFTER_CTRL_C = Duration.ofMillis(200);

	/** How much a step before the program may have written about its failure. */
	private static final int LONGEST_START_ERROR = 1024;

	private final RunPlan plan;

	private final @Nullable ExitCause stopCause;

	private final ProcessResult result;

	/** Why it never became its program. */
	private final @Nullable StartFailure startError;

	RunOutcome(RunContext context, RunPlan plan, EngineProcess process, Ending ending, CapturedOutput out,
			CapturedOutput err, boolean complete) {
		this.plan = plan;
		this.stopCause = ending.stopCause();
		Integer code = ending.exitCode();
		ExitCause cause = cause(context, ending);
		// a terminal has one stream for both
		boolean together = plan.pending().toSpec().output().mergeError() || plan.pending().toSpec().terminal() != null;
		CapturedOutput written = together ? out : err;
		this.startError = (cause == ExitCause.EXITED && code != null && code != 0) ? startError(process, code, written)
				: null;
		ProcessResult.Builder builder = ProcessResult.builder(plan.pending().toSpec())
			.pid(process.pid())
			.exit((code != null) ? code : Signal.KILL.exitCode(),
					(this.startError != null) ? ExitCause.START_FAILED : cause)
			.output(out, err, complete)
			.lostOutput(ending.lostOutput())
			.times(ending.startedAt(), ending.duration());
		if (code == null || code != 0) {
			Masks masks = plan.masks();
			// to look for secrets takes long, and maybe nobody asks
			builder.errorTail(() -> masks.excerpt(err));
			if (plan.pending().toSpec().terminal() == null) {
				// a terminal shows what was typed, too, such as a password
				builder.outputTail(() -> masks.excerpt(out));
			}
		}
		this.result = builder.build();
	}

	private static ExitCause cause(RunContext context, Ending ending) {
		Integer code = ending.exitCode();
		if (code == null) {
			return ExitCause.LOST;
		}
		if (ending.stopCause() != null) {
			return ending.stopCause();
		}
		return Signal.fromExitCode(code).map((signal) -> causeOf(context, signal)).orElse(ExitCause.EXITED);
	}

	/**
	 * The terminal's Ctrl-C reaches the children as it reaches the JVM, which may take a
	 * moment longer to notice.
	 */
	private static ExitCause causeOf(RunContext context, Signal signal) {
		boolean asked = signal == Signal.INT || signal == Signal.TERM || signal == Signal.HUP;
		if (asked && context.isShuttingDown((signal == Signal.INT) ? AFTER_CTRL_C : Duration.ZERO)) {
			return ExitCause.SHUTDOWN;
		}
		return ExitCause.SIGNALED;
	}

	/** Return why it never became its program, with what it wrote about it. */
	private @Nullable StartFailure startError(EngineProcess process, int code, CapturedOutput written) {
		if (written.length() == 0 || written.length() > LONGEST_START_ERROR) {
			return null;
		}
		return process.startFailure(code, written.toString())
			.map((failure) -> new StartFailure(failure.reason(),
					failure.detail() + ": " + this.plan.masks().excerpt(written)))
			.orElse(null);
	}

	ProcessResult result() {
		return this.result;
	}

	/** What {@code run()} throws, or {@code null} if it returns the result. */
	@Nullable RuntimeException failure() {
		if (this.stopCause == ExitCause.TIMED_OUT) {
			return new ProcessTimedOutException(Objects.requireNonNull(this.plan.timeout()), this.plan.timeoutRemedy(),
					this.result);
		}
		if (this.stopCause == ExitCause.IDLE_TIMED_OUT) {
			return new ProcessIdleTimedOutException(Objects.requireNonNull(this.plan.idleTimeout()),
					this.plan.idleRemedy(), this.result);
		}
		if (this.stopCause == ExitCause.OUTPUT_LIMIT) {
			Long limit = this.plan.outputLimit();
			return (limit != null) ? new ProcessOutputLimitException(limit, this.plan.outputRemedy(), this.result)
					: new ProcessOutputLimitException(this.result);
		}
		if (this.startError != null) {
			return new ProcessStartException(this.plan.pending().toSpec(), this.startError.reason(),
					this.startError.detail(), null);
		}
		return null;
	}

	/**
	 * How a run ended, as its books say.
	 *
	 * @param exitCode its exit code, or {@code null} if it was given up
	 * @param stopCause why it was stopped, or would have been had it not ended before;
	 * {@code null} if it ended by itself
	 * @param startedAt when it was started
	 * @param duration how long it took
	 * @param lostOutput which output could not be written to its file, and why, or
	 * {@code null}
	 */
	record Ending(@Nullable Integer exitCode, @Nullable ExitCause stopCause, Instant startedAt, Duration duration,
			@Nullable String lostOutput) {

	}

}
