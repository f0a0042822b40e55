package io.procession.execution;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.engine.EngineProcess;
import io.procession.engine.ProcessEngine;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarted;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * The books of what runs: everything that was started is entered here before anything
 * else happens to it, and leaves when it ends, giving its permits back. While there are
 * entries a sweep looks at them now and then. <i>Thread-safe.</i>
 */
final class RunBooks {

	private static final Logger logger = LoggerFactory.getLogger(RunBooks.class);

	private final RunContext context;

	private final ConcurrencyLimit limit;

	private final ProcessEngine engine;

	private final String idPrefix = UUID.randomUUID().toString().substring(0, 8);

	private final AtomicLong sequence = new AtomicLong();

	/** By their number: oldest first. */
	private final Map<Long, ProcessRun> entries = new ConcurrentSkipListMap<>();

	private final AtomicBoolean sweeping = new AtomicBoolean();

	private final AtomicBoolean beating = new AtomicBoolean();

	RunBooks(RunContext context, ConcurrencyLimit limit, ProcessEngine engine) {
		this.context = context;
		this.limit = limit;
		this.engine = engine;
	}

	/** A number that no run had before. */
	long nextNumber() {
		return this.sequence.incrementAndGet();
	}

	String id(long number) {
		return this.idPrefix + "-" + number;
	}

	Collection<ProcessRun> entries() {
		return this.entries.values();
	}

	/** Enters a process that was started; what happens next is {@link #begin}. */
	ProcessRun enter(long number, RunPlan plan, EngineProcess process) {
		ProcessRun run = new ProcessRun(this.context, plan, process, (ended) -> leave(number, ended));
		this.entries.put(number, run);
		return run;
	}

	private void leave(long number, ProcessRun run) {
		this.entries.remove(number);
		this.limit.release(run.permits());
	}

	void begin(ProcessRun run) {
		if (logger.isDebugEnabled()) {
			logger.debug("Process started: name={} pid={} id={}", run.name(), run.process().pid(), run.id());
		}
		this.context.events()
			.publish(() -> new ProcessStarted(run.id(), run.name(), run.startedAt(), run.process().pid(),
					run.spec().command().toString()));
		try {
			run.begin();
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			// no thread for its pumps: it must not stay behind unread
			run.process().signal(Signal.KILL);
			run.failToRead();
			throw new ProcessStartException(run.spec(), ProcessStartException.Reason.NO_RESOURCES,
					"its output cannot be read (" + ex + ")", ex);
		}
		if (this.engine.missesExits() && this.sweeping.compareAndSet(false, true)) {
			scheduleSweep();
		}
	}

	void startFailed(String id, PendingProcess pending, ProcessStartException ex) {
		String name = shownName(pending, ex);
		logger.debug("Process could not be started: name={} reason={}", name, ex.reason());
		this.context.events()
			.publish(() -> new ProcessStartFailed(id, name, this.context.time().now(), ex.command().toString(),
					ex.reason().name(), String.valueOf(ex.getMessage())));
	}

	/** Its name, now that it is known what is a secret in it. */
	static String shownName(PendingProcess pending, ProcessStartException ex) {
		return pending.redactedBy(ex.command().redactor()).toSpec().displayName();
	}

	// an exit that no pump sees (closed streams, a survivor that holds them) is seen here
	private void scheduleSweep() {
		this.context.schedule(this.context.settings().sweepInterval(), () -> this.context.execute(this::sweep));
	}

	private void sweep() {
		try {
			this.entries.values().forEach(RunBooks::lookAt);
			beat();
		}
		finally {
			boolean over = this.context.closed().get() || (this.entries.isEmpty() && endSweep());
			if (!over) {
				scheduleSweep();
			}
		}
	}

	// the engine may be slow: the next look must not wait for it
	private void beat() {
		if (this.beating.compareAndSet(false, true)) {
			this.context.execute(() -> {
				try {
					this.engine.heartbeat();
				}
				catch (RuntimeException ex) {
					logger.debug("Heartbeat of the engine failed", ex);
				}
				finally {
					this.beating.set(false);
				}
			});
		}
	}

	// one that fails must not keep the others from being seen
	private static void lookAt(ProcessRun run) {
		try {
			run.lookForExit();
		}
		catch (RuntimeException | Error ex) {
			logger.error("The end of a process could not be told: name={}", run.name(), ex);
		}
	}

	// a start between the look and the end would go unswept: look again
	private boolean endSweep() {
		this.sweeping.set(false);
		return this.entries.isEmpty() || !this.sweeping.compareAndSet(false, true);
	}

}
