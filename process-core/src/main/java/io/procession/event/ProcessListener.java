package io.procession.event;

/**
 * Is told what happens to the processes of a manager.
 *
 * <p>
 * Called on the manager's own event thread, one event after the other and in order; a
 * listener that blocks delays the events of all processes for as long as it does, never a
 * process, a deadline or a stop. A warning names a listener that has been at work for 5
 * s: what takes long belongs on another thread. One that throws is logged, and the others
 * are still called. {@link #beforeStart}, which may throw, and {@link #beforeStop} are
 * called elsewhere.
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
	 * Called before a process gets the first signal of a stop that was requested:
	 * {@code stop()}, the restart of a program, the close of a supervisor. Not called
	 * before a kill, nor if a timeout, a limit, or the close of the manager ends a
	 * process: those do not wait. Called on a thread of the manager, for several
	 * processes at the same time. The signal is sent when all listeners have returned,
	 * but no later than the {@code before-stop-timeout} of the manager, 5 s by default;
	 * one that throws is logged. The grace of the stop begins with the signal.
	 * @param event what is about to be stopped; {@link #onEvent} is called with an equal
	 * event once the signal is being sent
	 */
	default void beforeStop(ProcessStopping event) {
		// nothing to do
	}

	/**
	 * Something happened.
	 * @param event what
	 */
	void onEvent(ProcessEvent event);

}
