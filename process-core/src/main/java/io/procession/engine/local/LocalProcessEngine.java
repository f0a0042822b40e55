package io.procession.engine.local;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.BackgroundLog;
import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.isolation.ControlGroup;
import io.procession.isolation.IsolationSupport;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * {@link ProcessEngine} for real processes. All features are available on Linux. On other
 * systems, a process tree contains only the processes whose parents are known to
 * {@link ProcessHandle}, and there is no guard. <i>Thread-safe.</i>
 */
public final class LocalProcessEngine implements ProcessEngine {

	private static final Duration DEFAULT_GRACE = Duration.ofSeconds(2);

	private static final Duration DEFAULT_LOST_AFTER = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(LocalProcessEngine.class);

	private final BackgroundLog log = new BackgroundLog(LocalProcessEngine::newLogThread);

	private final Marker marker;

	private final SystemProcesses system;

	private final @Nullable Guard guard;

	private final Isolator isolator;

	private final Spawner spawner = new JdkSpawner();

	private final Duration leftoverGrace;

	private final Duration lostAfter;

	/** Control groups of processes that have exited and left descendants behind. */
	private final Set<ControlGroup> leftGroups = ConcurrentHashMap.newKeySet();

	/**
	 * Control groups of detached processes. No callback is registered for the exit of
	 * these processes: the JDK would keep it, and thereby the application, in memory as
	 * long as they are alive.
	 */
	private final Map<ControlGroup, SpawnedProcess> detachedGroups = new ConcurrentHashMap<>();

	/**
	 * Guards {@link #swept} and is held during the sweep, for which the first start
	 * waits.
	 */
	private final Object sweepLock = new Object();

	private volatile boolean swept;

	private volatile boolean closed;

	/**
	 * Processes alive at the last heartbeat or started since, as reported to the guard.
	 */
	private final Set<LocalProcess> living = ConcurrentHashMap.newKeySet();

	/**
	 * Create an engine without starting any process.
	 * @param guard whether a guard process, started with the first child process, ends
	 * the remaining processes if the JVM is killed
	 * @param application the name of the application, the same after a restart; without a
	 * guard, processes left behind by a dead JVM of that name are ended before the first
	 * start
	 */
	public LocalProcessEngine(boolean guard, @Nullable String application) {
		this(guard, application, null, DEFAULT_GRACE, DEFAULT_LOST_AFTER);
	}

	/**
	 * Create an engine with the given directory for limits of process trees and the given
	 * bounds, without starting any process.
	 * @param guard whether a guard process ends the remaining processes if the JVM is
	 * killed
	 * @param application the name of the application, the same after a restart
	 * @param controlGroup a control group directory (version 2), or {@code null} for the
	 * parent of that of the JVM
	 * @param leftoverGrace the time between TERM and KILL for processes left behind by a
	 * dead JVM; 2 s by default
	 * @param lostAfter the time after KILL at which such a process is abandoned, and the
	 * maximum time to send a signal and, on close, for the guard to exit and for pending
	 * log messages to be written; 5 s by default
	 */
	public LocalProcessEngine(boolean guard, @Nullable String application, @Nullable Path controlGroup,
			Duration leftoverGrace, Duration lostAfter) {
		this.system = new SystemProcesses(lostAfter);
		this.isolator = new Isolator(controlGroup);
		this.marker = Marker.create(application);
		this.guard = guard ? new Guard(this.marker, this.log, lostAfter) : null;
		this.leftoverGrace = leftoverGrace;
		this.lostAfter = lostAfter;
		this.swept = application == null;
	}

	// without the class loader of the application that happens to write first
	private static Thread newLogThread(Runnable task) {
		Thread thread = new Thread(null, task, "procession-engine-log", 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(LocalProcessEngine.class.getClassLoader());
		return thread;
	}

	@Override
	public EngineProcess start(Launch launch) {
		PreparedLaunch prepared = prepare(launch);
		prepared.check(launch.terminal() != null);
		try {
			prepare();
			return enter(prepared.start(this.spawner), launch, prepared.isolation());
		}
		catch (OutOfMemoryError ex) {
			killUnknown(List.of(launch));
			leaveGroup(prepared);
			throw noThread(launch, ex);
		}
	}

	/**
	 * Kill processes left behind by a failed start: those that the JDK started without
	 * having a thread to wait for them, and their descendants.
	 */
	private void killUnknown(List<Launch> launches) {
		try {
			this.system.scan();
			launches.forEach((launch) -> LocalTree.of(this.system, this.marker, null, launch.executionId(), null)
				.signal(Signal.KILL));
		}
		catch (RuntimeException | Error ex) {
			// the caller needs to see the failed start; the guard ends remaining
			// processes
			this.log.write(() -> logger.warn("Failed to search for processes left behind by a failed start", ex));
		}
	}

	private static ProcessStartException noThread(Launch launch, OutOfMemoryError ex) {
		return new ProcessStartException(launch.spec(), ProcessStartException.Reason.NO_RESOURCES,
				"the JVM cannot create a thread to wait for it (" + ex.getMessage()
						+ "): raise the limit on processes, ulimit -u or pids.max, or the memory of the JVM",
				null);
	}

	@Override
	public void check(List<Launch> launches) {
		launches.forEach((launch) -> prepare(launch).check(true));
	}

	private PreparedLaunch prepare(Launch launch) {
		return new PreparedLaunch(launch, this.marker, this.isolator);
	}

	private LocalProcess enter(SpawnedProcess process, Launch launch, AppliedIsolation isolation) {
		LocalProcess entered = new LocalProcess(process, launch.executionId(), this.system, this.marker, isolation);
		ControlGroup group = isolation.group();
		if (group != null && launch.detached()) {
			this.detachedGroups.put(group, process);
		}
		else if (group != null) {
			process.onExit(() -> leave(group));
		}
		if (this.guard != null && !launch.detached()) {
			this.living.add(entered);
		}
		return entered;
	}

	private void leave(ControlGroup group) {
		if (!group.remove()) {
			this.leftGroups.add(group);
		}
	}

	private void leaveGroup(PreparedLaunch failed) {
		ControlGroup group = failed.isolation().group();
		if (group != null) {
			leave(group);
		}
	}

	private void removeEmptyGroups() {
		this.leftGroups.removeIf(ControlGroup::remove);
		this.detachedGroups.entrySet().removeIf((entry) -> !entry.getValue().isAlive() && entry.getKey().remove());
	}

	@Override
	public List<EngineProcess> startPipeline(List<Launch> launches) {
		List<PreparedLaunch> prepared = launches.stream().map(this::prepare).toList();
		// check all of them first: the JDK leaks a descriptor if a later one fails
		prepared.forEach((launch) -> launch.check(true));
		try {
			prepare();
			List<SpawnedProcess> processes = PreparedLaunch.startPipeline(prepared, this.spawner);
			List<EngineProcess> started = new ArrayList<>();
			for (int i = 0; i < processes.size(); i++) {
				started.add(enter(processes.get(i), launches.get(i), prepared.get(i).isolation()));
			}
			return started;
		}
		catch (ProcessStartException ex) {
			// the JDK has killed the child processes, but not their descendants
			killUnknown(launches);
			throw ex;
		}
		catch (OutOfMemoryError ex) {
			killUnknown(launches);
			prepared.forEach(this::leaveGroup);
			throw noThread(launches.get(0), ex);
		}
	}

	/**
	 * Prepare for the first process: start the guard, or perform the sweep if there is
	 * none.
	 */
	private void prepare() {
		this.system.prepare();
		if (this.guard != null) {
			this.guard.ensureRunning();
		}
		if (!this.swept && (this.guard == null || this.guard.whyNot().isPresent())) {
			sweep();
		}
	}

	private void sweep() {
		synchronized (this.sweepLock) {
			if (this.swept) {
				return;
			}
			try {
				this.system.scan();
				LocalTree orphans = LocalTree.ofOrphans(this.system, this.marker);
				List<Long> found = orphans.alive();
				this.swept = found.isEmpty() || endFound(orphans, found);
			}
			catch (UncheckedIOException | IllegalStateException ex) {
				// the next start tries again, and this start does not fail because of it
				this.log.write(() -> logger.warn("Failed to search for processes left behind by an earlier JVM", ex));
			}
		}
	}

	private boolean endFound(LocalTree orphans, List<Long> found) {
		try {
			if (end(orphans)) {
				this.log.write(() -> logger
					.warn("Stopped processes left behind by an earlier JVM of this application: pids={}", found));
			}
			return true;
		}
		catch (UncheckedIOException | IllegalStateException ex) {
			this.log
				.write(() -> logger.warn("Failed to stop processes left behind by an earlier JVM: pids={}", found, ex));
			return false;
		}
	}

	/**
	 * Stop orphans.
	 * @return whether they are gone or have been sent KILL; {@code false} if they are
	 * still alive after KILL
	 */
	private boolean end(LocalTree orphans) {
		long began = System.nanoTime();
		while (!orphans.alive().isEmpty()) {
			Duration age = Duration.ofNanos(System.nanoTime() - began);
			if (age.compareTo(this.leftoverGrace) < 0) {
				orphans.signal(Signal.TERM);
			}
			else if (age.minus(this.leftoverGrace).compareTo(this.lostAfter) < 0) {
				orphans.signal(Signal.KILL);
			}
			else {
				List<Long> left = orphans.alive();
				this.log
					.write(() -> logger.warn("Processes left behind by an earlier JVM are still alive after SIGKILL;"
							+ " giving up: pids={}", left));
				return false;
			}
			try {
				Thread.sleep(20);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				orphans.signal(Signal.KILL);
				return true;
			}
			this.system.scan();
		}
		return true;
	}

	@Override
	public void scan() {
		if (!this.system.scan()) {
			throw new IllegalStateException("Failed to scan the processes of this machine in time: it is overloaded,"
					+ " or the data of many processes cannot be read");
		}
	}

	@Override
	public void heartbeat() {
		removeEmptyGroups();
		if (this.guard == null || this.living.isEmpty()) {
			return;
		}
		this.guard.ensureRunning();
		StringBuilder text = new StringBuilder();
		for (LocalProcess process : this.living) {
			ProcStat identity = process.identity();
			if (!process.isAlive()) {
				this.living.remove(process);
			}
			else if (identity != null) {
				text.append(identity.pid()).append(':').append(identity.startTicks()).append(' ');
			}
		}
		this.guard.remember(text.toString());
	}

	@Override
	public ProcessTree leftovers() {
		return leftovers(this.system);
	}

	private LocalTree leftovers(SystemProcesses view) {
		return LocalTree.ofMarked(view, this.marker, List.copyOf(this.leftGroups));
	}

	@Override
	public IsolationSupport isolation() {
		return this.isolator.support();
	}

	@Override
	public boolean supportsPty() {
		try {
			return !SystemProcesses.WINDOWS && TerminalLibrary.isLoaded();
		}
		catch (LinkageError | RuntimeException ex) {
			// pty4j is missing, or cannot unpack its library
			return false;
		}
	}

	@Override
	public List<String> limitations() {
		List<String> limitations = new ArrayList<>(this.system.limitations());
		if (this.guard == null) {
			limitations.add("The guard process is disabled: processes are left running if the JVM is killed");
		}
		else {
			this.guard.whyNot().ifPresent(limitations::add);
		}
		this.isolator.signals().limitation().ifPresent(limitations::add);
		return limitations;
	}

	@Override
	public void close() {
		boolean gone = isEverythingGone();
		this.closed = true;
		this.system.close();
		this.leftGroups.forEach(ControlGroup::kill);
		removeEmptyGroups();
		if (this.guard != null && gone) {
			this.guard.close();
		}
		this.log.close(this.lostAfter);
	}

	// otherwise the guard is kept until the JVM exits, and then ends the remaining
	// processes
	private boolean isEverythingGone() {
		if (this.guard == null || !this.guard.isStarted()) {
			return true;
		}
		if (this.living.stream().anyMatch(LocalProcess::isAlive)) {
			return false;
		}
		if (!this.closed) {
			return isNothingLeft(this.system);
		}
		// something was left at the first close
		try (SystemProcesses view = new SystemProcesses(this.lostAfter)) {
			return isNothingLeft(view);
		}
	}

	private boolean isNothingLeft(SystemProcesses view) {
		try {
			return view.scan() && leftovers(view).alive().isEmpty();
		}
		catch (UncheckedIOException | IllegalStateException ex) {
			return false;
		}
	}

}
