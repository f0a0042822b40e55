package io.procession.supervision;

import java.time.Duration;

import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;

/**
 * When a program that ended by itself is started again, as {@code Restart=} in
 * {@code systemd.service(5)}. A program that was stopped on request stays down under
 * every policy. <i>Immutable.</i>
 *
 * @param when which ends call for a restart
 * @param delay how long to wait before it; not negative
 */
public record RestartPolicy(When when, Duration delay) {

	private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);

	/**
	 * Checks the delay.
	 * @param when which ends call for a restart
	 * @param delay how long to wait before it
	 */
	public RestartPolicy {
		if (delay.isNegative()) {
			throw new IllegalArgumentException("The delay of a restart must not be negative: " + delay);
		}
	}

	/**
	 * Never started again.
	 * @return the policy
	 */
	public static RestartPolicy never() {
		return new RestartPolicy(When.NEVER, DEFAULT_DELAY);
	}

	/**
	 * Started again after a failure, 1 s later. What a program has if nothing is said.
	 * @return the policy
	 */
	public static RestartPolicy onFailure() {
		return new RestartPolicy(When.ON_FAILURE, DEFAULT_DELAY);
	}

	/**
	 * Started again whenever it ends, 1 s later.
	 * @return the policy
	 */
	public static RestartPolicy always() {
		return new RestartPolicy(When.ALWAYS, DEFAULT_DELAY);
	}

	/**
	 * The same policy with another delay.
	 * @param value how long to wait before a restart; not negative
	 * @return a new policy
	 */
	public RestartPolicy withDelay(Duration value) {
		return new RestartPolicy(this.when, value);
	}

	boolean restartsAfter(ProcessResult result) {
		return switch (this.when) {
			case NEVER -> false;
			case ON_FAILURE -> result.failed() && !isOnRequest(result.cause());
			case ALWAYS -> true;
		};
	}

	boolean restartsAfterFailedStart() {
		return this.when != When.NEVER;
	}

	static boolean isOnRequest(ExitCause cause) {
		return cause == ExitCause.STOPPED || cause == ExitCause.KILLED || cause == ExitCause.SHUTDOWN;
	}

	/**
	 * Which ends call for a restart.
	 */
	public enum When {

		/** None. */
		NEVER,
		/**
		 * An exit code that does not count as success, a signal, a timeout, and a start
		 * that failed; not a stop through {@code RunningProcess}.
		 */
		ON_FAILURE,
		/** All, an orderly exit too. */
		ALWAYS

	}

}
