package io.procession.engine;

import io.procession.process.ProcessStartException.Reason;

/**
 * Why a process that exists has not become the program that it was started for.
 * <i>Immutable.</i>
 *
 * @param reason what was wrong
 * @param detail what was wrong in words; what the process wrote about it follows
 */
public record StartFailure(Reason reason, String detail) {

}
