package io.procession.event;

import java.time.Instant;

/**
 * Something that happened to one process. The events of one process come in order:
 * {@link ProcessStarting}, {@link ProcessStarted}, then {@link ProcessTimedOut} or
 * {@link ProcessStopping} if it was stopped, then {@link ProcessExited}; or
 * {@link ProcessStartFailed} in their place.
 */
public sealed interface ProcessEvent
		permits ProcessStarting, ProcessStarted, ProcessStartFailed, ProcessStopping, ProcessTimedOut, ProcessExited {

	/**
	 * Which run: the same in all events of one process, different for each run.
	 * @return the execution's id
	 */
	String executionId();

	/**
	 * What the process is called.
	 * @return the name, by default the program's file name
	 */
	String name();

	/**
	 * When it happened.
	 * @return the instant
	 */
	Instant at();

}
