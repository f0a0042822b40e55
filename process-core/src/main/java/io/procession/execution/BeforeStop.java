package io.procession.execution;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The phase between the request to stop a process and its first signal, in which
 * listeners are called. The signal is sent when they have returned, when the timeout has
 * elapsed, or immediately if they cannot be called. <i>Thread-safe.</i>
 */
final class BeforeStop {

	private final ExecutionContext context;

	private final Runnable listeners;

	private final Runnable signal;

	private final Runnable tooLong;

	private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

	private volatile @Nullable Future<?> timer;

	private volatile @Nullable Thread caller;

	/**
	 * Create a phase that has not begun.
	 * @param context executes the listeners and the timeout
	 * @param listeners calls them
	 * @param signal begins the stop; called once
	 * @param tooLong reports that the signal no longer waited for the listeners
	 */
	BeforeStop(ExecutionContext context, Runnable listeners, Runnable signal, Runnable tooLong) {
		this.context = context;
		this.listeners = listeners;
		this.signal = signal;
		this.tooLong = tooLong;
	}

	/** Begin to call the listeners, on a thread of the manager. */
	void begin() {
		Duration bound = this.context.settings().beforeStopTimeout();
		try {
			this.timer = this.context.schedule(bound, this::timeUp);
			// executed on a reserved thread if no other is available
			this.context.execute(this::call);
		}
		catch (RuntimeException | Error ex) {
			end();
		}
	}

	/**
	 * Return whether the signal waits for the current thread, which is calling the
	 * listeners.
	 */
	boolean isCalling() {
		return this.caller == Thread.currentThread() && this.state.get() == State.CALLING;
	}

	private void call() {
		if (!this.state.compareAndSet(State.WAITING, State.CALLING)) {
			return;
		}
		this.caller = Thread.currentThread();
		try {
			this.listeners.run();
		}
		finally {
			this.caller = null;
			end();
		}
	}

	private void timeUp() {
		if (end()) {
			this.tooLong.run();
		}
	}

	/**
	 * Send the signal now, unless it has been sent.
	 * @return whether this call sent it
	 */
	boolean end() {
		if (this.state.getAndSet(State.OVER) == State.OVER) {
			return false;
		}
		Future<?> bound = this.timer;
		if (bound != null) {
			bound.cancel(false);
		}
		this.signal.run();
		return true;
	}

	private enum State {

		WAITING, CALLING, OVER

	}

}
