package io.procession.concurrent;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor that was provided by the application, with the manager's own executor as a
 * fallback, since the application may shut its executor down first.
 */
public final class FallbackExecutor implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(FallbackExecutor.class);

	private final Executor supplied;

	private final Executor own;

	private final BackgroundLog log;

	private volatile boolean refused;

	/**
	 * Create an executor.
	 * @param supplied the executor of the application
	 * @param own the executor of the manager
	 * @param log writes the one warning that the application's executor rejects tasks
	 */
	public FallbackExecutor(Executor supplied, Executor own, BackgroundLog log) {
		this.supplied = supplied;
		this.own = own;
		this.log = log;
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.supplied.execute(task);
		}
		catch (RejectedExecutionException ex) {
			this.own.execute(task);
			if (!this.refused) {
				this.refused = true;
				this.log
					.write(() -> logger.warn(
							"The configured executor rejects tasks; the process manager continues with its own"
									+ " threads: shut the executor down after the manager, or increase its capacity",
							ex));
			}
		}
	}

}
