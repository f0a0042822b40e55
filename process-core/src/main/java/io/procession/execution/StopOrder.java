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
 * @param requested whether a stop was requested, so that listeners are called before the
 * first signal
 */
record StopOrder(ExitCause cause, Signal signal, Duration grace, boolean requested) {

	StopOrder(ExitCause cause, Signal signal, Duration grace) {
		this(cause, signal, grace, false);
	}

	/** The same, but at once. */
	StopOrder withoutDelay() {
		return new StopOrder(this.cause, this.signal, this.grace);
	}

}
