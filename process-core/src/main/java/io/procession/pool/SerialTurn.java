package io.procession.pool;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * One step that is taken again and again, by one thread at a time and without anybody
 * waiting: who comes while another is at it leaves it to that one. <i>Thread-safe.</i>
 */
final class SerialTurn {

	private final Runnable step;

	private final AtomicInteger asked = new AtomicInteger();

	private volatile @Nullable Thread owner;

	SerialTurn(Runnable step) {
		this.step = step;
	}

	/** Takes the step, or has it taken after the present one. */
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
			// the next one may do better
			this.asked.set(0);
			throw ex;
		}
		finally {
			this.owner = null;
		}
	}

	/** Whether the calling thread is at it, and so must not wait for what it leads to. */
	boolean isMine() {
		return this.owner == Thread.currentThread();
	}

}
