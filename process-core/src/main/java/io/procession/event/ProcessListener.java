package io.procession.event;

/**
 * Is told what happens to the processes of a manager.
 *
 * <p>
 * Called on the manager's own event thread, one event after the other and in order; a
 * listener that blocks delays the listeners, never a process, a deadline or a stop. One
 * that throws is logged, and the others are still called.
 */
@FunctionalInterface
public interface ProcessListener {

	/**
	 * Something happened.
	 * @param event what
	 */
	void onEvent(ProcessEvent event);

}
