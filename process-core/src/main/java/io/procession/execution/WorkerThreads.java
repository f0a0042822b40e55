package io.procession.execution;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Creates the threads of one manager: daemons, named, and with the context class loader
 * of the thread that created the manager. <i>Thread-safe.</i>
 */
final class WorkerThreads {

	private final AtomicInteger number = new AtomicInteger();

	/** The threads that run, to be freed of the class loader. */
	private final Set<Worker> alive = ConcurrentHashMap.newKeySet();

	private volatile @Nullable ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

	ThreadFactory factory(String name) {
		return (task) -> new Worker(task, name + "-" + this.number.incrementAndGet());
	}

	/** Whether the calling thread is one of these, and so must not wait for their end. */
	boolean isCurrent() {
		return Thread.currentThread() instanceof Worker worker && worker.owner() == this;
	}

	/**
	 * Releases the context class loader. A pump may outlive its manager while a process
	 * holds its pipe open, and must not keep a stopped application in memory. A listener
	 * that calls this keeps it for the rest of the call.
	 */
	void releaseContextClassLoader() {
		this.contextClassLoader = null;
		for (Worker worker : this.alive) {
			if (worker != Thread.currentThread()) {
				worker.setContextClassLoader(null);
			}
		}
	}

	private final class Worker extends Thread {

		private Worker(Runnable task, String name) {
			super(null, task, name, 0, false);
			setDaemon(true);
			// otherwise that of whoever needs it first, or, on newer JDKs, the system's
			setContextClassLoader(WorkerThreads.this.contextClassLoader);
		}

		@Override
		public void run() {
			WorkerThreads.this.alive.add(this);
			try {
				super.run();
			}
			finally {
				WorkerThreads.this.alive.remove(this);
			}
		}

		private WorkerThreads owner() {
			return WorkerThreads.this;
		}

	}

}
