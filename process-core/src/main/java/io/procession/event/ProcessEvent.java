package io.procession.event;

import io.procession.process.Origin;

/**
 * Lifecycle event of a single process. The events of a process are published in order:
 * {@link ProcessStarting}, {@link ProcessStarted}, then {@link ProcessTimedOut} or
 * {@link ProcessStopping} if the process is stopped, then {@link ProcessExited}. If the
 * start fails, {@link ProcessStartFailed} is published instead of {@link ProcessStarted}
 * and the events after it.
 */
public sealed interface ProcessEvent extends ProcessionEvent
		permits ProcessStarting, ProcessStarted, ProcessStartFailed, ProcessStopping, ProcessTimedOut, ProcessExited {

	/**
	 * Return the id of the execution, which is the same in all events of one process and
	 * different for each execution.
	 * @return the execution id
	 */
	String executionId();

	/**
	 * Return the name of the process.
	 * @return the name, by default the file name of the program
	 */
	@Override
	String name();

	/**
	 * Return what the process was started for.
	 * @return the origin, the same in all events of one process
	 */
	Origin origin();

}
