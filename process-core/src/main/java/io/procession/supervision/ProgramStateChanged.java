package io.procession.supervision;

import java.time.Instant;

/**
 * Event published when a program has entered another state. {@link ProcessSupervisor}
 * describes the order of these events and those of the processes.
 *
 * @param name name of the program
 * @param at time at which the program entered the state
 * @param from previous state
 * @param to state that was entered
 * @param reason description of why the program is in this state; contains no secret
 */
public record ProgramStateChanged(String name, Instant at, ProgramState from, ProgramState to,
		String reason) implements ProgramEvent {

}
