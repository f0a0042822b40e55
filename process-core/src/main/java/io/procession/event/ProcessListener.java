package io.procession.event;

/**
 * Is told what happens to the processes of a manager.
 *
 * <p>
 * Called on the manager's own event thread, one event after the other and in order; a
 * listener that blocks delays the listeners, never a process, a deadline or a stop. One
 * that throws is logged, and the others are still called. {@link #beforeStart} alone is
 * called elsewhere, and may throw.
 */
@FunctionalInterface
public interface ProcessListener {

	/**
	 * A process is about to be started. Called on the thread that starts it, before
	 * anything exists: what is slow here delays that start. To veto the start, throw: it
	 * fails with a {@code ProcessDeniedException} that has the message as its reason. An
	 * {@code Error} is no veto: it reaches whoever starts as it is. Nothing is started
	 * then either. Not followed by {@link #onEvent} for the same event.
	 * @param event what is about to be started
	 */
	default void beforeStart(ProcessStarting event) {
		// no objection
	}

	/**
	 * Something happened.
	 * @param event what
	 */
	void onEvent(ProcessEvent event);

}
