package io.procession.pool;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * A step that is executed repeatedly, by one thread at a time and without blocking. If a
 * thread requests the step while another thread executes it, that thread executes it
 * again. <i>Thread-safe.</i>
 */
final class SerialTurn {

	private final Runnable step;

	private final AtomicInteger asked = new AtomicInteger();

	private volatile @Nullable Thread owner;

	SerialTurn(Runnable step) {
		this.step = step;
	}

	/** Execute the step, or have it executed again after the current execution. */
	void take() {
		if (this.asked.getAndIncrement() > 0) {
			return;
		}
		int served;
		do {
			served = this.asked.get();
			takeOnce();
		}
		while (this.asked.addAndGet(-served) > 0);
	}

	private void takeOnce() {
		this.owner = Thread.currentThread();
		try {
			this.step.run();
		}
		catch (RuntimeException | Error ex) {
			// a later execution may succeed
			this.asked.set(0);
			throw ex;
		}
		finally {
			this.owner = null;
		}
	}

	/**
	 * Return whether the current thread executes the step, and therefore must not wait
	 * for its outcome.
	 */
	boolean isMine() {
		return this.owner == Thread.currentThread();
	}

}
