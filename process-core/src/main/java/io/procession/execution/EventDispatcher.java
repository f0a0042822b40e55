package io.procession.execution;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.BackgroundLog;
import io.procession.concurrent.Nanos;
import io.procession.concurrent.SerialExecutor;
import io.procession.concurrent.TimeSource;
import io.procession.concurrent.WorkerThreads;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessionEvent;

/**
 * Delivers events to the listeners, in order and on a dedicated thread. The thread is
 * started as soon as there is a listener and a process is started, because an event must
 * not fail if the JVM cannot start another thread. Lifecycle events are never dropped.
 * <i>Thread-safe.</i>
 */
final class EventDispatcher {

	/** Duration of a listener call after which a warning is logged. */
	static final Duration SLOW = Duration.ofSeconds(5);

	/** Number of waiting events at which a warning is logged. */
	static final int BACKLOG = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(EventDispatcher.class);

	private final List<ProcessListener> listeners = new CopyOnWriteArrayList<>();

	private final TimeSource time;

	private final BackgroundLog log;

	private final ScheduledExecutorService scheduler;

	private final long slow;

	private final ThreadPoolExecutor thread;

	/** The thread above, or the executor of a manually advanced clock. */
	private final Executor executor;

	private final CompletableFuture<Void> lastPublished = new CompletableFuture<>();

	private volatile boolean needed;

	/** Whether there are observers, which need the thread even without a listener. */
	private volatile boolean observed;

	private volatile @Nullable Call present;

	/** Whether the backlog has been reported since the queue was empty. */
	private final AtomicBoolean backlogReported = new AtomicBoolean();

	/** Whether the current call, or the next one, is going to be checked. */
	private final AtomicBoolean watched = new AtomicBoolean();

	/**
	 * Create a dispatcher without listeners.
	 * @param threads creates its thread
	 * @param log writes its messages
	 * @param time the clocks
	 * @param scheduler checks for slow listeners
	 * @param slow the duration of a listener call after which a warning is logged
	 */
	EventDispatcher(WorkerThreads threads, BackgroundLog log, TimeSource time, ScheduledExecutorService scheduler,
			Duration slow) {
		this.time = time;
		this.log = log;
		this.scheduler = scheduler;
		this.slow = Nanos.of(slow);
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
	 * Remove a listener; one that was added several times is removed once. It is not
	 * called for published events that have not been delivered yet.
	 */
	void remove(ProcessListener listener) {
		this.listeners.remove(listener);
	}

	/**
	 * Start the thread if there is a listener, now or as soon as one is added: from now
	 * on there are events.
	 * @param own the listeners of the process to be started
	 * @throws OutOfMemoryError if the JVM cannot start the thread
	 */
	void ensureStarted(List<ProcessListener> own) {
		if (!this.needed) {
			this.needed = true;
			startThread();
		}
		if ((this.observed || !own.isEmpty()) && this.executor == this.thread) {
			this.thread.prestartCoreThread();
		}
	}

	/** Record that there are observers, which are called on the thread. */
	void observe() {
		this.observed = true;
	}

	private void startThread() {
		if (this.needed && !this.listeners.isEmpty() && this.executor == this.thread) {
			this.thread.prestartCoreThread();
		}
	}

	/**
	 * Return whether there is a listener now, either for all processes or in the given
	 * list.
	 */
	boolean hasListeners(List<ProcessListener> own) {
		return !this.listeners.isEmpty() || !own.isEmpty();
	}

	/** Return whether a listener has to be called before a stop. */
	boolean hasListenersBeforeStop(List<ProcessListener> own) {
		return own.stream().anyMatch(ProcessListener::isCalledBeforeStop)
				|| this.listeners.stream().anyMatch(ProcessListener::isCalledBeforeStop);
	}

	/**
	 * Deliver an event to the listeners that are registered at the time of delivery. If
	 * there are none now, the event is not created. Neither blocks nor fails, since the
	 * operation must not depend on its events.
	 * @param event creates the event
	 * @param own listeners of the process, called before those for all processes
	 */
	void publish(Supplier<? extends ProcessionEvent> event, List<ProcessListener> own) {
		if (!hasListeners(own)) {
			return;
		}
		try {
			ProcessionEvent made = event.get();
			this.executor.execute(() -> {
				own.forEach((listener) -> notify(listener, made));
				this.listeners.forEach((listener) -> notify(listener, made));
				if (this.thread.getQueue().isEmpty()) {
					this.backlogReported.set(false);
				}
			});
			reportBacklog();
		}
		catch (RejectedExecutionException ex) {
			this.log.write(() -> logger.debug("Process event dropped after close: {}", event.get()));
		}
		catch (RuntimeException | Error ex) {
			reportLost(ex);
		}
	}

	/**
	 * Execute calls of observers after the delivery of the events that have been
	 * published. Neither blocks nor fails.
	 */
	void execute(Runnable calls) {
		try {
			this.executor.execute(calls);
		}
		catch (RejectedExecutionException ex) {
			this.log.write(() -> logger.debug("Process observers are not called after close"));
		}
		catch (RuntimeException | Error ex) {
			reportLost(ex);
		}
	}

	private void reportBacklog() {
		if (this.thread.getQueue().size() >= BACKLOG && this.backlogReported.compareAndSet(false, true)) {
			this.log.write(() -> logger
				.warn("{} events are waiting to be delivered and occupy memory, since listeners are slower than events"
						+ " occur; move long work to another thread, with Spring by @Async", BACKLOG));
		}
	}

	private void reportLost(Throwable failure) {
		try {
			this.log.write(() -> logger.error("Failed to publish a process event", failure));
		}
		catch (RuntimeException | Error ex) {
			// no memory for the message either
			return;
		}
	}

	/**
	 * Call the current listeners before a start, on this thread; without any, the event
	 * is not created.
	 * @param event creates the event
	 * @param own listeners of the process, called before those for all processes
	 * @return the exception of the first listener that vetoes, or {@code null} if none
	 * does
	 */
	@Nullable RuntimeException ask(Supplier<ProcessStarting> event, List<ProcessListener> own) {
		if (!hasListeners(own)) {
			return null;
		}
		ProcessStarting made = event.get();
		try {
			own.forEach((listener) -> listener.beforeStart(made));
			this.listeners.forEach((listener) -> listener.beforeStart(made));
			return null;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	/** Call the listeners before a stop, on this thread. */
	void beforeStop(ProcessStopping event, List<ProcessListener> own) {
		own.forEach((listener) -> beforeStop(event, listener));
		this.listeners.forEach((listener) -> beforeStop(event, listener));
	}

	private void beforeStop(ProcessStopping event, ProcessListener listener) {
		call(event.getClass().getSimpleName(), event.name(), () -> listener.beforeStop(event));
	}

	private void notify(ProcessListener listener, ProcessionEvent event) {
		call(listener, event.getClass().getSimpleName(), event.name(), () -> deliver(listener, event));
	}

	/** Call a listener or an observer, on the event thread. */
	void call(Object listener, String event, String name, Runnable call) {
		this.present = new Call(listener, event, name, this.time.nanoTime(), Thread.currentThread());
		watch(this.slow);
		call(event, name, call);
		this.present = null;
	}

	private static void deliver(ProcessListener listener, ProcessionEvent event) {
		if (event instanceof ProcessEvent processEvent) {
			listener.onEvent(processEvent);
		}
		else {
			listener.onFeatureEvent(event);
		}
	}

	// a manually advanced clock does not advance while a listener is executing
	private void watch(long nanos) {
		if (this.executor != this.thread || !this.watched.compareAndSet(false, true)) {
			return;
		}
		try {
			this.scheduler.schedule(this::checkForSlow, nanos, TimeUnit.NANOSECONDS);
		}
		catch (RuntimeException | Error ex) {
			// closed, or no memory is left: the next call is watched
			this.watched.set(false);
		}
	}

	private void checkForSlow() {
		this.watched.set(false);
		Call call = this.present;
		if (call == null) {
			return;
		}
		long left = this.slow - (this.time.nanoTime() - call.since);
		if (left > 0) {
			watch(left);
		}
		else {
			// subsequent calls are watched when they begin
			this.log.write(() -> logSlow(call));
		}
	}

	private void logSlow(Call call) {
		Throwable where = new Throwable("Current stack trace of the listener");
		where.setStackTrace(call.thread.getStackTrace());
		if (this.present == call) {
			logger.warn(
					"Process listener has been running for more than {} and delays the events of all processes;"
							+ " move long work to another thread, with Spring by @Async: listener={} event={} name={}",
					Duration.ofNanos(this.slow), call.listener.getClass().getName(), call.event, call.name, where);
		}
	}

	private void call(String event, String name, Runnable listener) {
		try {
			listener.run();
		}
		catch (Throwable ex) {
			logFailure(event, name, ex);
		}
	}

	// neither blocks nor fails, so that the other listeners are called
	private void logFailure(String event, String name, Throwable failure) {
		this.log.write(() -> logger.warn("Process listener failed: name={} event={}", name, event, failure));
	}

	/** Reject further events; published events are still delivered. */
	void close() {
		if (this.executor != this.thread && (this.observed || !this.listeners.isEmpty())) {
			this.executor.execute(() -> this.lastPublished.complete(null));
		}
		else {
			this.lastPublished.complete(null);
		}
		this.thread.shutdown();
	}

	/** Wait for the last event to be delivered. */
	boolean awaitEnd(long nanos) throws InterruptedException {
		return this.time.await(this.lastPublished, nanos) && this.thread.awaitTermination(nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * A listener call in progress.
	 *
	 * @param listener the listener or observer
	 * @param event the kind of the event
	 * @param name the name of the process
	 * @param since the time at which the call began
	 * @param thread the calling thread
	 */
	private record Call(Object listener, String event, String name, long since, Thread thread) {

	}

}
