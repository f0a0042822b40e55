package io.procession.process;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A limit on time, which may be explicitly unlimited. <i>Immutable.</i>
 *
 * @param duration the limit, positive, or {@code null} if unlimited
 */
public record TimeLimit(@Nullable Duration duration) {

	private static final TimeLimit NONE = new TimeLimit(null);

	/**
	 * Check the limit.
	 * @param duration the limit, positive, or {@code null} if unlimited
	 */
	public TimeLimit {
		if (duration != null && (duration.isNegative() || duration.isZero())) {
			throw new IllegalArgumentException(
					"A timeout must be positive: " + duration + " (use noTimeout() for none)");
		}
	}

	/**
	 * Create a limit.
	 * @param duration the limit, positive
	 * @return the limit
	 * @throws IllegalArgumentException if the duration is zero or negative
	 */
	public static TimeLimit of(Duration duration) {
		return new TimeLimit(
				Objects.requireNonNull(duration, "The timeout must not be null: use noTimeout() for none"));
	}

	/**
	 * Return the limit that is unlimited.
	 * @return the limit
	 */
	public static TimeLimit none() {
		return NONE;
	}

	/**
	 * Return the duration of this limit.
	 * @return the duration, or empty if unlimited
	 */
	public Optional<Duration> bound() {
		return Optional.ofNullable(this.duration);
	}

	@Override
	public String toString() {
		return (this.duration != null) ? this.duration.toString() : "none";
	}

}
