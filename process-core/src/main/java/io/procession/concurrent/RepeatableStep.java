package io.procession.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * A step that is executed repeatedly, by one thread at a time and without blocking. If a
 * thread requests the step while another thread executes it, that thread executes it
 * again. <i>Thread-safe.</i>
 */
public final class RepeatableStep {

	private final Runnable step;

	private final AtomicInteger requests = new AtomicInteger();

	private volatile @Nullable Thread owner;

	/**
	 * Create a step.
	 * @param step executes it once
	 */
	public RepeatableStep(Runnable step) {
		this.step = step;
	}

	/** Execute the step, or have it executed again after the current execution. */
	public void execute() {
		if (this.requests.getAndIncrement() > 0) {
			return;
		}
		int served;
		do {
			served = this.requests.get();
			executeOnce();
		}
		while (this.requests.addAndGet(-served) > 0);
	}

	private void executeOnce() {
		this.owner = Thread.currentThread();
		try {
			this.step.run();
		}
		catch (RuntimeException | Error ex) {
			// a later execution may succeed
			this.requests.set(0);
			throw ex;
		}
		finally {
			this.owner = null;
		}
	}

	/**
	 * Return whether the current thread executes the step, and therefore must not wait
	 * for its outcome.
	 * @return whether the current thread executes it
	 */
	public boolean isExecutedByCurrentThread() {
		return this.owner == Thread.currentThread();
	}

}
