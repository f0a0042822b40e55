package io.procession.execution;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor that was provided by the application, with the manager's own executor as a
 * fallback, since the application may shut its executor down first.
 */
final class FallbackExecutor implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(FallbackExecutor.class);

	private final Executor lent;

	private final Executor own;

	private final BackgroundLog log;

	private volatile boolean refused;

	FallbackExecutor(Executor lent, Executor own, BackgroundLog log) {
		this.log = log;
		this.lent = lent;
		this.own = own;
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.lent.execute(task);
		}
		catch (RejectedExecutionException ex) {
			this.own.execute(task);
			if (!this.refused) {
				this.refused = true;
				this.log.write(
						() -> logger.warn(
								"The executor that was lent to the manager takes no more work, the manager goes on with"
										+ " threads of its own: shut it down after the manager, or lend a larger one",
								ex));
			}
		}
	}

}
