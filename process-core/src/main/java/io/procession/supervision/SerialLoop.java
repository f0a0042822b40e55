package io.procession.supervision;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes tasks one after the other in the order of their submission, on the thread that
 * submitted the first one. Other threads do not block, as they would with a lock. The
 * effects of a task are visible to the next one. Tasks must not block.
 * <i>Thread-safe.</i>
 */
final class SerialLoop {

	private static final Logger logger = LoggerFactory.getLogger(SerialLoop.class);

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger pending = new AtomicInteger();

	/**
	 * Execute a task immediately, or after the tasks that are being executed on another
	 * thread.
	 */
	void execute(Runnable task) {
		this.tasks.add(task);
		if (this.pending.getAndIncrement() > 0) {
			return;
		}
		do {
			run(this.tasks.remove());
		}
		while (this.pending.decrementAndGet() > 0);
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			logger.error("Supervision of a program failed", ex);
		}
	}

}
