package io.procession.execution;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.Nanos;
import io.procession.execution.output.OutputRecorder;
import io.procession.execution.output.OutputWatch;
import io.procession.process.OutputType;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;

/**
 * Waits for an execution: for its result, for the end of a stop, or for a line of its
 * output; and the effect of an interrupt. <i>Thread-safe.</i>
 */
final class ExecutionWait {

	/**
	 * Time, in nanoseconds, after which an unterminated line is considered a prompt
	 * instead of the beginning of a line.
	 */
	private static final long QUIET = Duration.ofMillis(50).toNanos();

	/** The state of a process after an interrupted wait for it. */
	private static final String LEFT_ALONE = "it was left running; use stop() to end it";

	private final ProcessExecution execution;

	private final ExecutionLifecycle lifecycle;

	private final Deadline deadline;

	/** Whether a thread waits for the next line. */
	private final AtomicBoolean nextWatchTaken = new AtomicBoolean();

	/**
	 * Watch that continues after the last match; used only by the thread that has taken
	 * it.
	 */
	private @Nullable OutputWatch nextWatch;

	/**
	 * Create the waits for an execution.
	 * @param execution the execution
	 * @param lifecycle its state
	 * @param deadline its deadline, which the caller of {@code run()} enforces
	 */
	ExecutionWait(ProcessExecution execution, ExecutionLifecycle lifecycle, Deadline deadline) {
		this.execution = execution;
		this.lifecycle = lifecycle;
		this.deadline = deadline;
	}

	// --- for the outcome

	/**
	 * Wait for the end as {@code run()} does: enforce the deadline, and stop the process
	 * on an interrupt.
	 */
	ProcessResult attend() {
		try {
			awaitOutcome(Long.MAX_VALUE, true);
		}
		catch (InterruptedException ex) {
			this.execution.stop().execute(this.execution.plan().toAbort());
			throw interrupted("it was stopped", awaitUninterruptibly(), ex);
		}
		finally {
			// entered by the lifecycle before the process was started
			this.lifecycle.waitForExit(-1);
		}
		return this.execution.resultOrThrow();
	}

	// bounded: a stop is in progress, or the exit is known
	private ProcessResult awaitUninterruptibly() {
		while (true) {
			try {
				awaitOutcome(Long.MAX_VALUE, false);
				return this.execution.result();
			}
			catch (InterruptedException ex) {
				// it is already being stopped: another interrupt changes nothing
				continue;
			}
		}
	}

	ProcessResult forResult() {
		refuseListener();
		try {
			awaitOutcome(Long.MAX_VALUE, false);
		}
		catch (InterruptedException ex) {
			throw interrupted(LEFT_ALONE, null, ex);
		}
		return this.execution.resultOrThrow();
	}

	Optional<ProcessResult> forResult(Duration timeout) {
		try {
			if (!awaitOutcome(until(timeout), false)) {
				return Optional.empty();
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(LEFT_ALONE, null, ex);
		}
		return Optional.of(this.execution.resultOrThrow());
	}

	/**
	 * Wait for the outcome.
	 * @param until the time at which to return, by the monotonic clock
	 * @param enforcesDeadline whether this thread enforces the deadline
	 * @return whether there is an outcome
	 */
	private boolean awaitOutcome(long until, boolean enforcesDeadline) throws InterruptedException {
		boolean enforces = enforcesDeadline;
		this.lifecycle.waitForExit(1);
		try {
			while (this.lifecycle.outcome() == null) {
				long now = this.execution.nanoTime();
				long remaining = (until == Long.MAX_VALUE) ? Long.MAX_VALUE : until - now;
				if (remaining <= 0) {
					return false;
				}
				if (enforces && this.deadline.isExceeded(now)) {
					enforces = false;
					this.execution.stop().execute(this.execution.plan().toTimeOut());
				}
				long slice = Math.min(ExecutionLifecycle.SLICE, remaining);
				awaitExitOrDrain(enforces ? Math.min(slice, this.deadline.remaining(now)) : slice);
			}
			return true;
		}
		finally {
			this.lifecycle.waitForExit(-1);
			// from now on the sweep and the pumps notice the end
			this.execution.finishIfOver();
			this.execution.context().time().settle();
		}
	}

	private void awaitExitOrDrain(long nanos) throws InterruptedException {
		if (!this.lifecycle.isRunning()) {
			this.lifecycle.awaitDrain(nanos);
		}
		else if (this.execution.process().waitFor(Duration.ofNanos(Math.max(0, nanos)))) {
			this.execution.checkExit();
		}
		// it may have been abandoned in the meantime
		this.execution.finishIfOver();
	}

	/**
	 * Wait until the complete output of a process that has ended is captured, at most for
	 * the drain. Does nothing while the process is running, or if called by one of its
	 * listeners, for which the end of the output waits.
	 */
	void forCapture(OutputRecorder recorder) {
		if (recorder.isEnded() || !recorder.isCapturing() || this.execution.isListenerThread()
				|| this.execution.isRunning()) {
			return;
		}
		try {
			awaitOutcome(this.lifecycle.drainEnd(), false);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Wait for the end of a stop that has begun. */
	void forStop() {
		try {
			this.execution.stop().await();
		}
		catch (InterruptedException ex) {
			throw interrupted("it is still being stopped", null, ex);
		}
	}

	// --- for output

	/**
	 * Wait for a line of the output, from its beginning.
	 * @param condition the condition for a line
	 * @param timeout the maximum time, or {@code null} to wait until the end
	 * @return whether a line matched
	 */
	boolean forLine(BiPredicate<OutputType, String> condition, @Nullable Duration timeout) {
		checkCaptured();
		if (timeout == null) {
			refuseListener();
		}
		long until = (timeout != null) ? until(timeout) : Long.MAX_VALUE;
		return forLine(newWatch(), condition, until) == OutputMatch.MATCHED;
	}

	/**
	 * Wait for a line of the output, from the last match of this method.
	 * @param condition the condition for a line
	 * @param timeout the maximum time
	 * @return the outcome
	 * @throws IllegalStateException if another thread waits in this method
	 */
	OutputMatch forNextLine(BiPredicate<OutputType, String> condition, Duration timeout) {
		long until = until(timeout);
		checkCaptured();
		if (!this.nextWatchTaken.compareAndSet(false, true)) {
			throw new IllegalStateException("Another thread is waiting for the next line of '" + this.execution.name()
					+ "': only one thread can continue after the last match; use waitUntil(...) instead");
		}
		try {
			OutputWatch watch = this.nextWatch;
			if (watch == null) {
				watch = newWatch();
				this.nextWatch = watch;
			}
			watch.reset();
			return forLine(watch, condition, until);
		}
		finally {
			this.nextWatchTaken.set(false);
		}
	}

	private OutputWatch newWatch() {
		return new OutputWatch(this.execution.recorder(OutputType.OUTPUT), this.execution.recorder(OutputType.ERROR),
				this.execution.plan().output().maxLineLength());
	}

	private void checkCaptured() {
		if (!this.execution.recorder(OutputType.OUTPUT).isCapturing()
				&& !this.execution.recorder(OutputType.ERROR).isCapturing()) {
			throw new IllegalStateException("The output of '" + this.execution.name()
					+ "' is not captured and cannot be searched: use onLine(...)");
		}
	}

	private OutputMatch forLine(OutputWatch watch, BiPredicate<OutputType, String> condition, long until) {
		this.lifecycle.waitForOutput(1);
		try {
			while (true) {
				// determined before the test: subsequent output is tested in the next
				// iteration
				boolean last = this.lifecycle.outcome() != null;
				long now = this.execution.nanoTime();
				if (watch.testLines(condition, last, now)) {
					return OutputMatch.MATCHED;
				}
				if (last) {
					return OutputMatch.ENDED;
				}
				long remaining = (until == Long.MAX_VALUE) ? ExecutionLifecycle.SLICE
						: Math.min(ExecutionLifecycle.SLICE, until - now);
				if (watch.testUnfinished(condition, (remaining > 0) ? QUIET : 0, now)) {
					return OutputMatch.MATCHED;
				}
				if (remaining <= 0) {
					return OutputMatch.TIMED_OUT;
				}
				this.lifecycle.awaitOutput(watch, Math.min(remaining, watch.untilStill(QUIET, now)));
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(LEFT_ALONE, null, ex);
		}
		finally {
			this.lifecycle.waitForOutput(-1);
		}
	}

	/**
	 * Prevent a listener from waiting for the end of its own process, which waits for its
	 * listeners.
	 */
	void refuseListener() {
		if (this.lifecycle.outcome() == null && this.execution.isListenerThread()) {
			throw new IllegalStateException("A listener of '" + this.execution.name()
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
