package io.procession.pool;

import java.util.List;

import io.procession.process.ProcessException;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessResult;
import io.procession.security.Printable;

/**
 * Exception thrown if one or more processes of a pool failed. {@link #result()} is the
 * result of the first of them. The failures are available as {@linkplain #getSuppressed()
 * suppressed exceptions}.
 */
public final class PoolFailedException extends ProcessException {

	private static final long serialVersionUID = 1L;

	private static final int SHOWN = 10;

	private final transient PoolResults results;

	PoolFailedException(PoolResults results, List<String> failedKeys) {
		super(message(results, failedKeys), results.get(failedKeys.get(0)).command(), results.get(failedKeys.get(0)),
				null);
		this.results = results;
		failedKeys.forEach((key) -> addSuppressed(failure(results.get(key))));
	}

	private static ProcessException failure(ProcessResult result) {
		return result.startError()
			.<ProcessException>map((error) -> error)
			.orElseGet(() -> new ProcessFailedException(result));
	}

	private static String message(PoolResults results, List<String> failedKeys) {
		StringBuilder message = new StringBuilder().append(failedKeys.size())
			.append(" of ")
			.append(results.size())
			.append(" processes of the pool failed:");
		failedKeys.stream()
			.limit(SHOWN)
			.forEach((key) -> message.append(System.lineSeparator())
				.append("  ")
				.append(Printable.of(results.get(key).command().redactor().hide(key)))
				.append(": ")
				.append(failure(results.get(key)).getMessage()));
		if (failedKeys.size() > SHOWN) {
			message.append(System.lineSeparator()).append("  and ").append(failedKeys.size() - SHOWN).append(" more");
		}
		return message.toString();
	}

	/**
	 * Return all results of the pool, including successful ones.
	 * @return the results
	 */
	public PoolResults results() {
		return this.results;
	}

}
