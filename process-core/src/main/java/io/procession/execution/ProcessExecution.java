package io.procession.execution;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.execution.output.InputFeeder;
import io.procession.execution.output.OutputListener;
import io.procession.execution.output.OutputRecorder;
import io.procession.execution.output.OutputWatch;
import io.procession.execution.output.StandardInput;
import io.procession.process.CapturedOutput;
import io.procession.process.ExitCause;
import io.procession.process.OutputType;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.process.Terminal;

/**
 * A single execution of a process, from its start to its result.
 *
 * <p>
 * It ends once, in {@link #finish()}: when the exit is known, no stop is in progress, and
 * its streams have ended or the time to wait for them has elapsed. Each party that
 * notices a change (the waiting caller, a pump, the sweep, the stopper) reports it and
 * calls {@link #finishIfOver()}.
 */
final class ProcessExecution implements OutputRecorder.Owner {

	private final ExecutionContext context;

	private final ExecutionPlan plan;

	private final EngineProcess process;

	private final Consumer<ProcessExecution> unregister;

	private final Instant startedAt;

	private final long startedNanos;

	private final ExecutionEvents events;

	private final Deadline deadline;

	private final OutputRecorder output;

	private final OutputRecorder error;

	/** Held while listeners are called. */
	private final ReentrantLock listenerLock = new ReentrantLock();

	private final AtomicLong arrived = new AtomicLong();

	private final @Nullable StandardInput stdin;

	private final @Nullable SilenceWatch silence;

	/**
	 * Whether the output limit was exceeded; the process may have ended before it could
	 * be stopped for that.
	 */
	private volatile boolean overLimit;

	/** An order to stop it that could not be executed for lack of memory. */
	private volatile @Nullable StopOrder pendingOrder;

	/** Cached, since both are needed for each chunk that is passed to listeners. */
	private volatile @Nullable String name;

	private volatile @Nullable String pid;

	/** Number of threads that wait for lines. */
	private volatile int watchers;

	/** Number of threads that wait for the exit and will report it. */
	private volatile int waiting;

	/** Guards everything below. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable Integer exitCode;

	private final Drain drain;

	private Stopper.@Nullable Stop stop;

	private @Nullable BeforeStop beforeStop;

	private @Nullable ExitCause stopCause;

	private boolean stopEnded;

	private boolean shuttingDown;

	private boolean finishing;

	private volatile @Nullable ExecutionOutcome outcome;

	private final List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();

	private @Nullable Future<?> drainTask;

	private @Nullable InputFeeder feeder;

	private final AtomicBoolean linesTaken = new AtomicBoolean();

	/** Whether a thread waits for the next line. */
	private final AtomicBoolean watchTaken = new AtomicBoolean();

	/**
	 * Watch that continues after the last match; used only by the thread that has taken
	 * it.
	 */
	private @Nullable OutputWatch nextWatch;

	ProcessExecution(ExecutionContext context, ExecutionPlan plan, EngineProcess process,
			Consumer<ProcessExecution> unregister) {
		this.context = context;
		this.plan = plan;
		this.process = process;
		this.unregister = unregister;
		this.startedAt = context.time().now();
		this.startedNanos = context.time().nanoTime();
		this.events = new ExecutionEvents(context, this);
		this.deadline = new Deadline(context,
				(plan.sharedDeadline() != null) ? plan.sharedDeadline().since() : this.startedNanos, plan.timeout());
		this.waiting = plan.attended() ? 1 : 0;
		this.output = new OutputRecorder(OutputType.OUTPUT, plan.output(), this.listenerLock, this, context.log());
		this.error = new OutputRecorder(OutputType.ERROR, plan.error(), this.listenerLock, this, context.log());
		this.drain = new Drain(context, plan.drain(), this.output, this.error);
		this.silence = (plan.idleTimeout() != null)
				? new SilenceWatch(context, plan.idleTimeout(), this::isListenerAtWork, this::silentTooLong) : null;
		this.stdin = plan.liveInput() ? new StandardInput(process.input(), plan.output().charset()) : null;
	}

	// --- start

	/**
	 * Begin to read output, to feed input and to measure time. The process is already
	 * registered.
	 */
	void begin() {
		this.output.begin();
		this.error.begin();
		// streams first: otherwise a wait for a process whose pipe is full would block
		boolean reads = this.plan.output().piped() || this.plan.error().piped();
		this.process.connect(this.plan.output().piped() ? this.output : null,
				this.plan.error().piped() ? this.error : null, this.context.streams());
		if (this.plan.keepsTimeout()) {
			this.deadline.watch(this::timeUp);
		}
		if (this.silence != null) {
			this.silence.begin();
		}
		feed();
		if (!reads && !spec().detached()) {
			// a detached process may outlive the application and must not keep it in
			// memory: a sweep notices its exit
			this.process.onExit(this::lookForExit);
		}
	}

	/**
	 * Abandon the output, since there is no thread to read it. The process is being
	 * killed.
	 */
	void failToRead() {
		this.output.abandon();
		this.error.abandon();
		shutDown(Duration.ZERO);
	}

	private void feed() {
		if (this.plan.inputBytes() != null) {
			this.feeder = InputFeeder.feed(this.plan.inputBytes(), this.process.input(), this.context.streams(),
					this.context.log(), name());
		}
		else if (this.plan.pending().inputStream() != null) {
			this.feeder = InputFeeder.feed(this.plan.pending().inputStream(), this.process.input(),
					this.context.streams(), this.context.log(), name());
		}
		else if (this.stdin == null) {
			closeQuietly();
		}
	}

	private void closeQuietly() {
		try {
			this.process.input().close();
		}
		catch (IOException ex) {
			// the process has already closed it
			return;
		}
	}

	// --- properties

	String id() {
		return this.plan.id();
	}

	ProcessSpec spec() {
		return this.plan.pending().toSpec();
	}

	EngineProcess process() {
		return this.process;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	ExecutionPlan plan() {
		return this.plan;
	}

	ExecutionContext context() {
		return this.context;
	}

	ExecutionEvents events() {
		return this.events;
	}

	int permits() {
		return this.plan.permits();
	}

	OutputRecorder recorder(OutputType type) {
		return (type == OutputType.OUTPUT) ? this.output : this.error;
	}

	boolean isRunning() {
		lookForExit();
		this.lock.lock();
		try {
			return this.exitCode == null && this.outcome == null;
		}
		finally {
			this.lock.unlock();
		}
	}

	StandardInput stdin() {
		if (this.stdin == null) {
			throw new IllegalStateException("The standard input of '" + name()
					+ "' cannot be written to: its input was provided in advance or closed at the start");
		}
		return this.stdin;
	}

	// --- reports of the pumps

	@Override
	public String name() {
		String known = this.name;
		if (known == null) {
			known = spec().displayName();
			this.name = known;
		}
		return known;
	}

	@Override
	public String pid() {
		String known = this.pid;
		if (known == null) {
			known = Long.toString(this.process.pid());
			this.pid = known;
		}
		return known;
	}

	@Override
	public long nanoTime() {
		return this.context.time().nanoTime();
	}

	@Override
	public int arrived(int count) {
		if (this.silence != null) {
			this.silence.heard();
		}
		Long limit = this.plan.outputLimit();
		if (limit == null) {
			return count;
		}
		long before = this.arrived.getAndAdd(count);
		if (before + count > limit) {
			if (!this.overLimit) {
				this.overLimit = true;
				end(this.plan.toLimit());
			}
		}
		return (int) Math.max(0, Math.min(count, limit - before));
	}

	@Override
	public void outOfMemory() {
		this.overLimit = true;
		end(this.plan.toLimit());
	}

	@Override
	public List<OutputListener> listenersOfAll() {
		if (this.context.outputListeners().isEmpty()) {
			return List.of();
		}
		RunningProcess process = new RunningProcess(this);
		return this.context.outputListeners()
			.stream()
			.<OutputListener>map((listener) -> (type, chunk) -> listener.onOutput(process, type, chunk))
			.toList();
	}

	@Override
	public void delivered() {
		if (this.silence != null) {
			this.silence.heard();
		}
	}

	@Override
	public void captured() {
		if (this.watchers > 0) {
			signalChange();
		}
	}

	@Override
	public void streamEnded() {
		if (this.output.isEnded() && this.error.isEnded()) {
			if (this.waiting == 0) {
				awaitExitAfterEnd();
			}
			finishIfOver();
		}
		if (this.watchers > 0) {
			signalChange();
		}
	}

	private void awaitExitAfterEnd() {
		try {
			if (this.process.waitFor(Drain.EXIT_AFTER_END)) {
				lookForExit();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void signalChange() {
		this.lock.lock();
		try {
			this.context.time().signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
	}

	// --- timeouts

	private void timeUp() {
		end(this.plan.toTimeOut());
	}

	private void silentTooLong() {
		end(this.plan.toIdleTimeOut());
	}

	private boolean isListenerAtWork() {
		return this.output.isListenerAtWork() || this.error.isListenerAtWork();
	}

	// --- exit

	/** Check whether the process has exited; never blocks. */
	void lookForExit() {
		OptionalInt code = this.process.exitCode();
		if (code.isPresent()) {
			exited(code.getAsInt());
			finishIfOver();
		}
	}

	private void exited(int code) {
		boolean stopping;
		BeforeStop before;
		this.lock.lock();
		try {
			if (this.exitCode != null) {
				return;
			}
			before = this.beforeStop;
			this.exitCode = code;
			this.drain.begin(nanoTime());
			stopping = this.stop != null && !this.stopEnded;
			this.context.time().signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
		this.deadline.cancel();
		if (this.silence != null) {
			this.silence.end();
		}
		if (before != null) {
			before.end();
		}
		if (stopping) {
			this.context.stopper().wake();
		}
	}

	private static void cancel(@Nullable Future<?> task) {
		if (task != null) {
			task.cancel(false);
		}
	}

	private void finishIfOver() {
		this.lock.lock();
		try {
			if (this.finishing || !isOver()) {
				return;
			}
			this.finishing = true;
		}
		finally {
			this.lock.unlock();
		}
		try {
			finish();
		}
		catch (RuntimeException | Error ex) {
			finishAgain();
			throw ex;
		}
	}

	// retried if there was no memory for the outcome
	private void finishAgain() {
		this.lock.lock();
		try {
			this.finishing = this.outcome != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isOver() {
		boolean stopping = this.stop != null && !this.stopEnded;
		boolean lost = this.stopEnded && Objects.requireNonNull(this.stop).isLost();
		if (stopping || (this.exitCode == null && !lost)) {
			return false;
		}
		if (this.output.isEnded() && this.error.isEnded()) {
			return true;
		}
		long remaining = drainRemaining();
		if (remaining <= 0) {
			return true;
		}
		if (this.drainTask == null && this.waiting == 0) {
			this.drainTask = this.context.schedule(remaining, () -> this.context.executeOwn(this::drainOver));
		}
		return false;
	}

	// the lock is held, and the process has exited or was abandoned
	private long drainRemaining() {
		long now = nanoTime();
		return this.drain.remaining(now, this.deadline.remaining(now));
	}

	private void drainOver() {
		this.lock.lock();
		try {
			this.drainTask = null;
		}
		finally {
			this.lock.unlock();
		}
		finishIfOver();
	}

	// waiting threads are notified, even if events and messages fail
	private void finish() {
		cancel(this.drainTask);
		this.deadline.cancel();
		if (this.silence != null) {
			this.silence.end();
		}
		boolean ended = this.output.isEnded() && this.error.isEnded();
		boolean complete = ended && !this.output.isBroken() && !this.error.isBroken();
		boolean atWork = isListenerAtWork();
		this.output.close();
		this.error.close();
		if (this.feeder != null) {
			this.feeder.stop();
		}
		ExecutionOutcome made = outcomeAtAnyRate(complete);
		try {
			this.unregister.accept(this);
			this.events.ended(made.result(),
					ended ? null : atWork
							? "its remaining output is not delivered to a listener, stage or reader that is still busy"
							: "a process that it left behind holds its output open");
		}
		finally {
			complete(made);
		}
	}

	private void complete(ExecutionOutcome made) {
		this.lock.lock();
		try {
			this.outcome = made;
			this.context.time().signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
		// no more futures are added
		for (CompletableFuture<ProcessResult> future : this.futures) {
			complete(future, made.result());
		}
		this.futures.clear();
	}

	// caller code may depend on futures: never execute it here, possibly on a pump
	private void complete(CompletableFuture<ProcessResult> future, ProcessResult result) {
		try {
			this.context.execute(() -> future.complete(result));
		}
		catch (RuntimeException | Error ex) {
			future.complete(result);
		}
	}

	// waiting threads get an outcome, even if there is no memory left for the output
	private ExecutionOutcome outcomeAtAnyRate(boolean complete) {
		try {
			return outcome(this.output.captured(), this.error.captured(), complete);
		}
		catch (RuntimeException | Error ex) {
			this.events.outputLost(ex);
			return outcome(CapturedOutput.empty(), CapturedOutput.empty(), false);
		}
	}

	private ExecutionOutcome outcome(CapturedOutput out, CapturedOutput err, boolean complete) {
		ExitCause cause = (this.stopCause == null && this.overLimit) ? ExitCause.OUTPUT_LIMIT : this.stopCause;
		Duration duration = Duration.ofNanos(nanoTime() - this.startedNanos);
		String lost = (this.output.lost() != null) ? this.output.lost() : this.error.lost();
		return new ExecutionOutcome(this.context, this.plan, this.process,
				new ExecutionOutcome.Ending(this.exitCode, cause, this.startedAt, duration, lost), out, err, complete);
	}

	void resize(int columns, int rows) {
		Terminal.Pseudo size = new Terminal.Pseudo(columns, rows);
		if (!(spec().terminal() instanceof Terminal.Pseudo)) {
			throw new IllegalStateException("'" + name() + "' has no pseudoterminal: start it with pty(...)");
		}
		this.process.resize(size);
	}

	// --- stopping

	boolean trySignal(Signal signal) {
		return isRunning() && this.process.signal(signal);
	}

	void signal(Signal signal) {
		if (!trySignal(signal)) {
			throw new IllegalStateException(
					describe() + " has ended: signal " + signal + " can no longer be delivered");
		}
		if (!this.process.maySignal()) {
			throw new IllegalStateException(
					describe() + " runs as another user, and this JVM is not permitted to signal it"
							+ " (kill(2): EPERM): signal " + signal + " was not delivered");
		}
	}

	/**
	 * Begin a requested stop with the stop signal of the process, and with its grace
	 * period if none is given.
	 */
	void beginStop(@Nullable Duration grace) {
		beginStop(grace, this.plan.stopSignal());
	}

	/** Begin a requested stop. */
	void beginStop(@Nullable Duration grace, Signal signal) {
		ProcessSpec.checkStopSignal(signal);
		if (grace != null && grace.isNegative()) {
			throw new IllegalArgumentException("The grace period must not be negative: " + grace);
		}
		checkCanStop();
		end(this.plan.toStop(grace, signal));
	}

	/** Begin a requested kill. */
	void beginKill() {
		checkCanStop();
		end(this.plan.toKill());
	}

	/**
	 * Begin to stop the process, or accelerate the stop that is in progress; does not
	 * wait.
	 * @return whether its end is outstanding; {@code false} if it had already ended
	 */
	boolean end(StopOrder order) {
		try {
			return requestStop(order);
		}
		catch (RuntimeException | Error ex) {
			// the sweep retries it
			this.pendingOrder = order;
			throw ex;
		}
	}

	/** Retry a stop that failed or was missed. */
	void enforce() {
		StopOrder order = this.pendingOrder;
		if (order != null) {
			this.pendingOrder = null;
			end(order);
		}
		else if (this.overLimit && !isStopRequested()) {
			end(this.plan.toLimit());
		}
		else if (this.plan.keepsTimeout() && !isStopRequested() && this.deadline.isExceeded(nanoTime())) {
			timeUp();
		}
		else if (this.silence != null) {
			this.silence.lookIfLost();
		}
	}

	/** Return whether it is running, or its tree is being stopped. */
	boolean isEndable() {
		boolean running = isRunning();
		this.lock.lock();
		try {
			return running || (this.stop != null && !this.stopEnded);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public @Nullable String whyCutShort() {
		if (isStopRequested()) {
			return "the process was stopped; waitFor() returns or throws the cause";
		}
		return this.overLimit ? "it exceeded the output limit" : null;
	}

	/** Return whether a stop was begun before its end. */
	boolean isStopRequested() {
		this.lock.lock();
		try {
			return this.stop != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Create a stop of the remaining descendants of this process, which has ended or was
	 * abandoned.
	 * @param ended executed when they are gone, in a round of the stopper
	 */
	Stopper.Stop stopOfLeftBehind(StopOrder order, Runnable ended) {
		return this.context.stopper()
			.prepare("left behind by name=" + name() + " pid=" + this.process.pid(), this.process.tree(),
					() -> this.process.exitCode().isPresent(), order.signal(), order.grace(), ended);
	}

	/** Return whether it is certain that neither the process nor a descendant exists. */
	boolean isSurelyGone() {
		return this.process.exitCode().isPresent() && !this.process.mayLeaveBehind();
	}

	private String describe() {
		return "Command '" + spec().command().summary() + "'";
	}

	// only a detached process outlives its manager
	private void checkCanStop() {
		if (this.context.closed().get() && this.process.exitCode().isEmpty()) {
			throw new IllegalStateException(
					describe() + " can no longer be stopped because its ProcessManager is closed:"
							+ " use ProcessHandle.of(" + this.process.pid() + ")");
		}
	}

	/** Begin to stop the process because the manager is closing; does not wait. */
	void shutDown(Duration grace) {
		this.lock.lock();
		try {
			if (!this.shuttingDown) {
				this.shuttingDown = true;
				this.drain.beginAnew(nanoTime());
			}
		}
		finally {
			this.lock.unlock();
		}
		end(new StopOrder(ExitCause.SHUTDOWN, this.plan.stopSignal(), grace));
	}

	/** Begin a stop, or accelerate the one that is in progress. */
	private boolean requestStop(StopOrder order) {
		Stopper.Stop begun = null;
		BeforeStop before = null;
		boolean callsListeners = order.callsListeners() && this.events.isHeardBeforeStop();
		boolean toEnd;
		this.lock.lock();
		try {
			if (this.exitCode == null) {
				// the exit may not have been noticed yet
				this.process.exitCode().ifPresent(this::exited);
			}
			if (this.stop != null) {
				this.stop.shorten(order.grace());
				if (order.cause() == ExitCause.KILLED && this.stopCause == ExitCause.STOPPED) {
					this.stopCause = order.cause();
					this.events.stopKills();
				}
				// a further request waits for the same listeners, any other stop does not
				before = order.callsListeners() ? null : this.beforeStop;
			}
			else if (this.exitCode == null && !this.finishing) {
				begun = this.context.stopper()
					.prepare("name=" + name() + " pid=" + this.process.pid(), this.process.tree(),
							() -> this.process.exitCode().isPresent(), order.signal(), order.grace(), this::stopEnded);
				before = callsListeners ? beforeStop(begun, order) : null;
				this.events.stopBegins(order.cause(), order.grace().isZero() ? Signal.KILL : order.signal());
				this.stop = begun;
				this.stopCause = order.cause();
				this.beforeStop = before;
			}
			toEnd = this.stop != null && !this.stopEnded;
		}
		finally {
			this.lock.unlock();
		}
		if (begun == null) {
			if (before != null) {
				before.end();
			}
			finishIfOver();
			return toEnd;
		}
		if (before != null) {
			before.begin();
		}
		else {
			begin(begun);
		}
		return true;
	}

	private BeforeStop beforeStop(Stopper.Stop begun, StopOrder order) {
		return new BeforeStop(this.context, () -> this.events.beforeStop(order.signal()), () -> {
			try {
				begin(begun);
			}
			catch (RuntimeException | Error ex) {
				// the sweep retries it
				this.pendingOrder = order.withoutDelay();
			}
		}, this.events::beforeStopTookTooLong);
	}

	private void begin(Stopper.Stop begun) {
		beginOrForget(begun);
		if (this.silence != null) {
			// from now on the grace period of the stop applies
			this.silence.end();
		}
		this.events.stopBegun();
	}

	private void beginOrForget(Stopper.Stop begun) {
		try {
			this.context.stopper().begin(begun);
		}
		catch (RuntimeException | Error ex) {
			// the stop would never be executed: allow it to be retried
			this.lock.lock();
			try {
				this.stop = null;
				this.stopCause = null;
				this.beforeStop = null;
				this.events.stopFailed();
			}
			finally {
				this.lock.unlock();
			}
			throw ex;
		}
	}

	// called in a round of the stopper
	private void stopEnded() {
		this.process.exitCode().ifPresent(this::exited);
		this.lock.lock();
		try {
			this.stopEnded = true;
			this.drain.beginAnew(nanoTime());
			this.context.time().signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
		finishIfOver();
	}

	// --- waits

	/** Wait until no stop is in progress. The duration of a stop is bounded. */
	void awaitStopped() throws InterruptedException {
		this.lock.lock();
		try {
			if (this.beforeStop != null && this.beforeStop.isCalling()) {
				throw new IllegalStateException("A beforeStop listener of '" + name()
						+ "' cannot wait for the stop, which waits for the listener: use stopAsync()");
			}
			while (this.stop != null && !this.stopEnded && this.outcome == null) {
				awaitChange(ExecutionWait.SLICE);
				if (this.context.closed().get()) {
					// the stop does not continue, as for a detached process
					checkCanStop();
					return;
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		this.context.time().settle();
	}

	/**
	 * Wait for the outcome.
	 * @param until the time at which to return, by the monotonic clock
	 * @param enforceDeadline whether this thread enforces the deadline
	 * @return whether there is an outcome
	 */
	boolean awaitOutcome(long until, boolean enforceDeadline) throws InterruptedException {
		boolean enforce = enforceDeadline;
		enter(1);
		try {
			while (this.outcome == null) {
				long now = nanoTime();
				long remaining = (until == Long.MAX_VALUE) ? Long.MAX_VALUE : until - now;
				if (remaining <= 0) {
					return false;
				}
				if (enforce && this.deadline.isExceeded(now)) {
					enforce = false;
					timeUp();
				}
				long slice = Math.min(ExecutionWait.SLICE, remaining);
				awaitSomething(enforce ? Math.min(slice, this.deadline.remaining(now)) : slice);
			}
			return true;
		}
		finally {
			enter(-1);
			// from now on the sweep and the pumps notice the end
			finishIfOver();
			this.context.time().settle();
		}
	}

	/** End the wait of the caller of {@code run()}. */
	void unattended() {
		enter(-1);
	}

	private void enter(int count) {
		this.lock.lock();
		try {
			this.waiting += count;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void awaitSomething(long nanos) throws InterruptedException {
		if (isExitUnknown()) {
			if (this.process.waitFor(Duration.ofNanos(Math.max(0, nanos)))) {
				lookForExit();
			}
			// it may have been abandoned in the meantime
			finishIfOver();
			return;
		}
		this.lock.lock();
		try {
			if (this.outcome == null && !this.finishing) {
				boolean draining = this.stop == null || this.stopEnded;
				long drain = draining ? Math.max(0, drainRemaining()) : Long.MAX_VALUE;
				awaitChange(Math.min(nanos, drain));
			}
			else if (this.outcome == null) {
				awaitChange(nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
		finishIfOver();
	}

	private boolean isExitUnknown() {
		this.lock.lock();
		try {
			return this.exitCode == null && this.outcome == null && !this.finishing;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Create a watch that tests the output from its beginning. */
	OutputWatch newWatch() {
		return new OutputWatch(this.output, this.error, this.plan.output().maxLineLength());
	}

	/**
	 * Take the watch that continues after its last match.
	 * @throws IllegalStateException if another thread has taken it
	 */
	OutputWatch takeWatch() {
		if (!this.watchTaken.compareAndSet(false, true)) {
			throw new IllegalStateException("Another thread is waiting for the next line of '" + name()
					+ "': only one thread can continue after the last match; use waitUntil(...) instead");
		}
		OutputWatch watch = this.nextWatch;
		if (watch == null) {
			watch = newWatch();
			this.nextWatch = watch;
		}
		return watch;
	}

	void giveBackWatch() {
		this.watchTaken.set(false);
	}

	/**
	 * Change the number of threads that wait for lines, which are notified of captured
	 * output.
	 */
	void watch(int count) {
		this.lock.lock();
		try {
			this.watchers += count;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Wait for output that the watch has not tested, or for the outcome. */
	void awaitOutput(OutputWatch watch, long nanos) throws InterruptedException {
		this.lock.lock();
		try {
			if (this.outcome == null && !watch.isBehind()) {
				awaitChange(nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// the lock is held
	private void awaitChange(long nanos) throws InterruptedException {
		this.context.time().await(this.lock, this.changed, nanos);
	}

	/** Return whether the current thread is executing a listener of this process. */
	boolean isToldByThisThread() {
		return this.listenerLock.isHeldByCurrentThread();
	}

	// --- outcome

	/** Return the outcome, or {@code null} if the process has not ended. */
	@Nullable ExecutionOutcome outcome() {
		return this.outcome;
	}

	/** Return the result, which must be known. */
	ProcessResult result() {
		return Objects.requireNonNull(this.outcome).result();
	}

	/** Throw the exception that {@code run()} throws instead of returning the result. */
	void throwIfCutShort() {
		RuntimeException failure = Objects.requireNonNull(this.outcome).failure();
		if (failure != null) {
			throw failure;
		}
	}

	ProcessResult resultOrThrow() {
		throwIfCutShort();
		return result();
	}

	/** Throw an exception as soon as a timeout has caused a stop. */
	void ensureNotTimedOut() {
		ExecutionOutcome known;
		ExitCause cause;
		this.lock.lock();
		try {
			known = this.outcome;
			cause = this.stopCause;
		}
		finally {
			this.lock.unlock();
		}
		if (known != null) {
			if (known.failure() instanceof ProcessTimedOutException timedOut) {
				throw timedOut;
			}
		}
		else if (cause == ExitCause.TIMED_OUT) {
			throw new ProcessTimedOutException(Objects.requireNonNull(this.plan.timeout()), this.plan.timeoutRemedy(),
					spec().command());
		}
		else if (cause == ExitCause.IDLE_TIMED_OUT) {
			throw new ProcessIdleTimedOutException(Objects.requireNonNull(this.plan.idleTimeout()),
					this.plan.idleRemedy(), spec().command());
		}
	}

	// --- output

	/** Return whether this is the first call, so that the caller may read the lines. */
	boolean takeLines() {
		return this.linesTaken.compareAndSet(false, true);
	}

	/**
	 * Wait until the complete output of a process that has ended is captured, at most for
	 * the drain. Does nothing while the process is running, or if called by one of its
	 * listeners, for which the end of the output waits.
	 */
	void awaitCapture(OutputRecorder recorder) {
		if (recorder.isEnded() || !recorder.isCapturing() || isToldByThisThread() || isRunning()) {
			return;
		}
		try {
			awaitOutcome(drainEnd(), false);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private long drainEnd() {
		this.lock.lock();
		try {
			return this.drain.end();
		}
		finally {
			this.lock.unlock();
		}
	}

	CompletableFuture<ProcessResult> onExit() {
		CompletableFuture<ProcessResult> future = this.context.time().newFuture();
		this.lock.lock();
		try {
			if (this.outcome == null) {
				this.futures.add(future);
				return future;
			}
		}
		finally {
			this.lock.unlock();
		}
		future.complete(result());
		return future;
	}

	/**
	 * Return a future as {@link #onExit()} does, but which fails if {@code run()} would
	 * throw.
	 */
	CompletableFuture<ProcessResult> onEnd() {
		return onExit().thenApply((made) -> resultOrThrow());
	}

}
