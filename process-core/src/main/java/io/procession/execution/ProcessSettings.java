package io.procession.execution;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.Isolation;
import io.procession.process.TimeLimit;

/**
 * The defaults and bounds of a manager. Everything that waits, waits at most as long as
 * something here says. <i>Immutable.</i>
 *
 * @param timeout bound on {@code run()} where it names none; 60 s
 * @param startTimeout bound on {@code start()} where it names none; none
 * @param idleTimeout bound on silence where a process names none; none
 * @param stopGrace how long a stopped process has before KILL; 10 s
 * @param timeoutGrace how long a process whose time is over has before KILL; 2 s. The
 * same holds, but never more than the shutdown grace, for what processes left behind:
 * when the manager closes, and when another ends what a dead JVM has left
 * @param beforeStopTimeout how long a stop that was requested waits for listeners before
 * the first signal; 5 s
 * @param drain how long to wait for the end of output after an exit; 1 s. As long a close
 * waits for its last pumps
 * @param shutdownGrace how long all processes together have before KILL when the manager
 * closes; 10 s
 * @param lostAfter how long after KILL a process that is still there is given up; 5 s. As
 * long waits whatever waits for what takes no time unless it hangs: each step of a close
 * (the starts in flight, the stops that are over, the events, the guard), a pipeline of
 * which one program could not be started for the others
 * @param sweepInterval how often the processes that nobody waits for are looked at, in
 * case their exit was not noticed; 500 ms
 * @param charset how bytes become text; UTF-8
 * @param maxLineLength bytes after which a line is handed over in parts; 1 MiB
 * @param maxConcurrent how many processes run at once; {@link Integer#MAX_VALUE} means no
 * limit
 * @param acquireTimeout how long {@code run()} waits for its turn when so many run; 30 s
 * @param pipefail whether the failure of any stage fails a pipeline that does not say;
 * true
 * @param isolation what holds where a process says nothing about its isolation; nothing
 * @param outputLimit the bytes that a process may write if its output is captured as a
 * whole and it names no limit, or {@code null} for no limit; none
 */
public record ProcessSettings(TimeLimit timeout, TimeLimit startTimeout, TimeLimit idleTimeout, Duration stopGrace,
		Duration timeoutGrace, Duration beforeStopTimeout, Duration drain, Duration shutdownGrace, Duration lostAfter,
		Duration sweepInterval, Charset charset, int maxLineLength, int maxConcurrent, Duration acquireTimeout,
		boolean pipefail, Isolation isolation, @Nullable Long outputLimit) {

	/** What holds where nothing was said. */
	public static final ProcessSettings DEFAULTS = new ProcessSettings(TimeLimit.of(Duration.ofSeconds(60)),
			TimeLimit.none(), TimeLimit.none(), Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(5),
			Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(500),
			StandardCharsets.UTF_8, 1 << 20, Integer.MAX_VALUE, Duration.ofSeconds(30), true, Isolation.none(), null);

	/**
	 * Checks the numbers.
	 * @param timeout bound on {@code run()}
	 * @param startTimeout bound on {@code start()}
	 * @param idleTimeout bound on silence
	 * @param stopGrace how long a stopped process has before KILL
	 * @param timeoutGrace how long a process whose time is over has before KILL
	 * @param beforeStopTimeout how long a stop waits for listeners before the first
	 * signal
	 * @param drain how long to wait for the end of output after an exit
	 * @param shutdownGrace how long all processes have when the manager closes
	 * @param lostAfter how long after KILL a process is given up
	 * @param sweepInterval how often processes are looked at
	 * @param charset how bytes become text
	 * @param maxLineLength bytes after which a line is handed over in parts
	 * @param maxConcurrent how many processes run at once
	 * @param acquireTimeout how long {@code run()} waits for its turn
	 * @param pipefail whether the failure of any stage fails a pipeline
	 * @param isolation what holds where a process says nothing about its isolation
	 * @param outputLimit bytes that a process may write if its output is captured as a
	 * whole
	 */
	public ProcessSettings {
		Objects.requireNonNull(timeout, "timeout");
		Objects.requireNonNull(startTimeout, "startTimeout");
		Objects.requireNonNull(idleTimeout, "idleTimeout");
		Objects.requireNonNull(charset, "charset");
		Objects.requireNonNull(isolation, "isolation");
		notNegative("stopGrace", stopGrace);
		notNegative("timeoutGrace", timeoutGrace);
		positive("beforeStopTimeout", beforeStopTimeout);
		notNegative("drain", drain);
		notNegative("shutdownGrace", shutdownGrace);
		positive("lostAfter", lostAfter);
		positive("sweepInterval", sweepInterval);
		notNegative("acquireTimeout", acquireTimeout);
		if (maxLineLength < 16 || maxLineLength > 1 << 28) {
			throw new IllegalArgumentException("maxLineLength must be 16 bytes to 256 MiB: " + maxLineLength);
		}
		if (maxConcurrent < 1) {
			throw new IllegalArgumentException("maxConcurrent must be at least 1: " + maxConcurrent);
		}
		if (outputLimit != null && outputLimit < 0) {
			throw new IllegalArgumentException("outputLimit must not be negative: " + outputLimit);
		}
	}

	private static void notNegative(String what, Duration duration) {
		if (Objects.requireNonNull(duration, what).isNegative()) {
			throw new IllegalArgumentException(what + " must not be negative: " + duration);
		}
	}

	private static void positive(String what, Duration duration) {
		if (Objects.requireNonNull(duration, what).isNegative() || duration.isZero()) {
			throw new IllegalArgumentException(what + " must be positive: " + duration);
		}
	}

	/**
	 * How long what processes left behind has before KILL: the timeout grace, but never
	 * more than the shutdown grace.
	 * @return not negative
	 */
	public Duration leftoverGrace() {
		return (this.timeoutGrace.compareTo(this.shutdownGrace) < 0) ? this.timeoutGrace : this.shutdownGrace;
	}

	/**
	 * A builder that starts from these settings.
	 * @return a new builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * Changes some of the settings. <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private TimeLimit timeout;

		private TimeLimit startTimeout;

		private TimeLimit idleTimeout;

		private Duration stopGrace;

		private Duration timeoutGrace;

		private Duration beforeStopTimeout;

		private Duration drain;

		private Duration shutdownGrace;

		private Duration lostAfter;

		private Duration sweepInterval;

		private Charset charset;

		private int maxLineLength;

		private int maxConcurrent;

		private Duration acquireTimeout;

		private boolean pipefail;

		private Isolation isolation;

		private @Nullable Long outputLimit;

		private Builder(ProcessSettings settings) {
			this.timeout = settings.timeout;
			this.startTimeout = settings.startTimeout;
			this.idleTimeout = settings.idleTimeout;
			this.stopGrace = settings.stopGrace;
			this.timeoutGrace = settings.timeoutGrace;
			this.beforeStopTimeout = settings.beforeStopTimeout;
			this.drain = settings.drain;
			this.shutdownGrace = settings.shutdownGrace;
			this.lostAfter = settings.lostAfter;
			this.sweepInterval = settings.sweepInterval;
			this.charset = settings.charset;
			this.maxLineLength = settings.maxLineLength;
			this.maxConcurrent = settings.maxConcurrent;
			this.acquireTimeout = settings.acquireTimeout;
			this.pipefail = settings.pipefail;
			this.isolation = settings.isolation;
			this.outputLimit = settings.outputLimit;
		}

		/**
		 * Bound on {@code run()} where it names none.
		 * @param value the limit
		 * @return this builder
		 */
		public Builder timeout(TimeLimit value) {
			this.timeout = value;
			return this;
		}

		/**
		 * Bound on {@code start()} where it names none.
		 * @param value the limit
		 * @return this builder
		 */
		public Builder startTimeout(TimeLimit value) {
			this.startTimeout = value;
			return this;
		}

		/**
		 * Bound on silence where a process names none.
		 * @param value the limit
		 * @return this builder
		 */
		public Builder idleTimeout(TimeLimit value) {
			this.idleTimeout = value;
			return this;
		}

		/**
		 * How long a stopped process has before KILL.
		 * @param value not negative
		 * @return this builder
		 */
		public Builder stopGrace(Duration value) {
			this.stopGrace = value;
			return this;
		}

		/**
		 * How long a process whose time is over has before KILL.
		 * @param value not negative
		 * @return this builder
		 */
		public Builder timeoutGrace(Duration value) {
			this.timeoutGrace = value;
			return this;
		}

		/**
		 * Set how long a stop that was requested waits for the {@code beforeStop}
		 * listeners before the first signal is sent.
		 * @param value positive
		 * @return this builder
		 */
		public Builder beforeStopTimeout(Duration value) {
			this.beforeStopTimeout = value;
			return this;
		}

		/**
		 * How long to wait for the end of output after an exit.
		 * @param value not negative
		 * @return this builder
		 */
		public Builder drain(Duration value) {
			this.drain = value;
			return this;
		}

		/**
		 * How long all processes together have before KILL when the manager closes.
		 * @param value not negative
		 * @return this builder
		 */
		public Builder shutdownGrace(Duration value) {
			this.shutdownGrace = value;
			return this;
		}

		/**
		 * How long after KILL a process that is still there is given up.
		 * @param value positive
		 * @return this builder
		 */
		public Builder lostAfter(Duration value) {
			this.lostAfter = value;
			return this;
		}

		/**
		 * How often the processes that nobody waits for are looked at.
		 * @param value positive
		 * @return this builder
		 */
		public Builder sweepInterval(Duration value) {
			this.sweepInterval = value;
			return this;
		}

		/**
		 * How bytes become text.
		 * @param value the charset
		 * @return this builder
		 */
		public Builder charset(Charset value) {
			this.charset = value;
			return this;
		}

		/**
		 * Bytes after which a line is handed over in parts.
		 * @param value 16 to 268,435,456
		 * @return this builder
		 */
		public Builder maxLineLength(int value) {
			this.maxLineLength = value;
			return this;
		}

		/**
		 * How many processes run at once.
		 * @param value at least 1
		 * @return this builder
		 */
		public Builder maxConcurrent(int value) {
			this.maxConcurrent = value;
			return this;
		}

		/**
		 * How long {@code run()} waits for its turn.
		 * @param value not negative
		 * @return this builder
		 */
		public Builder acquireTimeout(Duration value) {
			this.acquireTimeout = value;
			return this;
		}

		/**
		 * Whether the failure of any stage fails a pipeline that does not say.
		 * @param value whether any stage counts
		 * @return this builder
		 */
		public Builder pipefail(boolean value) {
			this.pipefail = value;
			return this;
		}

		/**
		 * What holds where a process says nothing about its isolation.
		 * @param value the isolation
		 * @return this builder
		 */
		public Builder isolation(Isolation value) {
			this.isolation = value;
			return this;
		}

		/**
		 * Set the number of bytes that a process may write, both streams together, if its
		 * output is captured as a whole and it names no limit. A process that exceeds it
		 * is stopped. Output that is not captured, or of which only the end is kept, is
		 * not limited. A single process opts out with
		 * {@code outputLimit(Long.MAX_VALUE)}.
		 * @param value not negative
		 * @return this builder
		 */
		public Builder outputLimit(long value) {
			this.outputLimit = value;
			return this;
		}

		/**
		 * Checks the whole.
		 * @return the settings
		 * @throws IllegalArgumentException naming the first value that is wrong
		 */
		public ProcessSettings build() {
			return new ProcessSettings(this.timeout, this.startTimeout, this.idleTimeout, this.stopGrace,
					this.timeoutGrace, this.beforeStopTimeout, this.drain, this.shutdownGrace, this.lostAfter,
					this.sweepInterval, this.charset, this.maxLineLength, this.maxConcurrent, this.acquireTimeout,
					this.pipefail, this.isolation, this.outputLimit);
		}

	}

}
