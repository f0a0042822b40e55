package io.procession.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.procession.process.ExitCause;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;

/**
 * Stops an execution: takes the orders of callers, timeouts and limits, calls the
 * listeners that precede a requested stop, and hands the process tree to the
 * {@link Stopper}. The first order begins a stop, subsequent ones accelerate it.
 * <i>Thread-safe.</i>
 */
final class ExecutionStop {

	private final ExecutionContext context;

	private final ProcessExecution execution;

	private final ExecutionLifecycle lifecycle;

	private final ExecutionEvents events;

	/** Executed each time a stop has begun. */
	private final Runnable begun;

	/** An order that could not be executed for lack of memory. */
	private volatile @Nullable StopOrder failedOrder;

	/**
	 * Create the stop of an execution.
	 * @param execution the execution
	 * @param lifecycle its state
	 * @param begun executed each time a stop has begun
	 */
	ExecutionStop(ProcessExecution execution, ExecutionLifecycle lifecycle, Runnable begun) {
		this.context = execution.context();
		this.execution = execution;
		this.lifecycle = lifecycle;
		this.events = execution.events();
		this.begun = begun;
	}

	/**
	 * Begin a requested stop with the stop signal of the process, and with its grace
	 * period if none is given.
	 */
	void request(@Nullable Duration grace) {
		request(grace, this.execution.plan().stopSignal());
	}

	/** Begin a requested stop. */
	void request(@Nullable Duration grace, Signal signal) {
		ProcessSpec.checkStopSignal(signal);
		if (grace != null && grace.isNegative()) {
			throw new IllegalArgumentException("The grace period must not be negative: " + grace);
		}
		checkPossible();
		execute(this.execution.plan().toStop(grace, signal));
	}

	/** Begin a requested kill. */
	void requestKill() {
		checkPossible();
		execute(this.execution.plan().toKill());
	}

	/** Refuse to stop a detached process that has outlived its manager. */
	void checkPossible() {
		if (this.context.lifecycle().isStopped() && this.execution.process().exitStatus().isEmpty()) {
			throw new IllegalStateException(this.execution.describe()
					+ " can no longer be stopped because its ProcessManager is closed: use ProcessHandle.of("
					+ this.execution.process().pid() + ")");
		}
	}

	/**
	 * Begin to stop the process, or accelerate the stop that is in progress; does not
	 * wait.
	 * @return whether its end is outstanding; {@code false} if it had already ended
	 */
	boolean execute(StopOrder order) {
		try {
			return beginOrAccelerate(order);
		}
		catch (RuntimeException | Error ex) {
			// the sweep retries it
			this.failedOrder = order;
			throw ex;
		}
	}

	/**
	 * Execute an order that failed before.
	 * @return whether there was one
	 */
	boolean retry() {
		StopOrder order = this.failedOrder;
		if (order == null) {
			return false;
		}
		this.failedOrder = null;
		execute(order);
		return true;
	}

	private boolean beginOrAccelerate(StopOrder order) {
		// the exit may not have been noticed yet
		this.execution.checkExit();
		Attempt present = this.lifecycle.stop();
		if (present == null) {
			Attempt created = attempt(order);
			present = this.lifecycle.enterStopping(created);
			if (present == created) {
				begin(created);
				return true;
			}
		}
		if (present != null) {
			accelerate(present, order);
		}
		return this.lifecycle.isStopping();
	}

	private Attempt attempt(StopOrder order) {
		Stopper.Stop stop = this.context.stopper()
			.prepare("name=" + this.execution.name() + " pid=" + this.execution.process().pid(),
					this.execution.process().tree(), () -> this.execution.process().exitStatus().isPresent(),
					order.signal(), order.grace(), this.execution::stopEnded);
		boolean callsListeners = order.callsListeners() && this.events.hasListenersBeforeStop();
		return new Attempt(stop, order, callsListeners ? beforeStop(stop, order) : null);
	}

	private BeforeStop beforeStop(Stopper.Stop stop, StopOrder order) {
		return new BeforeStop(this.context, () -> this.events.beforeStop(order.signal()), () -> {
			try {
				begin(stop);
			}
			catch (RuntimeException | Error ex) {
				// the sweep retries it
				this.failedOrder = order.withoutDelay();
			}
		}, this.events::beforeStopTookTooLong);
	}

	private void begin(Attempt attempt) {
		if (attempt.before() != null) {
			attempt.before().begin();
		}
		else {
			begin(attempt.stop());
		}
	}

	private void begin(Stopper.Stop stop) {
		try {
			this.context.stopper().begin(stop);
		}
		catch (RuntimeException | Error ex) {
			// the stop would never be executed: allow it to be retried
			this.lifecycle.stopFailed();
			throw ex;
		}
		this.begun.run();
		this.events.stopBegun();
	}

	private void accelerate(Attempt present, StopOrder order) {
		present.stop().shorten(order.grace());
		if (order.cause() == ExitCause.KILLED) {
			this.lifecycle.stopKills();
		}
		// a further request waits for the same listeners, any other stop does not
		if (present.before() != null && !order.callsListeners()) {
			present.before().end();
		}
	}

	/** Continue, since the process has exited: its descendants may not have. */
	void exited() {
		Attempt present = this.lifecycle.stop();
		if (present == null) {
			return;
		}
		if (present.before() != null) {
			present.before().end();
		}
		if (this.lifecycle.isStopping()) {
			this.context.stopper().wake();
		}
	}

	/** Return whether a stop was begun before the process ended. */
	boolean isRequested() {
		return this.lifecycle.stop() != null;
	}

	/**
	 * Wait until no stop is in progress. The duration of a stop is bounded.
	 * @throws IllegalStateException if called by a listener that the stop waits for
	 */
	void await() throws InterruptedException {
		Attempt present = this.lifecycle.stop();
		if (present != null && present.before() != null && present.before().isCalling()) {
			throw new IllegalStateException("A beforeStop listener of '" + this.execution.name()
					+ "' cannot wait for the stop, which waits for the listener: use stopAsync()");
		}
		while (this.lifecycle.awaitStop(ExecutionLifecycle.SLICE)) {
			if (this.context.lifecycle().isStopped()) {
				// the stop does not continue, as for a detached process
				checkPossible();
				return;
			}
		}
		this.context.time().settle();
	}

	/**
	 * Create a stop of the remaining descendants of the process, which has ended or was
	 * abandoned.
	 * @param ended executed when they are gone, in a round of the stopper
	 */
	Stopper.Stop ofLeftBehind(StopOrder order, Runnable ended) {
		return this.context.stopper()
			.prepare("left behind by name=" + this.execution.name() + " pid=" + this.execution.process().pid(),
					this.execution.process().tree(), () -> this.execution.process().exitStatus().isPresent(),
					order.signal(), order.grace(), ended);
	}

	/**
	 * A stop that was begun.
	 *
	 * @param stop ends the process tree
	 * @param order the order that began it
	 * @param before the calls of listeners that precede it, or {@code null} for none
	 */
	record Attempt(Stopper.Stop stop, StopOrder order, @Nullable BeforeStop before) {

	}

}
