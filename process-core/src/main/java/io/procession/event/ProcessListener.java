package io.procession.event;

/**
 * Listener for the events of a manager: those of its processes, and those of the features
 * that use it.
 *
 * <p>
 * Called on the event thread of the manager, with one event at a time and in order. A
 * listener that blocks delays the events of all processes, but never a process, a
 * deadline or a stop. If a listener has been at work for 5 s, a warning names it; use
 * another thread for work that takes long. If a listener throws an exception, it is
 * logged and the other listeners are still called. Only {@link #beforeStart}, which may
 * throw, and {@link #beforeStop} are called on other threads.
 */
@FunctionalInterface
public interface ProcessListener {

	/**
	 * Handle the imminent start of a process. Called on the thread that starts the
	 * process, before the process exists, so that a slow implementation delays the start.
	 * To veto the start, throw an exception: the start then fails with {@code
	 * ProcessDeniedException}, whose reason is the message. An {@code Error} is not a
	 * veto. It is passed on to the caller unchanged, and nothing is started either.
	 * {@link #onEvent} is not called for the same event.
	 * @param event the event, describing the process to be started
	 */
	default void beforeStart(ProcessStarting event) {
		// no veto by default
	}

	/**
	 * Called before a process receives the first signal of a stop that was requested:
	 * {@code stop()}, the restart of a program, or the close of a supervisor. Not called
	 * before a kill, nor if a timeout, a limit, or the close of the manager ends a
	 * process: these do not wait. Called on a thread of the manager, for several
	 * processes at the same time. The signal is sent when all listeners have returned,
	 * but no later than the {@code before-stop-timeout} of the manager, 5 s by default.
	 * If a listener throws an exception, it is logged. The grace of the stop begins with
	 * the signal. A listener may wait for the process to end by itself, but not for the
	 * stop: {@code stop()} fails with an {@code IllegalStateException} there.
	 * @param event the process that is about to be stopped; {@link #onEvent} is called
	 * with an equal event once the signal is being sent
	 */
	default void beforeStop(ProcessStopping event) {
		// nothing to do
	}

	/**
	 * Return whether a listener overrides {@link #beforeStop}. If none does, the signal
	 * of a stop is sent at once.
	 * @param listener the listener
	 * @return whether {@code beforeStop} of the listener may have an effect
	 */
	static boolean isCalledBeforeStop(ProcessListener listener) {
		try {
			return listener.getClass()
				.getMethod("beforeStop", ProcessStopping.class)
				.getDeclaringClass() != ProcessListener.class;
		}
		catch (NoSuchMethodException | LinkageError | RuntimeException ex) {
			// a native image hides methods that are not registered for reflection, and
			// other methods of the class may refer to types that cannot be loaded
			return true;
		}
	}

	/**
	 * Handle an event of a process.
	 * @param event the event
	 */
	void onEvent(ProcessEvent event);

	/**
	 * Handle an event of a feature, such as {@code ProgramStateChanged}. Called like
	 * {@link #onEvent}, on the same thread and in the order in which the events of both
	 * kinds were published.
	 * @param event the event, never a {@link ProcessEvent}
	 */
	default void onFeatureEvent(ProcessionEvent event) {
		// processes only by default
	}

}
