package io.procession.process;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A bound on time, or the explicit word that there is none. <i>Immutable.</i>
 *
 * @param duration the bound, positive, or {@code null} for none
 */
public record TimeLimit(@Nullable Duration duration) {

	private static final TimeLimit NONE = new TimeLimit(null);

	/**
	 * Checks the bound.
	 * @param duration the bound, positive, or {@code null} for none
	 */
	public TimeLimit {
		if (duration != null && (duration.isNegative() || duration.isZero())) {
			throw new IllegalArgumentException(
					"A timeout must be positive: " + duration + " (say noTimeout() for none)");
		}
	}

	/**
	 * A bound.
	 * @param duration how long, positive
	 * @return the limit
	 * @throws IllegalArgumentException if it is zero or negative
	 */
	public static TimeLimit of(Duration duration) {
		return new TimeLimit(Objects.requireNonNull(duration, "The timeout is null: say noTimeout() for none"));
	}

	/**
	 * No bound.
	 * @return the limit that never ends
	 */
	public static TimeLimit none() {
		return NONE;
	}

	/**
	 * The bound, if any.
	 * @return how long, or empty for ever
	 */
	public Optional<Duration> bound() {
		return Optional.ofNullable(this.duration);
	}

	@Override
	public String toString() {
		return (this.duration != null) ? this.duration.toString() : "none";
	}

}
