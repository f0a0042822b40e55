package io.procession.execution;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.ConcurrencyLimit;
import io.procession.concurrent.FailureStreak;
import io.procession.concurrent.Nanos;
import io.procession.engine.EngineProcess;
import io.procession.engine.ProcessEngine;
import io.procession.event.ProcessStartFailed;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * Registry of running processes. Each process that was started is registered before
 * anything else is done with it. It is removed when it ends, and releases its permits.
 * While there are entries, a sweep polls them at regular intervals. <i>Thread-safe.</i>
 */
final class ExecutionRegistry {

	private static final Logger logger = LoggerFactory.getLogger(ExecutionRegistry.class);

	private final ExecutionContext context;

	private final ConcurrencyLimit limit;

	private final ProcessEngine engine;

	private final String idPrefix = UUID.randomUUID().toString().substring(0, 8);

	private final AtomicLong sequence = new AtomicLong();

	/** By number: oldest first. */
	private final Map<Long, ProcessExecution> entries = new ConcurrentSkipListMap<>();

	/** Guards the field below. */
	private final Object lock = new Object();

	private @Nullable Future<?> sweeps;

	private final AtomicBoolean sweeping = new AtomicBoolean();

	private final AtomicBoolean beating = new AtomicBoolean();

	private final FailureStreak polls;

	private final FailureStreak heartbeats;

	private final Runnable sweep = this::sweep;

	ExecutionRegistry(ExecutionContext context, ConcurrencyLimit limit, ProcessEngine engine) {
		this.context = context;
		this.limit = limit;
		this.engine = engine;
		this.polls = new FailureStreak(context.log(), logger, "Check for the end of a process");
		this.heartbeats = new FailureStreak(context.log(), logger, "Engine heartbeat");
	}

	/** Return a number that has not been used. */
	long nextNumber() {
		return this.sequence.incrementAndGet();
	}

	String id(long number) {
		return this.idPrefix + "-" + number;
	}

	Collection<ProcessExecution> entries() {
		return this.entries.values();
	}

	/**
	 * Register a process that was started, or kill it if there is no memory for that. The
	 * next step is {@link #begin}.
	 */
	ProcessExecution enter(long number, ExecutionPlan plan, EngineProcess process) {
		try {
			ProcessExecution execution = new ProcessExecution(this.context, plan, process,
					(ended) -> leave(number, ended));
			this.entries.put(number, execution);
			return execution;
		}
		catch (RuntimeException | Error ex) {
			process.signal(Signal.KILL);
			throw ex;
		}
	}

	private void leave(long number, ProcessExecution execution) {
		this.entries.remove(number);
		this.limit.release(execution.permits());
	}

	void begin(ProcessExecution execution) {
		try {
			execution.begin();
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			execution.events().startFailed();
			// no thread for its pumps: a process whose output is not read must not be
			// left behind
			try {
				execution.process().signal(Signal.KILL);
			}
			finally {
				execution.failToRead();
			}
			throw new ProcessStartException(execution.spec(), ProcessStartException.Reason.NO_RESOURCES,
					"its output cannot be read (" + ex + ")", ex);
		}
		// neither blocks nor fails
		execution.events().started();
		if (this.engine.missesExits()) {
			ensureSwept();
		}
	}

	/**
	 * Publish that a process could not be started.
	 * @param planner the planner of the process, which knows its secrets
	 */
	void startFailed(String id, ExecutionPlanner planner, ProcessStartException ex) {
		String name = planner.spec().displayName();
		if (logger.isDebugEnabled()) {
			this.context.log()
				.write(() -> logger.debug("Process could not be started: name={} reason={}", name, ex.reason()));
		}
		this.context.events()
			.publish(
					() -> new ProcessStartFailed(id, name, this.context.time().now(), planner.origin(),
							ex.command().toString(), ex.reason(), String.valueOf(ex.getMessage())),
					planner.listeners());
		this.context.observers().startFailed(id, planner, ex);
	}

	// an exit that no pump notices (closed streams, or streams held open by a survivor)
	// is noticed here
	private void ensureSwept() {
		synchronized (this.lock) {
			if (this.sweeps == null) {
				long interval = Nanos.of(this.context.settings().sweepInterval());
				// one timer for all sweeps: there may be no memory for the next one
				this.sweeps = this.context.scheduler()
					.scheduleWithFixedDelay(this::handOverSweep, interval, interval, TimeUnit.NANOSECONDS);
			}
		}
	}

	// on the scheduler, which does not repeat a task that throws
	private void handOverSweep() {
		try {
			if (endSweeps() || !this.sweeping.compareAndSet(false, true)) {
				return;
			}
			this.context.executeOwn(this.sweep);
		}
		catch (RuntimeException | Error ex) {
			// the next sweep is executed
			this.sweeping.set(false);
			this.polls.failed(ex);
		}
	}

	private boolean endSweeps() {
		synchronized (this.lock) {
			boolean over = this.entries.isEmpty() || this.context.lifecycle().isStopped();
			if (over && this.sweeps != null) {
				this.sweeps.cancel(false);
				this.sweeps = null;
			}
			return over;
		}
	}

	private void sweep() {
		try {
			pollAll();
			this.context.stopper().wake();
			beat();
		}
		finally {
			this.sweeping.set(false);
		}
	}

	// a process that fails must not prevent the check of the others
	private void pollAll() {
		Throwable failure = null;
		for (ProcessExecution execution : this.entries.values()) {
			try {
				execution.checkExit();
				execution.enforce();
			}
			catch (RuntimeException | Error ex) {
				failure = ex;
			}
		}
		if (failure != null) {
			this.polls.failed(failure);
		}
		else {
			this.polls.succeeded();
		}
	}

	// the engine may be slow and must not delay the next sweep or another task
	private void beat() {
		if (!this.beating.compareAndSet(false, true)) {
			return;
		}
		try {
			this.context.pool().execute(this::beatNow);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// no thread is available for it now
			this.beating.set(false);
		}
	}

	private void beatNow() {
		try {
			this.engine.heartbeat();
			this.heartbeats.succeeded();
		}
		catch (RuntimeException | Error ex) {
			this.heartbeats.failed(ex);
		}
		finally {
			this.beating.set(false);
		}
	}

}
