package io.procession.execution;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that were lent to a manager, with its own to fall back on: who lends them may
 * shut them down first, and a deadline, a stop and a close hold all the same.
 */
final class LentThreads implements Executor, Timer {

	private static final Logger logger = LoggerFactory.getLogger(LentThreads.class);

	private final Executor lentExecutor;

	private final Timer lentTimer;

	private final Executor ownExecutor;

	private final Timer ownTimer;

	private volatile boolean refused;

	LentThreads(Executor lentExecutor, Timer lentTimer, Executor ownExecutor, Timer ownTimer) {
		this.lentExecutor = lentExecutor;
		this.lentTimer = lentTimer;
		this.ownExecutor = ownExecutor;
		this.ownTimer = ownTimer;
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.lentExecutor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			this.ownExecutor.execute(task);
			tell("executor", ex);
		}
	}

	@Override
	public Future<?> schedule(Runnable task, long delay, TimeUnit unit) {
		try {
			return this.lentTimer.schedule(task, delay, unit);
		}
		catch (RejectedExecutionException ex) {
			Future<?> future = this.ownTimer.schedule(task, delay, unit);
			tell("scheduler", ex);
			return future;
		}
	}

	private void tell(String what, RejectedExecutionException ex) {
		if (!this.refused) {
			this.refused = true;
			logger.warn("The {} that was lent to the manager takes no more work, the manager goes on with threads of"
					+ " its own: shut it down after the manager, or lend a larger one", what, ex);
		}
	}

}
