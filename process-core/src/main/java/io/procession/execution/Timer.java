package io.procession.execution;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Hands over what is due; nothing may take long on it.
 */
@FunctionalInterface
interface Timer {

	/**
	 * Runs something later.
	 * @param task short, does not block
	 * @param delay how much later
	 * @param unit of the delay
	 * @return cancel it to give it up
	 */
	Future<?> schedule(Runnable task, long delay, TimeUnit unit);

}
