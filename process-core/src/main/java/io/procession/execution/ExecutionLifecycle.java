package io.procession.execution;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.procession.execution.output.OutputWatch;
import io.procession.process.ExitCause;
import io.procession.process.ExitStatus;
import io.procession.process.ProcessResult;

/**
 * The {@linkplain ExecutionState state} of one execution, with what belongs to it: the
 * exit status, the stop, the drain, the outcome. All of it is guarded by one lock, on
 * which callers wait for changes. <i>Thread-safe.</i>
 *
 * <p>
 * Each party that notices a change reports it here: {@link #exited} by whoever sees the
 * exit first (a waiting caller, a pump, the sweep), {@link #enterStopping} and
 * {@link #stopEnded} by {@link ExecutionStop}. Afterwards the party tries to finish the
 * execution; {@link #tryFinish} lets exactly one succeed.
 */
final class ExecutionLifecycle {

	/**
	 * Maximum time, in nanoseconds, until a wait checks whether the process was
	 * abandoned, or its manager closed.
	 */
	static final long SLICE = Duration.ofMillis(500).toNanos();

	private final ExecutionContext context;

	private final ExecutionEvents events;

	private final Deadline deadline;

	private final Drain drain;

	/** Guards everything below. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private ExecutionState state = ExecutionState.RUNNING;

	private @Nullable ExitStatus exitStatus;

	private ExecutionStop.@Nullable Attempt stop;

	private @Nullable ExitCause stopCause;

	private final List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();

	private @Nullable Future<?> drainTimer;

	private volatile @Nullable ExecutionOutcome outcome;

	/** Number of threads that wait for the exit and will report it. */
	private volatile int waitingForExit;

	/** Number of threads that wait for output. */
	private volatile int waitingForOutput;

	ExecutionLifecycle(ExecutionContext context, ExecutionEvents events, Deadline deadline, Drain drain) {
		this.context = context;
		this.events = events;
		this.deadline = deadline;
		this.drain = drain;
	}

	// the lock is held
	private void become(ExecutionState next) {
		if (!this.state.canBecome(next)) {
			throw new IllegalStateException("An execution that is " + this.state + " cannot become " + next);
		}
		this.state = next;
		this.context.time().signalAll(this.changed);
	}

	// --- exit

	/**
	 * Enter the exit status.
	 * @return whether it was unknown
	 */
	boolean exited(ExitStatus status) {
		this.lock.lock();
		try {
			if (this.exitStatus != null) {
				return false;
			}
			this.exitStatus = status;
			this.drain.begin(now());
			if (this.state == ExecutionState.RUNNING) {
				become(ExecutionState.DRAINING);
			}
			else {
				this.context.time().signalAll(this.changed);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return the exit status, or {@code null} while it is unknown. */
	@Nullable ExitStatus exitStatus() {
		this.lock.lock();
		try {
			return this.exitStatus;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return whether the exit is unknown and has not been abandoned. */
	boolean isRunning() {
		this.lock.lock();
		try {
			return this.exitStatus == null && this.outcome == null;
		}
		finally {
			this.lock.unlock();
		}
	}

	// --- stop

	/**
	 * Enter a stop, unless another one was entered before, or the process has exited.
	 * @return the stop that was entered, now or before, or {@code null} for none
	 */
	ExecutionStop.@Nullable Attempt enterStopping(ExecutionStop.Attempt attempt) {
		this.lock.lock();
		try {
			if (this.stop == null && this.state == ExecutionState.RUNNING) {
				// the event must precede that of the exit, which may be noticed now
				this.events.stopBegins(attempt.order());
				this.stop = attempt;
				this.stopCause = attempt.order().cause();
				become(ExecutionState.STOPPING);
			}
			return this.stop;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Record that a requested stop was turned into a kill. */
	void stopKills() {
		this.lock.lock();
		try {
			if (this.stopCause == ExitCause.STOPPED) {
				this.stopCause = ExitCause.KILLED;
				this.events.stopKills();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Remove a stop that could not begin, so that it can be requested again. */
	void stopFailed() {
		this.lock.lock();
		try {
			this.stop = null;
			this.stopCause = null;
			this.events.stopFailed();
			become((this.exitStatus != null) ? ExecutionState.DRAINING : ExecutionState.RUNNING);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Enter that the tree is gone or was abandoned. */
	void stopEnded() {
		this.lock.lock();
		try {
			this.drain.beginAnew(now());
			become(ExecutionState.DRAINING);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return the stop that was entered, or {@code null} for none. */
	ExecutionStop.@Nullable Attempt stop() {
		this.lock.lock();
		try {
			return this.stop;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return the cause of the stop, or {@code null} if none was entered. */
	@Nullable ExitCause stopCause() {
		this.lock.lock();
		try {
			return this.stopCause;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isStopping() {
		this.lock.lock();
		try {
			return this.state == ExecutionState.STOPPING;
		}
		finally {
			this.lock.unlock();
		}
	}

	// --- end

	/** Restart the drain, without regard to listeners: the manager is closing. */
	void hurryDrain() {
		this.lock.lock();
		try {
			this.drain.beginAnew(now());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the time at which the drain ends, by the monotonic clock, not including time
	 * spent in listeners.
	 */
	long drainEnd() {
		this.lock.lock();
		try {
			return this.drain.end();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Finish the execution if its output is complete or the drain has elapsed. Otherwise,
	 * if no thread waits for that, set a timer.
	 * @param drained executed when the drain may have elapsed; on the scheduler
	 * @return whether the caller has to determine the outcome, and then call
	 * {@link #finished} or {@link #finishFailed}
	 */
	boolean tryFinish(Runnable drained) {
		this.lock.lock();
		try {
			if (this.state != ExecutionState.DRAINING) {
				return false;
			}
			long remaining = this.drain.isComplete() ? 0 : drainRemaining();
			if (remaining <= 0) {
				become(ExecutionState.FINISHED);
				cancelDrainTimer();
				return true;
			}
			if (this.drainTimer == null && this.waitingForExit == 0) {
				this.drainTimer = this.context.schedule(remaining, drained);
			}
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Forget the timer of the drain, which has fired. */
	void drainTimerFired() {
		this.lock.lock();
		try {
			this.drainTimer = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	// the lock is held
	private long drainRemaining() {
		long now = now();
		return this.drain.remaining(now, this.deadline.remaining(now));
	}

	/**
	 * Enter the outcome.
	 * @return the futures to be completed with its result
	 */
	List<CompletableFuture<ProcessResult>> finished(ExecutionOutcome outcome) {
		this.lock.lock();
		try {
			this.outcome = outcome;
			this.context.time().signalAll(this.changed);
			List<CompletableFuture<ProcessResult>> present = List.copyOf(this.futures);
			this.futures.clear();
			return present;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Enter that the outcome could not be determined, so that it is tried again. */
	void finishFailed() {
		this.lock.lock();
		try {
			if (this.outcome == null) {
				become(ExecutionState.DRAINING);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return the outcome, or {@code null} if the execution has not finished. */
	@Nullable ExecutionOutcome outcome() {
		return this.outcome;
	}

	/** Return a new future that is completed with the result. */
	CompletableFuture<ProcessResult> onExit() {
		CompletableFuture<ProcessResult> future = this.context.time().newFuture();
		ExecutionOutcome known;
		this.lock.lock();
		try {
			known = this.outcome;
			if (known == null) {
				this.futures.add(future);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (known != null) {
			future.complete(known.result());
		}
		return future;
	}

	// the lock is held
	private void cancelDrainTimer() {
		if (this.drainTimer != null) {
			this.drainTimer.cancel(false);
			this.drainTimer = null;
		}
	}

	// --- waits

	/**
	 * Change the number of threads that wait for the exit and will report it. While there
	 * is one, no other thread needs to.
	 */
	void waitForExit(int change) {
		this.lock.lock();
		try {
			this.waitingForExit += change;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isExitAwaited() {
		return this.waitingForExit > 0;
	}

	/** Change the number of threads that wait for output and are notified of it. */
	void waitForOutput(int change) {
		this.lock.lock();
		try {
			this.waitingForOutput += change;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Notify the threads that wait for output, if any. */
	void outputArrived() {
		if (this.waitingForOutput == 0) {
			return;
		}
		this.lock.lock();
		try {
			this.context.time().signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for a change while the drain has not elapsed.
	 * @param nanos the maximum time
	 */
	void awaitDrain(long nanos) throws InterruptedException {
		this.lock.lock();
		try {
			if (this.outcome == null) {
				boolean drains = this.state == ExecutionState.DRAINING;
				await(drains ? Math.min(nanos, Math.max(0, drainRemaining())) : nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for a change while a stop is in progress.
	 * @param nanos the maximum time
	 * @return whether the stop is still in progress
	 */
	boolean awaitStop(long nanos) throws InterruptedException {
		this.lock.lock();
		try {
			if (this.state == ExecutionState.STOPPING) {
				await(nanos);
			}
			return this.state == ExecutionState.STOPPING;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for a change, unless there is output that has not been tested, or an outcome.
	 * @param watch tests the output
	 * @param nanos the maximum time
	 */
	void awaitOutput(OutputWatch watch, long nanos) throws InterruptedException {
		this.lock.lock();
		try {
			if (this.outcome == null && !watch.isBehind()) {
				await(nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// the lock is held
	private void await(long nanos) throws InterruptedException {
		this.context.time().await(this.lock, this.changed, nanos);
	}

	private long now() {
		return this.context.time().nanoTime();
	}

}
