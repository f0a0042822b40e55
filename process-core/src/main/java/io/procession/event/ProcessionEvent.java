package io.procession.event;

import java.time.Instant;

/**
 * Event of a manager: a {@link ProcessEvent} about a single execution, or an event of a
 * feature, such as the state change of a program. Each feature has a sealed interface for
 * its events. Events contain names, numbers and instants, but never live objects or
 * secrets.
 */
public interface ProcessionEvent {

	/**
	 * Return the name of what the event is about, such as a process or a program.
	 * @return the name
	 */
	String name();

	/**
	 * Return the time of the event.
	 * @return the instant
	 */
	Instant at();

}
