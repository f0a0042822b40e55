package io.procession.execution;

import java.time.Duration;

/**
 * How long the end of a process's output is still waited for: what survives the process
 * may hold it open. The time that listeners are at work does not count, unless the
 * process is being stopped, which waits for nobody's listener. <i>Not thread-safe: its
 * run guards it.</i>
 */
final class Drain {

	/**
	 * How far the exit and the end of output are apart if nothing holds one of them up.
	 */
	static final Duration EXIT_AFTER_END = Duration.ofMillis(100);

	/** How soon to look again whether a listener is still at work. */
	private static final long LOOK_AGAIN = Duration.ofMillis(5).toNanos();

	private final long bound;

	private final OutputRecorder output;

	private final OutputRecorder error;

	private long since;

	private long busyBefore;

	private boolean countsListeners;

	private final RunContext context;

	/** When it is asked again at the latest, unless the JVM is paused; 0 if unknown. */
	private long askedAgain;

	private int forgiven;

	/**
	 * A drain that has not begun.
	 * @param context tells a late look from one in time
	 * @param said how long it takes at most, as it was said
	 * @param output knows how long its listeners have been at work
	 * @param error knows it, too
	 */
	Drain(RunContext context, Duration said, OutputRecorder output, OutputRecorder error) {
		this.context = context;
		this.bound = RunContext.nanos(bound(said));
		this.output = output;
		this.error = error;
	}

	/** A drain as it holds: what is in the pipe is read whatever was said. */
	static Duration bound(Duration said) {
		return (said.compareTo(EXIT_AFTER_END) < 0) ? EXIT_AFTER_END : said;
	}

	/** The process has exited. */
	void begin(long now) {
		this.since = now;
		this.askedAgain = 0;
		this.busyBefore = busyNanos(now);
	}

	/** Counts from here, whatever listeners are doing. */
	void beginAnew(long now) {
		this.since = now;
		this.askedAgain = 0;
		this.countsListeners = true;
	}

	/** Returns when it is over, not counting the time of listeners. */
	long end() {
		return this.since + this.bound;
	}

	/**
	 * How long to wait still.
	 * @param now the time by the monotonic clock
	 * @param untilDeadline how long until the deadline of the run, which ends the waiting
	 * too, but not what comes in the pipe right now
	 */
	long remaining(long now, long untilDeadline) {
		forgivePause(now);
		long remaining = remainingOf(now, untilDeadline);
		this.askedAgain = now + Math.max(0, remaining);
		return remaining;
	}

	// the pumps could not read meanwhile
	private void forgivePause(long now) {
		if (this.askedAgain != 0 && this.context.isLate(this.askedAgain, now)
				&& this.forgiven < Lateness.MOST_IN_A_ROW) {
			this.forgiven++;
			this.since = Math.max(this.since, now - this.bound + Lateness.LOOK_AGAIN);
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
			remaining = Math.max(remaining, LOOK_AGAIN);
		}
		return Math.min(remaining, Math.max(untilDeadline, RunContext.nanos(EXIT_AFTER_END) - elapsed));
	}

	private long busyNanos(long now) {
		return this.output.busyNanos(now) + this.error.busyNanos(now);
	}

}
