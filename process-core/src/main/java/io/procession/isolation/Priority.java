package io.procession.isolation;

import org.jspecify.annotations.Nullable;

/**
 * Who comes first where CPU and disks are short. What is not said is as in the JVM.
 * <i>Immutable.</i> Linux only: uses {@code nice(1)}, {@code ionice(1)} and
 * {@code chrt(1)}.
 *
 * @param nice -20 (first) to 19 (last), the value itself and no difference to the JVM's;
 * less than the JVM's needs privilege
 * @param ioClass who is served first by disks
 * @param ioLevel 0 (first) to 7 (last) within the class; not for {@link IoClass#IDLE}
 * @param scheduling how the CPU is shared out
 */
public record Priority(@Nullable Integer nice, @Nullable IoClass ioClass, @Nullable Integer ioLevel,
		@Nullable Scheduling scheduling) {

	private static final Priority NONE = new Priority(null, null, null, null);

	/**
	 * Checks the numbers.
	 * @param nice -20 to 19
	 * @param ioClass who is served first by disks
	 * @param ioLevel 0 to 7
	 * @param scheduling how the CPU is shared out
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
					"priority.io-level needs priority.io-class best-effort or realtime: " + ioLevel);
		}
	}

	/**
	 * As the JVM.
	 * @return nothing said
	 */
	public static Priority none() {
		return NONE;
	}

	/**
	 * A nice value and no more.
	 * @param nice -20 (first) to 19 (last)
	 * @return the priority
	 */
	public static Priority ofNice(int nice) {
		return new Priority(nice, null, null, null);
	}

	/**
	 * Another nice value.
	 * @param value -20 (first) to 19 (last)
	 * @return a changed copy
	 */
	public Priority withNice(int value) {
		return new Priority(value, this.ioClass, this.ioLevel, this.scheduling);
	}

	/**
	 * Another I/O class, at its usual level, 4.
	 * @param value the class
	 * @return a changed copy
	 */
	public Priority withIo(IoClass value) {
		return new Priority(this.nice, value, null, this.scheduling);
	}

	/**
	 * Another I/O class and level.
	 * @param value {@link IoClass#BEST_EFFORT} or {@link IoClass#REALTIME}
	 * @param level 0 (first) to 7 (last)
	 * @return a changed copy
	 */
	public Priority withIo(IoClass value, int level) {
		return new Priority(this.nice, value, level, this.scheduling);
	}

	/**
	 * Another scheduling of the CPU.
	 * @param value how it is shared out
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
