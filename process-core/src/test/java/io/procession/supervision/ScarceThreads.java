package io.procession.supervision;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.awaitility.Awaitility.await;

/**
 * Threads of a machine that can run out of them.
 */
final class ScarceThreads implements ThreadFactory {

	private final CountDownLatch released = new CountDownLatch(1);

	private final Set<Thread> made = ConcurrentHashMap.newKeySet();

	private final Set<Thread> held = ConcurrentHashMap.newKeySet();

	private volatile boolean exhausted;

	// not where a thread starts: the pools of newer JDKs start it in another way
	@Override
	public Thread newThread(Runnable task) {
		if (this.exhausted) {
			throw new OutOfMemoryError("unable to create native thread: planned");
		}
		Thread thread = new Thread(task);
		this.made.add(thread);
		return thread;
	}

	/** Prevent any further thread start, and block all existing workers. */
	void exhaust(SupervisorThreads threads) {
		this.exhausted = true;
		await().atMost(SOON).until(() -> {
			holdIdleWorkers(threads);
			return this.held.containsAll(workers());
		});
	}

	private Set<Thread> workers() {
		Set<Thread> workers = ConcurrentHashMap.newKeySet();
		this.made.stream()
			.filter((thread) -> thread.getState() != Thread.State.TERMINATED && thread.getName().contains("worker"))
			.forEach(workers::add);
		return workers;
	}

	private void holdIdleWorkers(SupervisorThreads threads) {
		try {
			while (true) {
				threads.onWorker(() -> {
					this.held.add(Thread.currentThread());
					Threads.hold(this.released);
				});
			}
		}
		catch (OutOfMemoryError ex) {
			// no worker is idle now
		}
	}

	/** Allow thread starts again. */
	void release() {
		this.exhausted = false;
		this.released.countDown();
	}

}
