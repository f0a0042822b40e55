package io.procession.execution;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Executes asynchronous launches in the order in which they arrive, with limited
 * concurrency: more threads would only wait for each other's spawns. <i>Thread-safe.</i>
 */
final class BoundedExecutor implements Executor {

	private final int most;

	private final Executor executor;

	/** Guards everything below. */
	private final Object lock = new Object();

	private final Deque<Runnable> waiting = new ArrayDeque<>();

	private int threads;

	/**
	 * Create a queue on top of an executor.
	 * @param most the maximum number of concurrent launches
	 * @param executor executes the launches, which must not throw
	 */
	BoundedExecutor(int most, Executor executor) {
		this.most = most;
		this.executor = executor;
	}

	@Override
	public void execute(Runnable launch) {
		synchronized (this.lock) {
			this.waiting.add(launch);
			if (this.threads == this.most) {
				return;
			}
			this.threads++;
		}
		try {
			this.executor.execute(this::work);
		}
		catch (RuntimeException | Error ex) {
			giveUp(launch);
			throw ex;
		}
	}

	private void giveUp(Runnable launch) {
		synchronized (this.lock) {
			this.threads--;
			this.waiting.remove(launch);
		}
	}

	private void work() {
		for (Runnable launch = next(); launch != null; launch = next()) {
			launch.run();
		}
	}

	private @Nullable Runnable next() {
		synchronized (this.lock) {
			Runnable launch = this.waiting.poll();
			if (launch == null) {
				this.threads--;
			}
			return launch;
		}
	}

}
