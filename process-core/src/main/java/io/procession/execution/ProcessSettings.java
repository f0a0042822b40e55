package io.procession.execution;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.Isolation;
import io.procession.process.TimeLimit;

/**
 * Defaults and limits of a manager. Every wait is bounded by one of these settings,
 * except where an unlimited value is configured. <i>Immutable.</i>
 *
 * @param timeout timeout of {@code run()} if none is configured; 60 s
 * @param startTimeout timeout of {@code start()} if none is configured; none
 * @param idleTimeout maximum time without output if none is configured; none
 * @param stopGrace time between the stop signal and KILL on a requested stop; 10 s
 * @param timeoutGrace time between the stop signal and KILL after a timeout; 2 s. It also
 * applies, limited by the shutdown grace, to processes that were left behind: when the
 * manager closes, and when the processes of a dead JVM are ended by another
 * @param beforeStopTimeout maximum time for which a requested stop waits for listeners
 * before the first signal; 5 s
 * @param drain maximum time to wait for the remaining output of an exited process; 1 s.
 * It is also the maximum time for which closing the manager waits for its last pumps
 * @param shutdownGrace time between the stop signal and KILL for all processes together
 * when the manager closes; 10 s
 * @param lostAfter time after KILL until a process that is still alive is abandoned; 5 s.
 * It is also the maximum time for operations that take no time unless they hang: each
 * step of closing the manager (starts in flight, completed stops, events, guard), and the
 * cleanup after a program of a pipeline could not be started
 * @param sweepInterval interval at which processes that no thread waits for are polled,
 * in case their exit was not noticed; 500 ms
 * @param charset charset of output and of text written to a live standard input; UTF-8
 * @param maxLineLength maximum length of a line in bytes, beyond which it is delivered in
 * parts; 1 MiB
 * @param maxConcurrent maximum number of concurrent processes; {@link Integer#MAX_VALUE}
 * means unlimited
 * @param acquireTimeout maximum time for which {@code run()} waits for a permit while
 * that many processes are running; 30 s
 * @param pipefail whether the failure of any stage makes a pipeline fail that does not
 * configure it; true
 * @param isolation isolation of processes that do not configure it; none
 * @param outputLimit maximum number of bytes that a process may write if its output is
 * captured completely and it has no limit of its own, or {@code null} (the default) for
 * unlimited
 */
public record ProcessSettings(TimeLimit timeout, TimeLimit startTimeout, TimeLimit idleTimeout, Duration stopGrace,
		Duration timeoutGrace, Duration beforeStopTimeout, Duration drain, Duration shutdownGrace, Duration lostAfter,
		Duration sweepInterval, Charset charset, int maxLineLength, int maxConcurrent, Duration acquireTimeout,
		boolean pipefail, Isolation isolation, @Nullable Long outputLimit) {

	/** The default settings. */
	public static final ProcessSettings DEFAULTS = new ProcessSettings(TimeLimit.of(Duration.ofSeconds(60)),
			TimeLimit.none(), TimeLimit.none(), Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(5),
			Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(500),
			StandardCharsets.UTF_8, 1 << 20, Integer.MAX_VALUE, Duration.ofSeconds(30), true, Isolation.none(), null);

	/**
	 * Create and validate the settings.
	 * @param timeout timeout of {@code run()}
	 * @param startTimeout timeout of {@code start()}
	 * @param idleTimeout maximum time without output
	 * @param stopGrace time between the stop signal and KILL on a requested stop
	 * @param timeoutGrace time between the stop signal and KILL after a timeout
	 * @param beforeStopTimeout maximum time for which a stop waits for listeners before
	 * the first signal
	 * @param drain maximum time to wait for the remaining output once a process has
	 * exited
	 * @param shutdownGrace time between the stop signal and KILL when the manager closes
	 * @param lostAfter time after KILL at which a process is abandoned
	 * @param sweepInterval interval at which processes are polled
	 * @param charset charset of output and of text written to a live standard input
	 * @param maxLineLength maximum length of a line in bytes
	 * @param maxConcurrent maximum number of concurrent processes
	 * @param acquireTimeout maximum time for which {@code run()} waits for a permit
	 * @param pipefail whether the failure of any stage makes a pipeline fail
	 * @param isolation isolation of processes that do not configure it
	 * @param outputLimit maximum number of bytes that a process may write if its output
	 * is captured completely
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
	 * Return the time between the stop signal and KILL for processes that were left
	 * behind: the timeout grace, limited by the shutdown grace.
	 * @return the grace period, not negative
	 */
	public Duration leftoverGrace() {
		return (this.timeoutGrace.compareTo(this.shutdownGrace) < 0) ? this.timeoutGrace : this.shutdownGrace;
	}

	/**
	 * Create a builder that is initialized with these settings.
	 * @return a new builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/** Builder for {@link ProcessSettings}. <i>Not thread-safe.</i> */
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
		 * Set the timeout of {@code run()} if none is configured.
		 * @param value the timeout
		 * @return this builder
		 */
		public Builder timeout(TimeLimit value) {
			this.timeout = value;
			return this;
		}

		/**
		 * Set the timeout of {@code start()} if none is configured.
		 * @param value the timeout
		 * @return this builder
		 */
		public Builder startTimeout(TimeLimit value) {
			this.startTimeout = value;
			return this;
		}

		/**
		 * Set the maximum time without output if none is configured.
		 * @param value the timeout
		 * @return this builder
		 */
		public Builder idleTimeout(TimeLimit value) {
			this.idleTimeout = value;
			return this;
		}

		/**
		 * Set the time between the stop signal and KILL on a requested stop.
		 * @param value the grace period, not negative
		 * @return this builder
		 */
		public Builder stopGrace(Duration value) {
			this.stopGrace = value;
			return this;
		}

		/**
		 * Set the time between the stop signal and KILL after a timeout.
		 * @param value the grace period, not negative
		 * @return this builder
		 */
		public Builder timeoutGrace(Duration value) {
			this.timeoutGrace = value;
			return this;
		}

		/**
		 * Set the maximum time for which a requested stop waits for the
		 * {@code beforeStop} listeners before the first signal is sent.
		 * @param value the timeout, positive
		 * @return this builder
		 */
		public Builder beforeStopTimeout(Duration value) {
			this.beforeStopTimeout = value;
			return this;
		}

		/**
		 * Set the maximum time to wait for the remaining output once a process has
		 * exited.
		 * @param value the maximum time, not negative
		 * @return this builder
		 */
		public Builder drain(Duration value) {
			this.drain = value;
			return this;
		}

		/**
		 * Set the time between the stop signal and KILL for all processes together when
		 * the manager closes.
		 * @param value the grace period, not negative
		 * @return this builder
		 */
		public Builder shutdownGrace(Duration value) {
			this.shutdownGrace = value;
			return this;
		}

		/**
		 * Set the time after KILL at which a process that is still alive is abandoned.
		 * @param value the time, positive
		 * @return this builder
		 */
		public Builder lostAfter(Duration value) {
			this.lostAfter = value;
			return this;
		}

		/**
		 * Set the interval at which processes that no thread waits for are polled.
		 * @param value the interval, positive
		 * @return this builder
		 */
		public Builder sweepInterval(Duration value) {
			this.sweepInterval = value;
			return this;
		}

		/**
		 * Set the charset of output and of text written to a live standard input.
		 * @param value the charset
		 * @return this builder
		 */
		public Builder charset(Charset value) {
			this.charset = value;
			return this;
		}

		/**
		 * Set the maximum length of a line, beyond which it is delivered in parts.
		 * @param value the length in bytes, 16 to 268,435,456
		 * @return this builder
		 */
		public Builder maxLineLength(int value) {
			this.maxLineLength = value;
			return this;
		}

		/**
		 * Set the maximum number of concurrent processes.
		 * @param value the maximum number, at least 1
		 * @return this builder
		 */
		public Builder maxConcurrent(int value) {
			this.maxConcurrent = value;
			return this;
		}

		/**
		 * Set the maximum time for which {@code run()} waits for a permit.
		 * @param value the maximum time, not negative
		 * @return this builder
		 */
		public Builder acquireTimeout(Duration value) {
			this.acquireTimeout = value;
			return this;
		}

		/**
		 * Set whether the failure of any stage makes a pipeline fail that does not
		 * configure it.
		 * @param value whether all stages count
		 * @return this builder
		 */
		public Builder pipefail(boolean value) {
			this.pipefail = value;
			return this;
		}

		/**
		 * Set the isolation of processes that do not configure it.
		 * @param value the isolation
		 * @return this builder
		 */
		public Builder isolation(Isolation value) {
			this.isolation = value;
			return this;
		}

		/**
		 * Set the maximum number of bytes that a process may write, both streams
		 * together, if its output is captured completely and it has no limit of its own.
		 * A process that exceeds the limit is stopped. Output that is not captured, or of
		 * which only the end is kept, is not limited. A single process opts out with
		 * {@code outputLimit(Long.MAX_VALUE)}.
		 * @param value the number of bytes, not negative
		 * @return this builder
		 */
		public Builder outputLimit(long value) {
			this.outputLimit = value;
			return this;
		}

		/**
		 * Validate and build the settings.
		 * @return the settings
		 * @throws IllegalArgumentException if a value is invalid, with the name of the
		 * first such setting
		 */
		public ProcessSettings build() {
			return new ProcessSettings(this.timeout, this.startTimeout, this.idleTimeout, this.stopGrace,
					this.timeoutGrace, this.beforeStopTimeout, this.drain, this.shutdownGrace, this.lostAfter,
					this.sweepInterval, this.charset, this.maxLineLength, this.maxConcurrent, this.acquireTimeout,
					this.pipefail, this.isolation, this.outputLimit);
		}

	}

}
