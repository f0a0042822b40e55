package io.procession.concurrent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The closed state of a manager, after which timers no longer fire, and the actions to be
 * executed at that time. <i>Thread-safe.</i>
 */
public final class CloseSignal {

	private static final Logger logger = LoggerFactory.getLogger(CloseSignal.class);

	private final Set<Runnable> actions = ConcurrentHashMap.newKeySet();

	private final BackgroundLog log;

	private volatile boolean closed;

	/**
	 * Create a signal of a manager that is not closed.
	 * @param log writes the failures of actions
	 */
	public CloseSignal(BackgroundLog log) {
		this.log = log;
	}

	/**
	 * Return whether the manager is closed.
	 * @return whether {@link #set()} was called
	 */
	public boolean get() {
		return this.closed;
	}

	/**
	 * Mark the manager as closed and execute the actions.
	 */
	public void set() {
		this.closed = true;
		this.actions.forEach(this::runOnce);
	}

	/**
	 * Add an action to be executed when the manager is closed, or now if it is already
	 * closed.
	 * @param action the action; it must not block
	 * @return removes the action
	 */
	public Runnable add(Runnable action) {
		this.actions.add(action);
		if (this.closed) {
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

}
