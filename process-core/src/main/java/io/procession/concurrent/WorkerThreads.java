package io.procession.concurrent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Creates the threads of a manager: named daemon threads with the context class loader of
 * the thread that created the manager. <i>Thread-safe.</i>
 */
public final class WorkerThreads {

	private final AtomicInteger number = new AtomicInteger();

	/** The running threads, whose context class loader can be released. */
	private final Set<Worker> alive = ConcurrentHashMap.newKeySet();

	private volatile @Nullable ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

	/**
	 * Return a factory of daemon threads.
	 * @param name the beginning of their names, followed by a number
	 * @return a factory; its threads have the context class loader of the manager
	 */
	public ThreadFactory factory(String name) {
		return (task) -> new Worker(task, name + "-" + this.number.incrementAndGet());
	}

	/**
	 * Return whether the current thread was created here, so that it must not wait for
	 * the end of these threads.
	 * @return whether it is a thread of this manager
	 */
	public boolean isCurrent() {
		return Thread.currentThread() instanceof Worker worker && worker.owner() == this;
	}

	/**
	 * Release the context class loader. A pump may outlive its manager while a process
	 * holds its pipe open, and must not keep a stopped application in memory. If a
	 * listener calls this method, its thread keeps the class loader for the rest of the
	 * call.
	 */
	public void releaseContextClassLoader() {
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
			// otherwise inherited from the thread that first needs it or, on newer JDKs,
			// the system class loader
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
