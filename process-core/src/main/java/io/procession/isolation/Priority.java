package io.procession.isolation;

import org.jspecify.annotations.Nullable;

import io.procession.lang.CheckReturnValue;

/**
 * CPU and I/O scheduling priority. Settings that are {@code null} are those of the JVM.
 * <i>Immutable.</i> Linux only, based on {@code nice(1)}, {@code ionice(1)} and {@code
 * chrt(1)}.
 *
 * @param nice nice value, from -20 (highest priority) to 19 (lowest), which is absolute
 * and not relative to that of the JVM; a lower value than that of the JVM requires
 * privileges
 * @param ioClass I/O scheduling class
 * @param ioLevel level within the I/O class, from 0 (highest priority) to 7 (lowest); not
 * for {@link IoClass#IDLE}
 * @param scheduling CPU scheduling policy
 */
@CheckReturnValue
public record Priority(@Nullable Integer nice, @Nullable IoClass ioClass, @Nullable Integer ioLevel,
		@Nullable Scheduling scheduling) {

	private static final Priority NONE = new Priority(null, null, null, null);

	/**
	 * Create a priority.
	 * @param nice -20 to 19
	 * @param ioClass I/O scheduling class
	 * @param ioLevel 0 to 7
	 * @param scheduling CPU scheduling policy
	 * @throws IllegalArgumentException if a value is out of range, or if a level is given
	 * without a class that supports it
	 */
	public Priority {
		if (nice != null && (nice < -20 || nice > 19)) {
			throw new IllegalArgumentException("priority.nice must be -20 to 19: " + nice);
		}
		if (ioLevel != null && (ioLevel < 0 || ioLevel > 7)) {
			throw new IllegalArgumentException("priority.io-level must be 0 to 7: " + ioLevel);
		}
		if (ioLevel != null && (ioClass == null || ioClass == IoClass.IDLE)) {
			throw new IllegalArgumentException(
					"priority.io-level requires priority.io-class best-effort or realtime: " + ioLevel);
		}
	}

	/**
	 * Return a priority without any configured setting.
	 * @return the priority of the JVM
	 */
	public static Priority none() {
		return NONE;
	}

	/**
	 * Create a priority with a nice value only.
	 * @param nice -20 (highest priority) to 19 (lowest)
	 * @return the priority
	 */
	public static Priority ofNice(int nice) {
		return new Priority(nice, null, null, null);
	}

	/**
	 * Return a copy with the given nice value.
	 * @param value -20 (highest priority) to 19 (lowest)
	 * @return a changed copy
	 */
	public Priority withNice(int value) {
		return new Priority(value, this.ioClass, this.ioLevel, this.scheduling);
	}

	/**
	 * Return a copy with the given I/O class, at its default level, 4.
	 * @param value the class
	 * @return a changed copy
	 */
	public Priority withIo(IoClass value) {
		return new Priority(this.nice, value, null, this.scheduling);
	}

	/**
	 * Return a copy with the given I/O class and level.
	 * @param value {@link IoClass#BEST_EFFORT} or {@link IoClass#REALTIME}
	 * @param level 0 (highest priority) to 7 (lowest)
	 * @return a changed copy
	 */
	public Priority withIo(IoClass value, int level) {
		return new Priority(this.nice, value, level, this.scheduling);
	}

	/**
	 * Return a copy with the given CPU scheduling policy.
	 * @param value the policy
	 * @return a changed copy
	 */
	public Priority withScheduling(Scheduling value) {
		return new Priority(this.nice, this.ioClass, this.ioLevel, value);
	}

	Priority over(Priority defaults) {
		boolean io = this.ioClass != null;
		return new Priority(Isolation.first(this.nice, defaults.nice), io ? this.ioClass : defaults.ioClass,
				io ? this.ioLevel : defaults.ioLevel, Isolation.first(this.scheduling, defaults.scheduling));
	}

}
