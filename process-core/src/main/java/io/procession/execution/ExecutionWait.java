package io.procession.execution;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiPredicate;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.Nanos;
import io.procession.execution.output.OutputWatch;
import io.procession.process.OutputType;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;

/**
 * Waits of a caller for an execution: for its result, for the end of a stop, or for a
 * line of its output; and the effect of an interrupt. <i>Thread-safe.</i>
 */
final class ExecutionWait {

	/**
	 * Maximum time, in nanoseconds, until a wait checks whether the process was
	 * abandoned.
	 */
	static final long SLICE = Duration.ofMillis(500).toNanos();

	/**
	 * Time, in nanoseconds, after which an unterminated line is considered a prompt
	 * instead of the beginning of a line.
	 */
	private static final long QUIET = Duration.ofMillis(50).toNanos();

	/** The state of a process after an interrupted wait for it. */
	private static final String LEFT_ALONE = "it was left running; use stop() to end it";

	private final ProcessExecution execution;

	ExecutionWait(ProcessExecution execution) {
		this.execution = execution;
	}

	/**
	 * Wait for the end as {@code run()} does: enforce the deadline, and stop the process
	 * on an interrupt.
	 */
	ProcessResult attend() {
		try {
			this.execution.awaitOutcome(Long.MAX_VALUE, true);
		}
		catch (InterruptedException ex) {
			this.execution.end(this.execution.plan().toAbort());
			throw interrupted("it was stopped", awaitUninterruptibly(), ex);
		}
		finally {
			this.execution.unattended();
		}
		return this.execution.resultOrThrow();
	}

	// bounded: a stop is in progress, or the exit is known
	private ProcessResult awaitUninterruptibly() {
		while (true) {
			try {
				this.execution.awaitOutcome(Long.MAX_VALUE, false);
				return this.execution.result();
			}
			catch (InterruptedException ex) {
				// it is already being stopped: another interrupt changes nothing
				continue;
			}
		}
	}

	ProcessResult forResult() {
		refuseListener(this.execution);
		try {
			this.execution.awaitOutcome(Long.MAX_VALUE, false);
		}
		catch (InterruptedException ex) {
			throw interrupted(LEFT_ALONE, null, ex);
		}
		return this.execution.resultOrThrow();
	}

	Optional<ProcessResult> forResult(Duration timeout) {
		try {
			if (!this.execution.awaitOutcome(until(timeout), false)) {
				return Optional.empty();
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(LEFT_ALONE, null, ex);
		}
		return Optional.of(this.execution.resultOrThrow());
	}

	/** Wait for the end of a stop that has begun. */
	void forStop() {
		try {
			this.execution.awaitStopped();
		}
		catch (InterruptedException ex) {
			throw interrupted("it is still being stopped", null, ex);
		}
	}

	/**
	 * Wait for a line of the output, from its beginning.
	 * @param condition the condition for a line
	 * @param timeout the maximum time, or {@code null} to wait until the end
	 * @return whether a line matched
	 */
	boolean forLine(BiPredicate<OutputType, String> condition, @Nullable Duration timeout) {
		checkCaptured();
		if (timeout == null) {
			refuseListener(this.execution);
		}
		long until = (timeout != null) ? until(timeout) : Long.MAX_VALUE;
		return forLine(this.execution.newWatch(), condition, until) == OutputMatch.MATCHED;
	}

	/**
	 * Wait for a line of the output, from the last match of this method.
	 * @param condition the condition for a line
	 * @param timeout the maximum time
	 * @return the outcome
	 */
	OutputMatch forNextLine(BiPredicate<OutputType, String> condition, Duration timeout) {
		long until = until(timeout);
		checkCaptured();
		OutputWatch watch = this.execution.takeWatch();
		try {
			watch.reset();
			return forLine(watch, condition, until);
		}
		finally {
			this.execution.giveBackWatch();
		}
	}

	private void checkCaptured() {
		if (!this.execution.recorder(OutputType.OUTPUT).isCapturing()
				&& !this.execution.recorder(OutputType.ERROR).isCapturing()) {
			throw new IllegalStateException("The output of '" + this.execution.name()
					+ "' is not captured and cannot be searched: use onLine(...)");
		}
	}

	private OutputMatch forLine(OutputWatch watch, BiPredicate<OutputType, String> condition, long until) {
		this.execution.watch(1);
		try {
			while (true) {
				// determined before the test: subsequent output is tested in the next
				// iteration
				boolean last = this.execution.outcome() != null;
				long now = this.execution.nanoTime();
				if (watch.testLines(condition, last, now)) {
					return OutputMatch.MATCHED;
				}
				if (last) {
					return OutputMatch.ENDED;
				}
				long remaining = (until == Long.MAX_VALUE) ? SLICE : Math.min(SLICE, until - now);
				if (watch.testUnfinished(condition, (remaining > 0) ? QUIET : 0, now)) {
					return OutputMatch.MATCHED;
				}
				if (remaining <= 0) {
					return OutputMatch.TIMED_OUT;
				}
				this.execution.awaitOutput(watch, Math.min(remaining, watch.untilStill(QUIET, now)));
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(LEFT_ALONE, null, ex);
		}
		finally {
			this.execution.watch(-1);
		}
	}

	/**
	 * Prevent a listener from waiting for the end of its own process, which waits for its
	 * listeners.
	 */
	static void refuseListener(ProcessExecution execution) {
		if (execution.outcome() == null && execution.isToldByThisThread()) {
			throw new IllegalStateException("A listener of '" + execution.name()
					+ "' cannot wait indefinitely for a later event: use onExit(), or wait on another thread");
		}
	}

	private long until(Duration timeout) {
		return this.execution.nanoTime() + Nanos.of(timeout);
	}

	private ProcessInterruptedException interrupted(String outcome, @Nullable ProcessResult soFar,
			InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new ProcessInterruptedException(this.execution.spec().command(), outcome, soFar, ex);
	}

}
