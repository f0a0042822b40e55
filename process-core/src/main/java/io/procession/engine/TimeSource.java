package io.procession.engine;

import java.time.Instant;

/**
 * The two clocks: the wall, for timestamps, and a monotonic one, for every interval.
 * <i>Thread-safe.</i>
 */
public interface TimeSource {

	/**
	 * The time on the wall, which may jump.
	 * @return the instant
	 */
	Instant now();

	/**
	 * A time that only goes forward, as {@link System#nanoTime()}.
	 * @return nanoseconds from an arbitrary origin
	 */
	long nanoTime();

	/**
	 * The clocks of the machine.
	 * @return the time source
	 */
	static TimeSource system() {
		return new TimeSource() {

			@Override
			public Instant now() {
				return Instant.now();
			}

			@Override
			public long nanoTime() {
				return System.nanoTime();
			}

		};
	}

}
