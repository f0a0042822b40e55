package io.procession.execution;

import java.time.Duration;

import io.procession.process.ExitCause;
import io.procession.process.Signal;

/**
 * Order to stop a process.
 *
 * @param cause the cause of its end in the result
 * @param signal the first signal
 * @param grace the grace period after that signal, until KILL
 * @param callsListeners whether listeners are called before the first signal, as for a
 * requested stop
 */
record StopOrder(ExitCause cause, Signal signal, Duration grace, boolean callsListeners) {

	StopOrder(ExitCause cause, Signal signal, Duration grace) {
		this(cause, signal, grace, false);
	}

	/** Return the same order without the call of listeners. */
	StopOrder withoutDelay() {
		return new StopOrder(this.cause, this.signal, this.grace);
	}

}
