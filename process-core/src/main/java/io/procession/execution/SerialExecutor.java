package io.procession.execution;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Executes tasks on another executor, sequentially and in order. Tasks must not throw.
 */
final class SerialExecutor implements Executor {

	private final Executor executor;

	/** Guards itself and the flag below. */
	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private boolean active;

	SerialExecutor(Executor executor) {
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
		while (true) {
			Runnable task;
			synchronized (this.tasks) {
				task = this.tasks.poll();
				if (task == null) {
					this.active = false;
					return;
				}
			}
			task.run();
		}
	}

}
