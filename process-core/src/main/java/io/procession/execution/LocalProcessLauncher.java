package io.procession.execution;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.BackgroundLog;
import io.procession.concurrent.ConcurrencyLimit;
import io.procession.concurrent.FallbackExecutor;
import io.procession.concurrent.ManagerLifecycle;
import io.procession.concurrent.ManagerThreads;
import io.procession.concurrent.Nanos;
import io.procession.concurrent.TimeSource;
import io.procession.concurrent.UninterruptibleWait;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessionEvent;
import io.procession.execution.AsyncLaunches.Launched;
import io.procession.execution.output.BoundedPipe;
import io.procession.isolation.IsolationSupport;
import io.procession.process.Command;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessRejectedException.Reason;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.SecretResolver;
import io.procession.process.Signal;
import io.procession.process.TerminalSupport;
import io.procession.security.SecurityPolicy;

/**
 * Launches processes on an engine and manages what is running: permits, spawns in flight,
 * events, shutdown. The default manager extends it; applications use the manager.
 * <i>Thread-safe.</i>
 */
public class LocalProcessLauncher implements ProcessLauncher, AutoCloseable {

	/**
	 * Number of concurrent spawns, in addition to one per processor, with the highest
	 * measured throughput.
	 */
	private static final int EXTRA_SPAWNS = 1;

	private static final Logger logger = LoggerFactory.getLogger(LocalProcessLauncher.class);

	private final ProcessSettings settings;

	private final ProcessEngine engine;

	private final ExecutionContext context;

	private final ManagerThreads threads;

	private final ConcurrencyLimit limit;

	private final int maxSpawns = Runtime.getRuntime().availableProcessors() + EXTRA_SPAWNS;

	private final Semaphore spawns = new Semaphore(this.maxSpawns);

	private final AsyncLaunches asyncLaunches;

	private final ExecutionRegistry registry;

	/** Actions that publish the last events of features. */
	private final Set<Supplier<CompletableFuture<?>>> lastEvents = ConcurrentHashMap.newKeySet();

	private final ShellSyntaxWarnings shellSyntaxWarnings = new ShellSyntaxWarnings();

	private final AtomicBoolean engineClosed = new AtomicBoolean();

	/**
	 * Create a launcher. Applications build a {@code ProcessManager} instead.
	 * @param settings the defaults and limits
	 * @param engine the engine that starts processes; closed with this launcher
	 * @param time the clocks
	 * @param executor executor that reads and writes process streams, or {@code null} for
	 * that of the time source or of the launcher
	 * @param secretResolver resolves references to secrets
	 * @param security the policy on what may be started and what is redacted
	 * @param observers the observers of all executions
	 */
	public LocalProcessLauncher(ProcessSettings settings, ProcessEngine engine, TimeSource time,
			@Nullable Executor executor, SecretResolver secretResolver, SecurityPolicy security,
			List<ExecutionObserver> observers) {
		this.settings = settings;
		this.engine = engine;
		this.limit = new ConcurrencyLimit(settings.maxConcurrent(), time);
		this.threads = new ManagerThreads(time);
		BackgroundLog log = new BackgroundLog(this.threads.workers(), time);
		Executor pool = this.threads.pool();
		Executor streams = (executor != null) ? new FallbackExecutor(executor, pool, log) : pool;
		EventDispatcher events = new EventDispatcher(this.threads.workers(), log, time, this.threads.scheduler(),
				EventDispatcher.SLOW);
		Stopper stopper = new Stopper(engine, time, this.threads.scheduler(), this.threads.stopper(), log,
				settings.lostAfter());
		this.context = new ExecutionContext(settings, time, this.threads.scheduler(), streams, pool,
				this.threads::execute, this.threads::executeOwn, stopper, log, events,
				new ExecutionObservers(observers, events, log), new CopyOnWriteArrayList<>(),
				new LaunchAuthorizer(security, secretResolver, events, time), new ManagerLifecycle(log));
		this.asyncLaunches = new AsyncLaunches(this.context, this.limit);
		this.registry = new ExecutionRegistry(this.context, this.limit, engine);
	}

	@Override
	public PendingProcess pending(ProcessSpec spec) {
		PendingProcess pending = PendingProcess.of(this, spec).redactedBy(this.context.authorizer().redactor());
		this.shellSyntaxWarnings.warn(pending.command());
		return pending;
	}

	@Override
	public ProcessResult run(PendingProcess pending) {
		acquire(pending.command(), permits(pending));
		ProcessExecution execution = launch(ExecutionPlanner.ofRun(this.settings, pending), permits(pending));
		return execution.waits().attend();
	}

	private void acquire(Command command, int permits) {
		checkOpen(command);
		checkPossible(command, permits);
		try {
			if (permits == 0 || this.limit.acquire(permits, this.settings.acquireTimeout())) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ProcessInterruptedException(command, "it was not started", null, ex);
		}
		checkOpen(command);
		throw new ProcessRejectedException(command, Reason.FULL,
				this.limit.limit() + " processes are running, the maximum of this manager, and too few ended within "
						+ this.settings.acquireTimeout() + ": raise max-concurrent or acquire-timeout");
	}

	private void tryAcquire(Command command, int permits) {
		checkOpen(command);
		checkPossible(command, permits);
		if (permits > 0 && !this.limit.tryAcquire(permits)) {
			throw new ProcessRejectedException(command, Reason.FULL,
					this.limit.limit() + " processes are running, the maximum of this manager, and start() does not"
							+ " wait: use runAsync() or run(), or raise max-concurrent");
		}
	}

	private void checkPossible(Command command, int permits) {
		if (permits > this.limit.limit()) {
			throw new ProcessRejectedException(command, Reason.FULL, "it needs " + permits
					+ " processes at once, but this manager allows " + this.limit.limit() + ": raise max-concurrent");
		}
	}

	private static int permits(PendingProcess pending) {
		return pending.toSpec().detached() ? 0 : 1;
	}

	@Override
	public RunningProcess start(PendingProcess pending) {
		tryAcquire(pending.command(), permits(pending));
		ExecutionPlanner planner = pending.toSpec().output().pull()
				? ExecutionPlanner.ofPull(this.settings, pending, new BoundedPipe(this.context.time()))
				: started(pending);
		return handOver(launch(planner, permits(pending)));
	}

	private RunningProcess handOver(ProcessExecution execution) {
		this.context.time().settle();
		return new RunningProcess(execution);
	}

	@Override
	public RunningProcess startUncounted(PendingProcess pending) {
		checkOpen(pending.command());
		return handOver(launch(started(pending), 0));
	}

	@Override
	public CompletableFuture<ProcessResult> runAsync(PendingProcess pending) {
		int permits = permits(pending);
		CompletableFuture<ProcessResult> result = whenPermitted(pending.command(), permits,
				() -> launched(launch(ExecutionPlanner.ofRunAsync(this.settings, pending), permits)));
		this.context.time().settle();
		return result;
	}

	@Override
	public CompletableFuture<RunningProcess> startAsync(PendingProcess pending, @Nullable Duration timeout, long since,
			Runnable permitted) {
		int permits = permits(pending);
		return whenPermitted(pending.command(), permits,
				() -> started(launch(member(pending, timeout, since), permits)), permitted, false);
	}

	// the pool stops it
	private static Launched<RunningProcess> started(ProcessExecution execution) {
		return new Launched<>(CompletableFuture.completedFuture(new RunningProcess(execution)), () -> {
		});
	}

	private ExecutionPlanner member(PendingProcess pending, @Nullable Duration timeout, long since) {
		return ExecutionPlanner.ofMember(this.settings, pending,
				(timeout != null) ? SharedDeadline.ofPool(timeout, since, this.context.time().nanoTime()) : null);
	}

	private ExecutionPlanner started(PendingProcess pending) {
		return ExecutionPlanner.ofStart(this.settings, pending);
	}

	@Override
	public Optional<Path> executable(PendingProcess pending) {
		return ExecutionPlanner.ofStart(this.settings, pending).executable(this.context.authorizer());
	}

	@Override
	public ProcessSettings settings() {
		return this.settings;
	}

	@Override
	public TimeSource timeSource() {
		return this.context.time();
	}

	@Override
	public Future<?> schedule(Duration delay, Runnable task) {
		return this.context.schedule(delay, () -> this.context.execute(task));
	}

	@Override
	public Runnable onClose(Runnable action) {
		return this.context.onClose(action);
	}

	@Override
	public Runnable onLastEvents(Supplier<CompletableFuture<?>> action) {
		this.lastEvents.add(action);
		return () -> this.lastEvents.remove(action);
	}

	@Override
	public void publish(ProcessionEvent event) {
		this.context.events().publish(() -> event, List.of());
	}

	// as run() does when its thread is interrupted
	private static Launched<ProcessResult> launched(ProcessExecution execution) {
		return new Launched<>(execution.onEnd(), () -> execution.stop().execute(execution.plan().toAbort()));
	}

	private static Launched<PipelineResult> launched(PipelineExecution execution) {
		return new Launched<>(execution.onEnd(), execution::abort);
	}

	private <T> CompletableFuture<T> whenPermitted(Command command, int permits, Supplier<Launched<T>> launch) {
		return whenPermitted(command, permits, launch, () -> {
		}, true);
	}

	private <T> CompletableFuture<T> whenPermitted(Command command, int permits, Supplier<Launched<T>> launch,
			Runnable permitted, boolean stoppable) {
		try {
			checkOpen(command);
			checkPossible(command, permits);
		}
		catch (ProcessRejectedException ex) {
			CompletableFuture<T> rejected = this.context.time().newFuture();
			rejected.completeExceptionally(ex);
			return rejected;
		}
		return this.asyncLaunches.whenPermitted(permits, launch, permitted, stoppable, () -> closedException(command));
	}

	private void checkOpen(Command command) {
		if (this.context.lifecycle().isClosing()) {
			throw closedException(command);
		}
	}

	private static ProcessRejectedException closedException(Command command) {
		return new ProcessRejectedException(command, Reason.CLOSED,
				"its ProcessManager is closed and no longer starts processes");
	}

	// all processes are launched here; the permit is held
	private ProcessExecution launch(ExecutionPlanner planner, int permits) {
		long number = this.registry.nextNumber();
		String id = this.registry.id(number);
		boolean entered = false;
		try {
			// steps that may take long come before the spawn permit
			Launch launch = planner.launch(id, this.context);
			ExecutionPlan plan = planner.plan(launch, permits);
			this.spawns.acquireUninterruptibly();
			try {
				checkOpen(planner.spec().command());
				ensureThreads(planner.spec(), planner.listeners());
				ProcessExecution execution = this.registry.enter(number, plan, this.engine.start(launch));
				entered = true;
				this.registry.begin(execution);
				return execution;
			}
			finally {
				endSpawn();
			}
		}
		catch (ProcessStartException ex) {
			this.registry.startFailed(id, planner, ex);
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			this.context.observers().notStarted(planner, ex);
			throw ex;
		}
		finally {
			if (!entered) {
				planner.closeFiles();
				this.limit.release(permits);
			}
		}
	}

	// later actions must not depend on a thread that can no longer be started then
	private void ensureThreads(ProcessSpec spec, List<ProcessListener> listeners) {
		try {
			this.threads.ensureStarted();
			this.context.events().ensureStarted(listeners);
		}
		catch (OutOfMemoryError ex) {
			throw new ProcessStartException(spec, ProcessStartException.Reason.NO_RESOURCES,
					"the JVM cannot start the threads that enforce its timeout and stop it (" + ex.getMessage()
							+ "): raise the limit on processes, ulimit -u or pids.max",
					null);
		}
	}

	@Override
	public PipelineResult run(Pipeline pipeline) {
		PipelineLaunch launch = new PipelineLaunch(pipeline, this.settings.timeout(), this.context.time());
		acquire(launch.command(), launch.permits());
		return launch(launch, ExecutionPlanner.DefaultInput.EMPTY).attend();
	}

	@Override
	public RunningPipeline start(Pipeline pipeline) {
		PipelineLaunch launch = new PipelineLaunch(pipeline, this.settings.startTimeout(), this.context.time());
		tryAcquire(launch.command(), launch.permits());
		RunningPipeline running = new RunningPipeline(launch(launch, ExecutionPlanner.DefaultInput.OPEN));
		this.context.time().settle();
		return running;
	}

	@Override
	public CompletableFuture<PipelineResult> runAsync(Pipeline pipeline) {
		PipelineLaunch launch = new PipelineLaunch(pipeline, this.settings.timeout(), this.context.time());
		CompletableFuture<PipelineResult> result = whenPermitted(launch.command(), launch.permits(),
				() -> launched(launch(launch, ExecutionPlanner.DefaultInput.EMPTY)));
		this.context.time().settle();
		return result;
	}

	// the permits are held
	private PipelineExecution launch(PipelineLaunch launch, ExecutionPlanner.DefaultInput input) {
		try {
			ensureThreads(launch.first().toSpec(), launch.first().processListeners());
			launch.prepare(this.context, this.engine, this.registry, input);
			return begin(launch);
		}
		catch (RuntimeException | Error ex) {
			launch.notStarted(this.context, ex);
			launch.cleanUp(this.settings.lostAfter());
			throw ex;
		}
		finally {
			// registered processes release their permits when they end
			this.limit.release(launch.permits() - launch.entered());
		}
	}

	private PipelineExecution begin(PipelineLaunch launch) {
		this.spawns.acquireUninterruptibly();
		try {
			checkOpen(launch.command());
			return launch.start(this.context, this.engine, this.registry);
		}
		finally {
			endSpawn();
		}
	}

	private void endSpawn() {
		this.spawns.release();
		if (this.context.lifecycle().isStopped()) {
			closeEngineIfQuiet();
		}
	}

	// if close() timed out waiting for the starts in flight, the last of them closes the
	// engine
	private void closeEngineIfQuiet() {
		if (!this.spawns.tryAcquire(this.maxSpawns)) {
			return;
		}
		// nothing is started any more, but late starts need a permit to notice that
		this.spawns.release(this.maxSpawns);
		if (this.engineClosed.compareAndSet(false, true)) {
			attempt("engine", this.engine::close);
		}
	}

	/**
	 * Return the processes that have not ended.
	 * @return a snapshot, oldest first
	 */
	public List<RunningProcess> running() {
		return this.registry.entries().stream().map(RunningProcess::new).filter(RunningProcess::isRunning).toList();
	}

	/**
	 * Find a process by its process ID.
	 * @param pid the PID
	 * @return the process, or empty if no running process of this launcher has this PID
	 */
	public Optional<RunningProcess> find(long pid) {
		return running().stream().filter((process) -> process.pid() == pid).findFirst();
	}

	/**
	 * Add a listener for subsequent events.
	 * @param listener the listener, called on the event thread
	 */
	public void addListener(ProcessListener listener) {
		this.context.events().add(listener);
	}

	/**
	 * Remove a listener.
	 * @param listener the listener, which is not called for subsequent events
	 */
	public void removeListener(ProcessListener listener) {
		this.context.events().remove(listener);
	}

	/**
	 * Add a listener for the output of all processes.
	 * @param listener the listener, called with subsequent output
	 */
	public void addOutputListener(ProcessOutputListener listener) {
		this.context.outputListeners().add(Objects.requireNonNull(listener, "listener"));
	}

	/**
	 * Remove a listener for the output of all processes.
	 * @param listener the listener, which is not called with subsequent output
	 */
	public void removeOutputListener(ProcessOutputListener listener) {
		this.context.outputListeners().remove(listener);
	}

	/**
	 * Return the limitations of the current platform.
	 * @return one sentence for each limitation
	 */
	public List<String> limitations() {
		return this.engine.limitations();
	}

	/**
	 * Return which isolation options are supported.
	 * @return the supported options, and the reasons why others are not
	 */
	public IsolationSupport isolation() {
		return this.engine.isolation();
	}

	/**
	 * Return which kinds of terminals are supported.
	 * @return the current support
	 */
	public TerminalSupport terminals() {
		return new TerminalSupport(ExecutionPlanner.hasTerminal(), this.engine.supportsPty());
	}

	/**
	 * Stop all processes and release all resources; see {@code ProcessManager.close()}.
	 */
	@Override
	public void close() {
		if (this.context.lifecycle().beginClose()) {
			try {
				closeOnce();
			}
			finally {
				this.context.lifecycle().closed();
			}
		}
		else if (!this.threads.workers().isCurrent()) {
			this.context.lifecycle().awaitClosed();
		}
	}

	// each wait is bounded and is not ended by an interrupt: otherwise something would be
	// left behind
	private void closeOnce() {
		attempt("waiting launches", this.limit::close);
		attempt("starts in progress", this::awaitStarts);
		attempt("running processes", this::stopAll);
		attempt("processes left behind", this::stopLeftovers);
		attempt("waiting threads", this.context.lifecycle()::stopped);
		closeEngineIfQuiet();
		attempt("last events of features", this::awaitLastEvents);
		closeThreads();
	}

	// a step that fails must not prevent the subsequent ones
	private void attempt(String what, Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException | Error ex) {
			this.context.log().write(() -> logger.warn("Failed to close part of a process manager: {}", what, ex));
		}
	}

	private void awaitStarts() {
		// a spawn in progress has ended after this wait, or notices that the manager is
		// closing
		boolean quiet = UninterruptibleWait.of(this.settings.lostAfter(),
				(nanos) -> this.spawns.tryAcquire(this.maxSpawns, nanos, TimeUnit.NANOSECONDS));
		if (quiet) {
			this.spawns.release(this.maxSpawns);
		}
		else {
			this.context.log()
				.write(() -> logger.warn("A start is still in progress after {}; its process is left to the guard",
						this.settings.lostAfter()));
		}
	}

	private void stopAll() {
		List<ProcessExecution> executions = this.registry.entries()
			.stream()
			.filter((execution) -> !execution.spec().detached())
			.toList();
		// the sweep retries what fails
		executions.forEach((execution) -> attempt("stop of " + execution.name(),
				() -> execution.shutDown(this.settings.shutdownGrace())));
		awaitAll(executions);
	}

	// a stop ends by itself within this time, and then the output is drained
	private Duration bound(Duration grace) {
		return Duration
			.ofNanos(Nanos.of(grace) + 2 * Nanos.of(this.settings.lostAfter()) + Nanos.of(this.settings.drain()));
	}

	private void awaitAll(List<ProcessExecution> executions) {
		CompletableFuture<?>[] ends = executions.stream()
			.map(ProcessExecution::onExit)
			.toArray(CompletableFuture[]::new);
		await(CompletableFuture.allOf(ends), bound(this.settings.shutdownGrace()), () -> "processes: "
				+ executions.stream().filter(ProcessExecution::isEndable).map(ProcessExecution::pid).toList());
	}

	private void stopLeftovers() {
		if (!this.threads.isStarted()) {
			// nothing was started that could have been left behind
			return;
		}
		CompletableFuture<Void> gone = new CompletableFuture<>();
		Duration grace = this.settings.leftoverGrace();
		Stopper.Stop stop = this.context.stopper()
			.prepare("leftovers", this.engine.leftovers(), () -> true, Signal.TERM, grace, () -> gone.complete(null));
		this.context.stopper().begin(stop);
		await(gone, bound(grace), () -> "left behind: " + stop.whyNotOver());
	}

	private void await(CompletableFuture<Void> future, Duration bound, Supplier<String> what) {
		boolean ended = UninterruptibleWait.of(bound, (nanos) -> this.context.time().await(future, nanos));
		if (!ended) {
			String missing = what.get();
			this.context.log()
				.write(() -> logger.warn(
						"Not all processes are known to have ended within {} of the close; the rest is left to the guard: {}",
						bound, missing));
		}
	}

	private void awaitLastEvents() {
		CompletableFuture<?>[] published = this.lastEvents.stream()
			.map(Supplier::get)
			.toArray(CompletableFuture[]::new);
		CompletableFuture<Void> all = CompletableFuture.allOf(published);
		UninterruptibleWait.of(this.settings.lostAfter(), (nanos) -> this.context.time().await(all, nanos));
	}

	private void closeThreads() {
		attempt("event dispatcher", this.context.events()::close);
		this.threads.shutDown();
		if (this.threads.workers().isCurrent()) {
			// called by a listener: the current thread cannot wait for itself
			this.threads.workers().releaseContextClassLoader();
			this.context.log().close(Duration.ZERO);
			return;
		}
		Duration bound = this.settings.lostAfter();
		Duration drain = Drain.bound(this.settings.drain());
		UninterruptibleWait.of(bound, (nanos) -> this.context.events().awaitEnd(nanos));
		this.threads.awaitEnd(bound, drain);
		this.context.log().close(drain);
	}

}
