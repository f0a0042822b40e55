package io.procession.concurrent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Executes tasks on another executor, sequentially and in order. The effects of a task
 * are visible to the next one. A task that throws does not prevent the later ones.
 * <i>Thread-safe.</i>
 */
public final class SerialExecutor implements Executor {

	private final Executor executor;

	/** Guards itself and the flag below. */
	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private boolean active;

	/**
	 * Create an executor without tasks.
	 * @param executor executes the tasks, several of them in one call where more are
	 * waiting
	 */
	public SerialExecutor(Executor executor) {
		this.executor = executor;
	}

	@Override
	public void execute(Runnable task) {
		synchronized (this.tasks) {
			this.tasks.add(task);
			if (this.active) {
				return;
			}
			this.active = true;
		}
		this.executor.execute(this::runAll);
	}

	private void runAll() {
		for (Runnable task = next(); task != null; task = next()) {
			try {
				task.run();
			}
			catch (RuntimeException | Error ex) {
				this.executor.execute(this::runAll);
				throw ex;
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
