package io.procession.execution;

import java.time.Duration;

import io.procession.concurrent.Lateness;
import io.procession.concurrent.Nanos;
import io.procession.execution.output.OutputRecorder;

/**
 * The wait for the remaining output of a process, which descendants may hold open. The
 * time during which listeners are executing does not count, unless the process is being
 * stopped, since a stop does not wait for listeners. <i>Not thread-safe: guarded by its
 * execution.</i>
 */
final class Drain {

	/** Maximum time between the exit and the end of output if nothing delays either. */
	static final Duration EXIT_AFTER_END = Duration.ofMillis(100);

	/** Delay until the next check of whether a listener is still executing. */
	private static final long RECHECK = Duration.ofMillis(5).toNanos();

	private final long bound;

	private final OutputRecorder output;

	private final OutputRecorder error;

	private long since;

	private long busyBefore;

	private boolean countsListeners;

	private final ExecutionContext context;

	/**
	 * Time by which the remaining time is requested again, unless the JVM is paused; 0 if
	 * unknown.
	 */
	private long checkAt;

	private int extended;

	/**
	 * Create a drain that has not begun.
	 * @param context determines whether a check is late
	 * @param configured the maximum time
	 * @param output the standard output, with the time spent in listeners
	 * @param error the standard error, with the time spent in listeners
	 */
	Drain(ExecutionContext context, Duration configured, OutputRecorder output, OutputRecorder error) {
		this.context = context;
		this.bound = Nanos.of(bound(configured));
		this.output = output;
		this.error = error;
	}

	/**
	 * Return the effective drain: a minimum, so that the contents of the pipe are always
	 * read.
	 */
	static Duration bound(Duration configured) {
		return (configured.compareTo(EXIT_AFTER_END) < 0) ? EXIT_AFTER_END : configured;
	}

	/** Begin: the process has exited. */
	void begin(long now) {
		this.since = now;
		this.checkAt = 0;
		this.busyBefore = busyNanos(now);
	}

	/** Restart, from now on without regard to listeners. */
	void beginAnew(long now) {
		this.since = now;
		this.checkAt = 0;
		this.countsListeners = true;
	}

	/** Return whether the output has ended, so that nothing remains to wait for. */
	boolean isComplete() {
		return this.output.isEnded() && this.error.isEnded();
	}

	/** Return the time at which the drain ends, not including time spent in listeners. */
	long end() {
		return this.since + this.bound;
	}

	/**
	 * Return the remaining time to wait.
	 * @param now the time by the monotonic clock
	 * @param untilDeadline the time until the deadline of the execution, which also ends
	 * the wait, but not before the contents of the pipe have been read
	 */
	long remaining(long now, long untilDeadline) {
		extendAfterPause(now);
		long remaining = remainingOf(now, untilDeadline);
		this.checkAt = now + Math.max(0, remaining);
		return remaining;
	}

	// the pumps could not read during a pause
	private void extendAfterPause(long now) {
		if (this.checkAt != 0 && this.context.isLate(this.checkAt, now) && this.extended < Lateness.MOST_IN_A_ROW) {
			this.extended++;
			this.since = Math.max(this.since, now - this.bound + Lateness.RECHECK);
		}
	}

	private long remainingOf(long now, long untilDeadline) {
		long elapsed = now - this.since;
		if (this.countsListeners) {
			return this.bound - elapsed;
		}
		long counted = elapsed - Math.min(elapsed, busyNanos(now) - this.busyBefore);
		long remaining = this.bound - counted;
		if (this.output.isListenerAtWork() || this.error.isListenerAtWork()) {
			remaining = Math.max(remaining, RECHECK);
		}
		return Math.min(remaining, Math.max(untilDeadline, Nanos.of(EXIT_AFTER_END) - elapsed));
	}

	private long busyNanos(long now) {
		return this.output.busyNanos(now) + this.error.busyNanos(now);
	}

}
