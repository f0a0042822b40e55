package io.procession.engine;

import io.procession.process.ProcessStartException.Reason;

/**
 * Reason why an existing process has not executed its program. <i>Immutable.</i>
 *
 * @param reason category of the failure
 * @param detail description of the failure, to be followed by the text that the process
 * has written about it
 */
public record StartFailure(Reason reason, String detail) {

}
