package io.procession.concurrent;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lifecycle of a manager: {@code OPEN}, {@code CLOSING}, {@code STOPPED},
 * {@code CLOSED}, in this order and never back. <i>Thread-safe.</i>
 */
public final class ManagerLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(ManagerLifecycle.class);

	private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

	private final CountDownLatch closed = new CountDownLatch(1);

	/** Actions to be executed when the manager is stopped. */
	private final Set<Runnable> actions = ConcurrentHashMap.newKeySet();

	private final BackgroundLog log;

	/**
	 * Create the lifecycle of a manager that is open.
	 * @param log writes the failures of actions
	 */
	public ManagerLifecycle(BackgroundLog log) {
		this.log = log;
	}

	/**
	 * Begin to close the manager: nothing is started any more, and what is running is
	 * stopped.
	 * @return whether the manager was open, so that the caller has to close it
	 */
	public boolean beginClose() {
		return this.state.compareAndSet(State.OPEN, State.CLOSING);
	}

	/**
	 * Return whether a close has begun.
	 * @return whether nothing is started any more
	 */
	public boolean isClosing() {
		return this.state.get() != State.OPEN;
	}

	/**
	 * Mark the manager as stopped, and execute the actions: nothing is running any more,
	 * except for detached and abandoned processes, and timers no longer fire.
	 */
	public void stopped() {
		if (this.state.compareAndSet(State.CLOSING, State.STOPPED)) {
			this.actions.forEach(this::runOnce);
		}
	}

	/**
	 * Return whether the manager is stopped.
	 * @return whether timers no longer fire
	 */
	public boolean isStopped() {
		State present = this.state.get();
		return present == State.STOPPED || present == State.CLOSED;
	}

	/**
	 * Add an action to be executed when the manager is stopped, or now if it already is.
	 * @param action the action; it must not block
	 * @return removes the action
	 */
	public Runnable onStopped(Runnable action) {
		this.actions.add(action);
		if (isStopped()) {
			runOnce(action);
		}
		return () -> this.actions.remove(action);
	}

	private void runOnce(Runnable action) {
		if (!this.actions.remove(action)) {
			return;
		}
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			// the other actions are still executed
			this.log.write(() -> logger.error("Failed to notify of the close of a process manager", ex));
		}
	}

	/**
	 * Mark the manager as closed, even if a step of the close has failed.
	 */
	public void closed() {
		stopped();
		this.state.set(State.CLOSED);
		this.closed.countDown();
	}

	/**
	 * Wait, regardless of interrupts, until another thread has closed the manager.
	 */
	public void awaitClosed() {
		UninterruptibleWait.of(Duration.ofNanos(Long.MAX_VALUE),
				(nanos) -> this.closed.await(nanos, TimeUnit.NANOSECONDS));
	}

	private enum State {

		OPEN, CLOSING, STOPPED, CLOSED

	}

}
