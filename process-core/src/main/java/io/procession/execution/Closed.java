package io.procession.execution;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a manager is closed. From then on no timer fires: whoever needs one to end is
 * told. <i>Thread-safe.</i>
 */
final class Closed {

	private final Set<Runnable> actions = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	boolean get() {
		return this.closed;
	}

	void set() {
		this.closed = true;
		this.actions.forEach(this::runOnce);
	}

	/**
	 * Adds what is run when it is closed, or now if it is already.
	 * @return forgets the action
	 */
	Runnable add(Runnable action) {
		this.actions.add(action);
		if (this.closed) {
			runOnce(action);
		}
		return () -> this.actions.remove(action);
	}

	private void runOnce(Runnable action) {
		if (this.actions.remove(action)) {
			action.run();
		}
	}

}
