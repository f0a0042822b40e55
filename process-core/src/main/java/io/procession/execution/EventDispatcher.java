package io.procession.execution;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.engine.TimeSource;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;

/**
 * Brings events to the listeners, in order and on a thread of their own. That exists once
 * there is a listener and something is started: an event must not fail because the JVM
 * can start no further thread. Lifecycle events are never dropped. <i>Thread-safe.</i>
 */
final class EventDispatcher {

	private static final Logger logger = LoggerFactory.getLogger(EventDispatcher.class);

	private final List<ProcessListener> listeners = new CopyOnWriteArrayList<>();

	private final TimeSource time;

	private final BackgroundLog log;

	private final ThreadPoolExecutor thread;

	/** The thread above, or the executor of a clock that is moved by hand. */
	private final Executor executor;

	private final CompletableFuture<Void> lastTold = new CompletableFuture<>();

	private volatile boolean needed;

	EventDispatcher(WorkerThreads threads, BackgroundLog log, TimeSource time) {
		this.time = time;
		this.log = log;
		this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
				threads.factory("procession-events"));
		Executor given = time.executor();
		this.executor = (given != null) ? new SerialExecutor(given) : this.thread;
	}

	void add(ProcessListener listener) {
		this.listeners.add(listener);
		startThread();
	}

	/**
	 * Starts the thread if there is a listener, now or as soon as there is one: from now
	 * on there are events.
	 * @throws OutOfMemoryError if the JVM cannot start it
	 */
	void ensureStarted() {
		if (!this.needed) {
			this.needed = true;
			startThread();
		}
	}

	private void startThread() {
		if (this.needed && !this.listeners.isEmpty() && this.executor == this.thread) {
			this.thread.prestartCoreThread();
		}
	}

	/**
	 * Tells the listeners there are now; without any, the event is not even made. Neither
	 * blocks nor fails: what is done must not depend on what is told of it.
	 */
	void publish(Supplier<ProcessEvent> event) {
		if (this.listeners.isEmpty()) {
			return;
		}
		try {
			ProcessEvent made = event.get();
			this.executor.execute(() -> this.listeners.forEach((listener) -> tell(listener, made)));
		}
		catch (RejectedExecutionException ex) {
			this.log.write(() -> logger.debug("Event after close: {}", event.get()));
		}
		catch (RuntimeException | Error ex) {
			tellLost(ex);
		}
	}

	private void tellLost(Throwable failure) {
		try {
			this.log.write(() -> logger.error("An event could not be published", failure));
		}
		catch (RuntimeException | Error ex) {
			// no memory for the message either
			return;
		}
	}

	/**
	 * Asks the listeners there are now, on this thread; without any, the event is not
	 * even made.
	 * @return what the first one threw that vetoes, or {@code null} if none does
	 */
	@Nullable RuntimeException ask(Supplier<ProcessStarting> event) {
		if (this.listeners.isEmpty()) {
			return null;
		}
		ProcessStarting made = event.get();
		try {
			this.listeners.forEach((listener) -> listener.beforeStart(made));
			return null;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	private void tell(ProcessListener listener, ProcessEvent event) {
		try {
			listener.onEvent(event);
		}
		catch (Throwable ex) {
			logFailure(event, ex);
		}
	}

	// the thread tells the other listeners, even if the log fails
	private void logFailure(ProcessEvent event, Throwable failure) {
		try {
			logger.warn("Process listener failed: name={} event={}", event.name(), event.getClass().getSimpleName(),
					failure);
		}
		catch (RuntimeException | Error ex) {
			return;
		}
	}

	/** Takes no more events; what was published is still told. */
	void close() {
		if (this.executor != this.thread && !this.listeners.isEmpty()) {
			this.executor.execute(() -> this.lastTold.complete(null));
		}
		else {
			this.lastTold.complete(null);
		}
		this.thread.shutdown();
	}

	/** Waits for the last event to be told. */
	boolean awaitEnd(long nanos) throws InterruptedException {
		return this.time.await(this.lastTold, nanos) && this.thread.awaitTermination(nanos, TimeUnit.NANOSECONDS);
	}

}
