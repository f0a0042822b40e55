package io.procession.execution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Stops the programs of a pipeline and their trees in parallel, including the remaining
 * descendants of programs that have ended, which may be the reason why the pipeline is
 * still running. Once all programs have ended by themselves, there is nothing to stop,
 * and their descendants are not stopped. <i>Thread-safe.</i>
 */
final class PipelineStopper {

	private final ExecutionContext context;

	private final List<ProcessExecution> processes;

	private volatile boolean stopping;

	/** Guards everything below. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Stops of the remaining descendants of ended programs. */
	private final Map<ProcessExecution, Stopper.Stop> leftBehind = new HashMap<>();

	/** Number of these stops, and of calls that begin them, in progress. */
	private int underWay;

	private boolean closed;

	private @Nullable Runnable whenGone;

	/**
	 * Create a stopper for one pipeline.
	 * @param context the context, shared with the executions of its programs
	 * @param processes the programs that have been started so far
	 */
	PipelineStopper(ExecutionContext context, List<ProcessExecution> processes) {
		this.context = context;
		this.processes = processes;
	}

	/**
	 * Begin to stop all programs, or accelerate the stops that are in progress; does not
	 * wait.
	 * @param how determines how each program is stopped
	 */
	void stop(Function<ExecutionPlan, StopOrder> how) {
		if (isUnderWay() || this.processes.stream().anyMatch(ProcessExecution::isEndable)) {
			stopAtAnyRate(how);
		}
	}

	// only the remaining descendants of ended programs may be left to be stopped
	private boolean isUnderWay() {
		this.lock.lock();
		try {
			return this.underWay > 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Stop as {@link #stop} does, even if all started programs have ended by themselves.
	 */
	void stopAtAnyRate(Function<ExecutionPlan, StopOrder> how) {
		if (!enter()) {
			return;
		}
		try {
			// first, since subsequent failures may be caused by this stop
			this.stopping = true;
			endEach(how);
		}
		finally {
			leave();
		}
	}

	// a stop that fails, which is retried, must not prevent those of the others
	private void endEach(Function<ExecutionPlan, StopOrder> how) {
		Throwable failure = null;
		List<ProcessExecution> ended = new ArrayList<>(this.processes.size());
		for (ProcessExecution process : this.processes) {
			try {
				if (!process.stop().execute(how.apply(process.plan()))) {
					ended.add(process);
				}
			}
			catch (RuntimeException | Error ex) {
				failure = ex;
			}
		}
		ended.forEach((process) -> endLeftBehind(process, how.apply(process.plan())));
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof RuntimeException exception) {
			throw exception;
		}
	}

	private void endLeftBehind(ProcessExecution process, StopOrder order) {
		Stopper.Stop before;
		Stopper.Stop begun = null;
		this.lock.lock();
		try {
			before = this.leftBehind.get(process);
			if (before == null) {
				begun = process.stop().ofLeftBehind(order, this::leave);
				this.leftBehind.put(process, begun);
				this.underWay++;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (begun != null) {
			this.context.stopper().begin(begun);
		}
		else if (before != null) {
			before.shorten(order.grace());
		}
	}

	private boolean enter() {
		this.lock.lock();
		try {
			if (this.closed) {
				return false;
			}
			this.underWay++;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void leave() {
		Runnable action = null;
		this.lock.lock();
		try {
			this.underWay--;
			this.context.time().signalAll(this.changed);
			if (this.underWay == 0 && this.whenGone != null) {
				this.closed = true;
				action = this.whenGone;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (action != null) {
			// caller code may depend on it, and this may be a round of the stopper
			this.context.execute(action);
		}
	}

	/** Return whether a stop was requested before the end of the pipeline. */
	boolean isStopping() {
		return this.stopping;
	}

	/**
	 * Stop nothing more, since the programs have ended.
	 * @param action executed once, when the stops in progress have ended
	 */
	void close(Runnable action) {
		this.lock.lock();
		try {
			if (this.underWay > 0) {
				this.whenGone = action;
				return;
			}
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		action.run();
	}

	/**
	 * Wait until the stops in progress have ended, including those of the trees of all
	 * programs.
	 */
	void awaitGone() throws InterruptedException {
		for (ProcessExecution process : this.processes) {
			process.stop().await();
		}
		this.lock.lock();
		try {
			// stops in progress do not continue once the manager is closed
			while (this.underWay > 0 && !this.context.lifecycle().isStopped()) {
				this.context.time().await(this.lock, this.changed, ExecutionLifecycle.SLICE);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
