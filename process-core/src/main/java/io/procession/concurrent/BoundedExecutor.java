package io.procession.concurrent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Executes tasks in the order in which they arrive, with limited concurrency.
 * <i>Thread-safe.</i>
 */
public final class BoundedExecutor implements Executor {

	private final int most;

	private final Executor executor;

	/** Guards everything below. */
	private final Object lock = new Object();

	private final Deque<Runnable> waiting = new ArrayDeque<>();

	private int threads;

	/**
	 * Create a queue on top of an executor.
	 * @param most the maximum number of concurrent tasks
	 * @param executor executes the tasks, which must not throw
	 */
	public BoundedExecutor(int most, Executor executor) {
		this.most = most;
		this.executor = executor;
	}

	@Override
	public void execute(Runnable task) {
		synchronized (this.lock) {
			this.waiting.add(task);
			if (this.threads == this.most) {
				return;
			}
			this.threads++;
		}
		try {
			this.executor.execute(this::work);
		}
		catch (RuntimeException | Error ex) {
			remove(task);
			throw ex;
		}
	}

	private void remove(Runnable task) {
		synchronized (this.lock) {
			this.threads--;
			this.waiting.remove(task);
		}
	}

	private void work() {
		for (Runnable task = next(); task != null; task = next()) {
			task.run();
		}
	}

	private @Nullable Runnable next() {
		synchronized (this.lock) {
			Runnable task = this.waiting.poll();
			if (task == null) {
				this.threads--;
			}
			return task;
		}
	}

}
