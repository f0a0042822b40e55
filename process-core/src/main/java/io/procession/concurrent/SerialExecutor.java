package io.procession.concurrent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes tasks on another executor, sequentially and in order. The effects of a task
 * are visible to the next one. Tasks should not throw: it is logged, and the next one is
 * executed. <i>Thread-safe.</i>
 */
public final class SerialExecutor implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(SerialExecutor.class);

	private final Executor executor;

	/** Guards itself and the flag below. */
	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private boolean active;

	/**
	 * Create an executor without tasks.
	 * @param executor executes the tasks, several of them in one call where more are
	 * waiting
	 */
	public SerialExecutor(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Execute a task after the earlier ones. If the executor rejects it, so does this
	 * method; tasks that other threads have added meanwhile are executed with the next
	 * one.
	 * @param task the task
	 */
	@Override
	public void execute(Runnable task) {
		synchronized (this.tasks) {
			this.tasks.add(task);
			if (this.active) {
				return;
			}
			this.active = true;
		}
		try {
			this.executor.execute(this::runAll);
		}
		catch (RuntimeException | Error ex) {
			synchronized (this.tasks) {
				this.tasks.removeFirstOccurrence(task);
				this.active = false;
			}
			throw ex;
		}
	}

	private void runAll() {
		for (Runnable task = next(); task != null; task = next()) {
			try {
				task.run();
			}
			catch (Throwable ex) {
				logger.error("Task failed", ex);
			}
		}
	}

	private @Nullable Runnable next() {
		synchronized (this.tasks) {
			Runnable task = this.tasks.poll();
			this.active = task != null;
			return task;
		}
	}

}
