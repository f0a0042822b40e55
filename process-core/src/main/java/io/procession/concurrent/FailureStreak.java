package io.procession.concurrent;

import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;

/**
 * Logs repeated failures of one kind: the first failure in a row with its stack trace,
 * then their number once it succeeds again. No method of this class fails, since they are
 * called where memory may be exhausted. <i>Thread-safe.</i>
 */
public final class FailureStreak {

	private final BackgroundLog log;

	private final Logger logger;

	private final String what;

	private final AtomicLong failures = new AtomicLong();

	/**
	 * Create a streak without failures.
	 * @param log writes the messages
	 * @param logger the logger of the messages
	 * @param what the subject of the messages, such as "Scan of the process table"
	 */
	public FailureStreak(BackgroundLog log, Logger logger, String what) {
		this.log = log;
		this.logger = logger;
		this.what = what;
	}

	/**
	 * Record a failure.
	 * @param failure the failure, which is logged if it is the first in a row
	 */
	public void failed(Throwable failure) {
		if (this.failures.incrementAndGet() > 1) {
			return;
		}
		try {
			this.log.write(() -> this.logger.warn("{} failed; further consecutive failures are only counted", this.what,
					failure));
		}
		catch (RuntimeException | Error ex) {
			// no memory for the message: the next failure is logged instead
			this.failures.set(0);
		}
	}

	/**
	 * Record a success, and log the number of failures before it.
	 */
	public void succeeded() {
		if (this.failures.get() == 0) {
			return;
		}
		long count = this.failures.getAndSet(0);
		try {
			this.log.write(() -> this.logger.warn("{} succeeded again: failures={}", this.what, count));
		}
		catch (RuntimeException | Error ex) {
			// no memory for the message: the next success logs it
			this.failures.addAndGet(count);
		}
	}

}
