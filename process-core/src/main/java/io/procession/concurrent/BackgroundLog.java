package io.procession.concurrent;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Writes log messages on a dedicated thread, since an appender may block (for example if
 * the standard error of the JVM is not read) and must not delay a stop, a timer or a
 * pump. Messages that cannot be written in time are dropped and counted.
 * <i>Thread-safe.</i>
 */
public final class BackgroundLog {

	/** Maximum number of waiting messages. */
	static final int CAPACITY = 1000;

	private static final Duration IDLE = Duration.ofSeconds(10);

	private static final Logger logger = LoggerFactory.getLogger(BackgroundLog.class);

	/** Absent if the time source has its own executor: in that case the caller writes. */
	private final @Nullable ThreadPoolExecutor thread;

	private final AtomicLong dropped = new AtomicLong();

	/**
	 * Create the log of a manager.
	 * @param workers creates the thread
	 * @param time the clocks; with an executor of their own, the caller writes
	 */
	public BackgroundLog(WorkerThreads workers, TimeSource time) {
		this.thread = (time.executor() != null) ? null : newThread(workers.factory("procession-log"));
	}

	/**
	 * Create a log with a thread, which exists while there are messages to write and for
	 * 10 s afterwards.
	 * @param threads creates the thread
	 */
	public BackgroundLog(ThreadFactory threads) {
		this.thread = newThread(threads);
	}

	private ThreadPoolExecutor newThread(ThreadFactory threads) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, IDLE.toMillis(), TimeUnit.MILLISECONDS,
				new ArrayBlockingQueue<>(CAPACITY), threads, (task, full) -> this.dropped.incrementAndGet());
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Write a message asynchronously, with the caller's diagnostic context. Neither
	 * blocks nor fails.
	 * @param message writes it to its logger
	 */
	public void write(Runnable message) {
		try {
			if (this.thread != null) {
				Map<String, String> context = MDC.getCopyOfContextMap();
				this.thread.execute(() -> writeNow(message, context));
			}
			else {
				message.run();
			}
		}
		catch (RuntimeException | Error ex) {
			// no thread or memory is available
			this.dropped.incrementAndGet();
		}
	}

	private void writeNow(Runnable message, @Nullable Map<String, String> context) {
		long lost = this.dropped.getAndSet(0);
		try {
			if (lost > 0) {
				logger.warn("Log messages were dropped because they could not be written in time: count={}", lost);
			}
			if (context != null) {
				MDC.setContextMap(context);
			}
			message.run();
		}
		catch (RuntimeException | Error ex) {
			// there is nowhere to report a failing appender
			this.dropped.incrementAndGet();
		}
		finally {
			MDC.clear();
		}
	}

	/**
	 * Return the number of messages dropped since the last one that was written.
	 * @return the number of messages
	 */
	public long dropped() {
		return this.dropped.get();
	}

	/**
	 * Reject further messages and wait until the queued ones are written.
	 * @param bound the maximum time to wait
	 */
	public void close(Duration bound) {
		ThreadPoolExecutor executor = this.thread;
		if (executor != null) {
			executor.shutdown();
			UninterruptibleWait.of(bound, (nanos) -> executor.awaitTermination(nanos, TimeUnit.NANOSECONDS));
		}
	}

}
