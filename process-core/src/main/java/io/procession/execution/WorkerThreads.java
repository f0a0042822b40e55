package io.procession.execution;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one manager: daemons, named, and known to be its own.
 */
final class WorkerThreads {

	private final AtomicInteger number = new AtomicInteger();

	ThreadFactory factory(String name) {
		return (task) -> new Worker(task, name + "-" + this.number.incrementAndGet());
	}

	/** Whether the calling thread is one of these, and so must not wait for their end. */
	boolean isCurrent() {
		return Thread.currentThread() instanceof Worker worker && worker.owner() == this;
	}

	private final class Worker extends Thread {

		private Worker(Runnable task, String name) {
			super(null, task, name, 0, false);
			setDaemon(true);
		}

		private WorkerThreads owner() {
			return WorkerThreads.this;
		}

	}

}
