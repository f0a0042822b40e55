package io.procession.execution;

import java.time.Duration;

import io.procession.process.ExitCause;
import io.procession.process.Signal;

/**
 * How a process is to be ended.
 *
 * @param cause what its end is put down to
 * @param signal the first signal
 * @param grace how long it has after that, until it is killed
 */
record StopOrder(ExitCause cause, Signal signal, Duration grace) {

}
