package io.procession.supervision;

import java.time.Duration;

import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;

/**
 * Determines when a program that ended by itself is restarted, similar to
 * {@code Restart=} in {@code systemd.service(5)}. A program that was stopped through its
 * supervisor is not restarted by any policy. <i>Immutable.</i>
 *
 * @param when after which ends the program is restarted
 * @param delay delay before a restart; not negative
 */
public record RestartPolicy(When when, Duration delay) {

	private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);

	/**
	 * Check the delay.
	 * @param when after which ends the program is restarted
	 * @param delay delay before a restart
	 */
	public RestartPolicy {
		if (delay.isNegative()) {
			throw new IllegalArgumentException("The restart delay must not be negative: " + delay);
		}
	}

	/**
	 * Return the policy that never restarts.
	 * @return the policy
	 */
	public static RestartPolicy never() {
		return new RestartPolicy(When.NEVER, DEFAULT_DELAY);
	}

	/**
	 * Return the policy that restarts 1 s after a failure. This is the default.
	 * @return the policy
	 */
	public static RestartPolicy onFailure() {
		return new RestartPolicy(When.ON_FAILURE, DEFAULT_DELAY);
	}

	/**
	 * Return the policy that restarts 1 s after every end.
	 * @return the policy
	 */
	public static RestartPolicy always() {
		return new RestartPolicy(When.ALWAYS, DEFAULT_DELAY);
	}

	/**
	 * Return the same policy with another delay.
	 * @param value delay before a restart; not negative
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
	 * Ends of a process after which the program is restarted.
	 */
	public enum When {

		/** Never restart. */
		NEVER,
		/**
		 * Restart after an exit code that does not count as success, a signal, a timeout,
		 * and a failed start that was not denied by a policy. A stop through
		 * {@code RunningProcess} does not count as a failure.
		 */
		ON_FAILURE,
		/** Restart after every end, including a successful exit. */
		ALWAYS

	}

}
