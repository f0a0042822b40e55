package io.procession.execution;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Stops the programs of one pipeline with their trees, all at once, and what those that
 * have ended before left behind: the pipeline may still run because of just that. Once
 * all have ended by themselves there is nothing to stop, and what they left behind is let
 * alone. <i>Thread-safe.</i>
 */
final class PipelineStopper {

	/** How long a wait sleeps at most before it looks whether the stop was given up. */
	private static final long SLICE = Duration.ofMillis(500).toNanos();

	private final RunContext context;

	private final List<ProcessRun> processes;

	private volatile boolean stopping;

	/** Guards everything below. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** The stops of what ended programs left behind. */
	private final Map<ProcessRun, Stopper.Stop> leftBehind = new HashMap<>();

	/** How many of these, and of the calls that begin them, have not ended. */
	private int underWay;

	private boolean closed;

	private @Nullable Runnable whenGone;

	/**
	 * A stopper for one pipeline.
	 * @param context what its runs have, too
	 * @param processes its programs, as many of them as have been started
	 */
	PipelineStopper(RunContext context, List<ProcessRun> processes) {
		this.context = context;
		this.processes = processes;
	}

	/**
	 * Begins to stop all, or makes the stops that are under way no slower; does not wait.
	 * @param how each is stopped
	 */
	void stop(Function<RunPlan, StopOrder> how) {
		if (this.processes.stream().anyMatch(ProcessRun::isEndable)) {
			stopAtAnyRate(how);
		}
	}

	/** As {@link #stop}, though all that were started may have ended by themselves. */
	void stopAtAnyRate(Function<RunPlan, StopOrder> how) {
		if (!enter()) {
			return;
		}
		try {
			// first: what fails from now on may do so because of this
			this.stopping = true;
			endEach(how);
		}
		finally {
			leave();
		}
	}

	// one that fails, which is tried again, must not keep the others running
	private void endEach(Function<RunPlan, StopOrder> how) {
		Throwable failure = null;
		List<ProcessRun> ended = new ArrayList<>(this.processes.size());
		for (ProcessRun process : this.processes) {
			try {
				if (!process.end(how.apply(process.plan()))) {
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

	private void endLeftBehind(ProcessRun process, StopOrder order) {
		Stopper.Stop before;
		Stopper.Stop begun = null;
		this.lock.lock();
		try {
			before = this.leftBehind.get(process);
			if (before == null) {
				begun = process.stopOfLeftBehind(order, this::leave);
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
			// foreign code may hang on it, and this may be a round of the stopper
			this.context.execute(action);
		}
	}

	/** Whether the pipeline was to be stopped before its end. */
	boolean isStopping() {
		return this.stopping;
	}

	/**
	 * The programs have ended: stops nothing more.
	 * @param action what to run once, when what is being stopped is gone
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

	/** Waits until what is being stopped is gone, the trees of all programs included. */
	void awaitGone() throws InterruptedException {
		for (ProcessRun process : this.processes) {
			process.awaitStopped();
		}
		this.lock.lock();
		try {
			// nobody goes on with it once the manager is closed
			while (this.underWay > 0 && !this.context.closed().get()) {
				this.context.time().await(this.lock, this.changed, SLICE);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
