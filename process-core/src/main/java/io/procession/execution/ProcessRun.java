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
 * The life of one process, from its start to its result.
 *
 * <p>
 * It ends once, in {@link #finish()}: when the exit is known, no stop is in progress, and
 * its streams have ended or the time to wait for them is over. Whoever learns something
 * (the waiting caller, a pump, the sweep, the stopper) reports it and calls
 * {@link #finishIfOver()}.
 */
final class ProcessRun implements OutputRecorder.Owner {

	private final RunContext context;

	private final RunPlan plan;

	private final EngineProcess process;

	private final Consumer<ProcessRun> leaveBooks;

	private final Instant startedAt;

	private final long startedNanos;

	private final RunEvents events;

	private final Deadline deadline;

	private final OutputRecorder output;

	private final OutputRecorder error;

	/** Whose turn it is to call listeners. */
	private final ReentrantLock turn = new ReentrantLock();

	private final AtomicLong arrived = new AtomicLong();

	private final @Nullable StandardInput stdin;

	private final @Nullable SilenceWatch silence;

	/** It may have ended before it could be stopped for that. */
	private volatile boolean overLimit;

	/** A decision to end it that was not carried out, for lack of memory. */
	private volatile @Nullable StopOrder pendingOrder;

	/** Both are asked for with each chunk that listeners are told of. */
	private volatile @Nullable String name;

	private volatile @Nullable String pid;

	/** How many threads wait for lines. */
	private volatile int watchers;

	/** How many threads wait for the exit and will report it. */
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

	private volatile @Nullable RunOutcome outcome;

	private final List<CompletableFuture<ProcessResult>> futures = new ArrayList<>();

	private @Nullable Future<?> drainTask;

	private @Nullable InputFeeder feeder;

	private final AtomicBoolean linesTaken = new AtomicBoolean();

	/** Whether a thread waits for the next line. */
	private final AtomicBoolean watchTaken = new AtomicBoolean();

	/** Where the search for the next line goes on; only of the thread that has it. */
	private @Nullable OutputWatch nextWatch;

	ProcessRun(RunContext context, RunPlan plan, EngineProcess process, Consumer<ProcessRun> leaveBooks) {
		this.context = context;
		this.plan = plan;
		this.process = process;
		this.leaveBooks = leaveBooks;
		this.startedAt = context.time().now();
		this.startedNanos = context.time().nanoTime();
		this.events = new RunEvents(context, this);
		this.deadline = new Deadline(context, (plan.whole() != null) ? plan.whole().since() : this.startedNanos,
				plan.timeout());
		this.waiting = plan.attended() ? 1 : 0;
		this.output = new OutputRecorder(OutputType.OUTPUT, plan.output(), plan.pending(), this.turn, this,
				context.log());
		this.error = new OutputRecorder(OutputType.ERROR, plan.error(), plan.pending(), this.turn, this, context.log());
		this.drain = new Drain(context, plan.drain(), this.output, this.error);
		this.silence = (plan.idleTimeout() != null)
				? new SilenceWatch(context, plan.idleTimeout(), this::isListenerAtWork, this::silentTooLong) : null;
		this.stdin = plan.liveInput() ? new StandardInput(process.input(), plan.output().charset()) : null;
	}

	// --- beginning

	/** Begins to read, to feed and to count the time. The process is in the books. */
	void begin() {
		this.output.begin();
		this.error.begin();
		// streams first: nobody may wait for a process whose pipe is full
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
			// what is detached may outlive the application, and must not keep it in
			// memory: a sweep sees its exit
			this.process.onExit(this::lookForExit);
		}
	}

	/** There is no thread to read it: what it writes is lost, and it is being killed. */
	void failToRead() {
		this.output.abandon();
		this.error.abandon();
		shutDown(Duration.ZERO);
	}

	private void feed() {
		if (this.plan.inputBytes() != null) {
			this.feeder = InputFeeder.feed(this.plan.inputBytes(), this.process.input(), this.context, name());
		}
		else if (this.plan.pending().inputStream() != null) {
			this.feeder = InputFeeder.feed(this.plan.pending().inputStream(), this.process.input(), this.context,
					name());
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
			// it has closed it itself
			return;
		}
	}

	// --- what it is

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

	RunPlan plan() {
		return this.plan;
	}

	RunContext context() {
		return this.context;
	}

	RunEvents events() {
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
					+ "' is not live: it was given in advance or closed at the start");
		}
		return this.stdin;
	}

	// --- what the pumps report

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
	public void kept() {
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

	// --- time

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

	/** Looks whether the process has exited; never blocks. */
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

	// without memory for its outcome it is to be tried again
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

	// the lock is held, and the exit or the loss is known
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

	// whoever waits is told, whatever becomes of events and messages
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
		RunOutcome made = outcomeAtAnyRate(complete);
		try {
			this.leaveBooks.accept(this);
			this.events.ended(made.result(),
					ended ? null
							: atWork ? "a listener, stage or reader that is still at work on its output misses the rest"
									: "something it left behind holds its output open");
		}
		finally {
			complete(made);
		}
	}

	private void complete(RunOutcome made) {
		this.lock.lock();
		try {
			this.outcome = made;
			this.context.time().signalAll(this.changed);
		}
		finally {
			this.lock.unlock();
		}
		// none is added any more
		for (CompletableFuture<ProcessResult> future : this.futures) {
			complete(future, made.result());
		}
		this.futures.clear();
	}

	// foreign code hangs on futures: never here, maybe on a pump
	private void complete(CompletableFuture<ProcessResult> future, ProcessResult result) {
		try {
			this.context.execute(() -> future.complete(result));
		}
		catch (RuntimeException | Error ex) {
			future.complete(result);
		}
	}

	// whoever waits gets an answer, even if there is no memory left for the output
	private RunOutcome outcomeAtAnyRate(boolean complete) {
		try {
			return outcome(this.output.captured(), this.error.captured(), complete);
		}
		catch (RuntimeException | Error ex) {
			this.events.outputLost(ex);
			return outcome(CapturedOutput.empty(), CapturedOutput.empty(), false);
		}
	}

	private RunOutcome outcome(CapturedOutput out, CapturedOutput err, boolean complete) {
		ExitCause cause = (this.stopCause == null && this.overLimit) ? ExitCause.OUTPUT_LIMIT : this.stopCause;
		Duration duration = Duration.ofNanos(nanoTime() - this.startedNanos);
		String lost = (this.output.lost() != null) ? this.output.lost() : this.error.lost();
		return new RunOutcome(this.context, this.plan, this.process,
				new RunOutcome.Ending(this.exitCode, cause, this.startedAt, duration, lost), out, err, complete);
	}

	void resize(int columns, int rows) {
		Terminal.Pseudo size = new Terminal.Pseudo(columns, rows);
		if (!(spec().terminal() instanceof Terminal.Pseudo)) {
			throw new IllegalStateException("'" + name() + "' has no terminal of its own: start it with pty(...)");
		}
		this.process.resize(size);
	}

	// --- stopping

	boolean trySignal(Signal signal) {
		return isRunning() && this.process.signal(signal);
	}

	void signal(Signal signal) {
		if (!trySignal(signal)) {
			throw new IllegalStateException(describe() + " has ended: signal " + signal + " cannot reach it any more");
		}
		if (!this.process.maySignal()) {
			throw new IllegalStateException(describe() + " runs as another user, so that this JVM may not signal it"
					+ " (kill(2): EPERM): signal " + signal + " was not delivered");
		}
	}

	/**
	 * Begins a stop on request, with its own signal, and its own grace if none is given.
	 */
	void beginStop(@Nullable Duration grace) {
		beginStop(grace, this.plan.stopSignal());
	}

	/** Begins a stop on request. */
	void beginStop(@Nullable Duration grace, Signal signal) {
		ProcessSpec.checkStopSignal(signal);
		if (grace != null && grace.isNegative()) {
			throw new IllegalArgumentException("The grace must not be negative: " + grace);
		}
		checkCanStop();
		end(this.plan.toStop(grace, signal));
	}

	/** Begins to kill it on request. */
	void beginKill() {
		checkCanStop();
		end(this.plan.toKill());
	}

	/**
	 * Begins to end it, or makes the stop that is under way no slower; does not wait.
	 * @return whether it has still to end; not if it had ended before
	 */
	boolean end(StopOrder order) {
		try {
			return requestStop(order);
		}
		catch (RuntimeException | Error ex) {
			// the sweep carries it out
			this.pendingOrder = order;
			throw ex;
		}
	}

	/** Carries out what was decided and failed, or was not even tried. */
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

	/** Whether it runs, or its tree is being stopped. */
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
			return "the process was stopped, waitFor() tells why";
		}
		return this.overLimit ? "it exceeds the output limit" : null;
	}

	/** Whether it was to be stopped before its end. */
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
	 * A stop of what this process, which has ended or was given up, left behind.
	 * @param ended is told when that is gone, in a round of the stopper
	 */
	Stopper.Stop stopOfLeftBehind(StopOrder order, Runnable ended) {
		return this.context.stopper()
			.prepare("left behind by name=" + name() + " pid=" + this.process.pid(), this.process.tree(),
					() -> this.process.exitCode().isPresent(), order.signal(), order.grace(), ended);
	}

	/** Whether neither the process nor anything that it has started can be there. */
	boolean isSurelyGone() {
		return this.process.exitCode().isPresent() && !this.process.mayLeaveBehind();
	}

	private String describe() {
		return "Command '" + spec().command().summary() + "'";
	}

	// only a detached process outlives its manager
	private void checkCanStop() {
		if (this.context.closed().get() && this.process.exitCode().isEmpty()) {
			throw new IllegalStateException(describe() + " cannot be stopped any more, its ProcessManager is closed:"
					+ " use ProcessHandle.of(" + this.process.pid() + ")");
		}
	}

	/** Begins to stop it because the manager closes; does not wait. */
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

	/** Begins a stop, or makes the one that is under way no slower than this one. */
	private boolean requestStop(StopOrder order) {
		Stopper.Stop begun = null;
		BeforeStop before = null;
		boolean toEnd;
		this.lock.lock();
		try {
			if (this.exitCode == null) {
				// it may have ended without anybody having noticed
				this.process.exitCode().ifPresent(this::exited);
			}
			if (this.stop != null) {
				this.stop.shorten(order.grace());
				if (order.cause() == ExitCause.KILLED && this.stopCause == ExitCause.STOPPED) {
					this.stopCause = order.cause();
					this.events.stopKills();
				}
				// another request waits for the same callbacks, nothing else does
				before = order.requested() ? null : this.beforeStop;
			}
			else if (this.exitCode == null && !this.finishing) {
				begun = this.context.stopper()
					.prepare("name=" + name() + " pid=" + this.process.pid(), this.process.tree(),
							() -> this.process.exitCode().isPresent(), order.signal(), order.grace(), this::stopEnded);
				this.events.stopBegins(order.cause(), order.grace().isZero() ? Signal.KILL : order.signal());
				this.stop = begun;
				this.stopCause = order.cause();
				before = beforeStop(begun, order);
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

	private @Nullable BeforeStop beforeStop(Stopper.Stop begun, StopOrder order) {
		if (!order.requested() || !this.events.isHeard()) {
			return null;
		}
		return new BeforeStop(this.context, () -> this.events.beforeStop(order.signal()), () -> {
			try {
				begin(begun);
			}
			catch (RuntimeException | Error ex) {
				// the sweep carries it out
				this.pendingOrder = order.withoutDelay();
			}
		}, this.events::beforeStopTookTooLong);
	}

	private void begin(Stopper.Stop begun) {
		beginOrForget(begun);
		if (this.silence != null) {
			// how long it has from now on is the stop's to say
			this.silence.end();
		}
		this.events.stopBegun();
	}

	private void beginOrForget(Stopper.Stop begun) {
		try {
			this.context.stopper().begin(begun);
		}
		catch (RuntimeException | Error ex) {
			// nobody will ever end it: it is to be tried again
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

	// in a round of the stopper
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

	// --- waiting

	/** Waits until no stop is in progress, which has a bound. */
	void awaitStopped() throws InterruptedException {
		this.lock.lock();
		try {
			if (this.beforeStop != null && this.beforeStop.isCalling()) {
				throw new IllegalStateException("A beforeStop listener of '" + name()
						+ "' cannot wait for the stop, which waits for it: use stopAsync()");
			}
			while (this.stop != null && !this.stopEnded && this.outcome == null) {
				awaitChange(RunWait.SLICE);
				if (this.context.closed().get()) {
					// nobody goes on with it, as with a detached one
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
	 * Waits for the outcome.
	 * @param until when to give up, by the monotonic clock
	 * @param enforceDeadline whether this thread keeps the deadline
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
				long slice = Math.min(RunWait.SLICE, remaining);
				awaitSomething(enforce ? Math.min(slice, this.deadline.remaining(now)) : slice);
			}
			return true;
		}
		finally {
			enter(-1);
			// whoever stops waiting leaves the rest to the sweep and the pumps
			finishIfOver();
			this.context.time().settle();
		}
	}

	/** The caller of {@code run()} waits no more. */
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
			// it may have been given up meanwhile
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

	/** Looks at the output from its beginning. */
	OutputWatch newWatch() {
		return new OutputWatch(this.output, this.error, this.plan.output().maxLineLength());
	}

	/**
	 * Takes the watch that goes on after its last match.
	 * @throws IllegalStateException if another thread has it
	 */
	OutputWatch takeWatch() {
		if (!this.watchTaken.compareAndSet(false, true)) {
			throw new IllegalStateException("Another thread is waiting for the next line of '" + name()
					+ "': only one can go on after the last match, use waitUntil(...)");
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

	/** A thread waits for lines: it is told of what is kept. */
	void watch(int count) {
		this.lock.lock();
		try {
			this.watchers += count;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Waits for something that the watch has not seen, or for the outcome. */
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

	/** Whether this thread is in a call of one of its listeners. */
	boolean isToldByThisThread() {
		return this.turn.isHeldByCurrentThread();
	}

	// --- what came of it

	/** What came of it, or {@code null} while it is not over. */
	@Nullable RunOutcome outcome() {
		return this.outcome;
	}

	/** The result; it is known. */
	ProcessResult result() {
		return Objects.requireNonNull(this.outcome).result();
	}

	/** Throws what {@code run()} throws for a process that was stopped before its end. */
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

	/** Throws as soon as a timeout has decided that it is stopped. */
	void ensureNotTimedOut() {
		RunOutcome known;
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

	/** Whether this is the first to read its lines. */
	boolean takeLines() {
		return this.linesTaken.compareAndSet(false, true);
	}

	/**
	 * Waits until all that a process which has ended has written is captured, for the
	 * drain at most. Does nothing while it runs, or if a listener of it calls: the end of
	 * the output waits for that.
	 */
	void awaitCapture(OutputRecorder recorder) {
		if (recorder.isEnded() || !recorder.isKept() || isToldByThisThread() || isRunning()) {
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

	/** As {@link #onExit()}, but fails as {@code run()} throws. */
	CompletableFuture<ProcessResult> onEnd() {
		return onExit().thenApply((made) -> resultOrThrow());
	}

}
