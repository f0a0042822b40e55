package io.procession.execution;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.execution.output.InputFeeder;
import io.procession.execution.output.OutputListener;
import io.procession.execution.output.OutputRecorder;
import io.procession.execution.output.StandardInput;
import io.procession.process.CapturedOutput;
import io.procession.process.ExitCause;
import io.procession.process.ExitStatus;
import io.procession.process.OutputType;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.process.Terminal;

/**
 * A single execution of a process, from its start to its result: its streams, its
 * timeouts and its result. Its state is that of its {@link ExecutionLifecycle}.
 *
 * <p>
 * Each party that notices a change (the waiting caller, a pump, the sweep, the stopper)
 * reports it and calls {@link #finishIfOver()}. The execution finishes once: when the
 * exit is known, no stop is in progress, and its streams have ended or the time to wait
 * for them has elapsed. <i>Thread-safe.</i>
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

	private final ExecutionLifecycle lifecycle;

	private final ExecutionStop stop;

	private final ExecutionWait waits;

	private final @Nullable StandardInput stdin;

	private final @Nullable SilenceWatch silence;

	/** Number of bytes that the process has written. */
	private final AtomicLong arrived = new AtomicLong();

	/**
	 * Whether the output limit was exceeded; the process may have ended before it could
	 * be stopped for that.
	 */
	private volatile boolean overLimit;

	/** Cached, since both are needed for each chunk that is passed to listeners. */
	private volatile @Nullable String name;

	private volatile @Nullable String pid;

	private @Nullable InputFeeder feeder;

	private final AtomicBoolean linesTaken = new AtomicBoolean();

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
				(plan.timeout().since() != null) ? plan.timeout().since() : this.startedNanos,
				plan.timeout().duration());
		this.output = new OutputRecorder(OutputType.OUTPUT, plan.output(), this.listenerLock, this, context.log());
		this.error = new OutputRecorder(OutputType.ERROR, plan.error(), this.listenerLock, this, context.log());
		this.lifecycle = new ExecutionLifecycle(context, this.events, this.deadline,
				new Drain(context, plan.drain(), this.output, this.error));
		if (plan.timeout().keeper() == ExecutionTimeout.Keeper.CALLER) {
			// it is about to wait
			this.lifecycle.waitForExit(1);
		}
		this.stop = new ExecutionStop(this, this.lifecycle, this::endSilence);
		this.waits = new ExecutionWait(this, this.lifecycle, this.deadline);
		this.silence = (plan.idleTimeout() != null)
				? new SilenceWatch(context, plan.idleTimeout().value(), this::isListenerAtWork, this::silentTooLong)
				: null;
		this.stdin = (plan.input() instanceof ExecutionInput.Open)
				? new StandardInput(process.input(), plan.output().charset()) : null;
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
		if (this.plan.timeout().needsTimer()) {
			this.deadline.watch(this::timeUp);
		}
		if (this.silence != null) {
			this.silence.begin();
		}
		feed();
		if (!reads && !spec().detached()) {
			// a detached process may outlive the application and must not keep it in
			// memory: a sweep notices its exit
			this.process.onExit(this::checkExit);
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
		ExecutionInput input = this.plan.input();
		if (input instanceof ExecutionInput.Bytes bytes) {
			this.feeder = InputFeeder.feed(bytes.content(), this.process.input(), this.context.streams(),
					this.context.log(), name());
		}
		else if (input instanceof ExecutionInput.Copied copied) {
			this.feeder = InputFeeder.feed(copied.source(), this.process.input(), this.context.streams(),
					this.context.log(), name());
		}
		else if (input instanceof ExecutionInput.Closed) {
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
		return this.plan.spec();
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

	/** Return what stops this execution. */
	ExecutionStop stop() {
		return this.stop;
	}

	/** Return what waits for this execution. */
	ExecutionWait waits() {
		return this.waits;
	}

	int permits() {
		return this.plan.permits();
	}

	OutputRecorder recorder(OutputType type) {
		return (type == OutputType.OUTPUT) ? this.output : this.error;
	}

	boolean isRunning() {
		checkExit();
		return this.lifecycle.isRunning();
	}

	/** Return whether it is running, or its tree is being stopped. */
	boolean isEndable() {
		return isRunning() || this.lifecycle.isStopping();
	}

	/** Return whether it is certain that neither the process nor a descendant exists. */
	boolean isSurelyGone() {
		return this.process.exitStatus().isPresent() && !this.process.mayLeaveBehind();
	}

	StandardInput stdin() {
		if (this.stdin == null) {
			throw new IllegalStateException("The standard input of '" + name()
					+ "' cannot be written to: its input was provided in advance or closed at the start");
		}
		return this.stdin;
	}

	/** Return whether this is the first call, so that the caller may read the lines. */
	boolean takeLines() {
		return this.linesTaken.compareAndSet(false, true);
	}

	/** Return whether the current thread is executing a listener of this process. */
	boolean isListenerThread() {
		return this.listenerLock.isHeldByCurrentThread();
	}

	/** Describe the command in a message. */
	String describe() {
		return "Command '" + spec().command().summary() + "'";
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
			this.silence.outputSeen();
		}
		ExecutionPlan.Bound<Long> bound = this.plan.outputLimit();
		if (bound == null) {
			return count;
		}
		long limit = bound.value();
		long before = this.arrived.getAndAdd(count);
		if (before + count > limit && !this.overLimit) {
			exceedLimit();
		}
		return (int) Math.max(0, Math.min(count, limit - before));
	}

	@Override
	public void outOfMemory() {
		exceedLimit();
	}

	private void exceedLimit() {
		this.overLimit = true;
		this.stop.execute(this.plan.toLimit());
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
			this.silence.outputSeen();
		}
	}

	@Override
	public void captured() {
		this.lifecycle.outputArrived();
	}

	@Override
	public void streamEnded() {
		if (this.output.isEnded() && this.error.isEnded()) {
			if (!this.lifecycle.isExitAwaited()) {
				awaitExitAfterEnd();
			}
			finishIfOver();
		}
		this.lifecycle.outputArrived();
	}

	private void awaitExitAfterEnd() {
		try {
			if (this.process.waitFor(Drain.EXIT_AFTER_END)) {
				checkExit();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public @Nullable String whyCutShort() {
		if (this.stop.isRequested()) {
			return "the process was stopped; waitFor() returns or throws the cause";
		}
		return this.overLimit ? "it exceeded the output limit" : null;
	}

	// --- timeouts

	private void timeUp() {
		this.stop.execute(this.plan.toTimeOut());
	}

	private void silentTooLong() {
		this.stop.execute(this.plan.toIdleTimeOut());
	}

	private void endSilence() {
		if (this.silence != null) {
			// from now on the grace period of the stop applies
			this.silence.end();
		}
	}

	private boolean isListenerAtWork() {
		return this.output.isListenerAtWork() || this.error.isListenerAtWork();
	}

	/** Retry a stop that failed or was missed. */
	void enforce() {
		if (this.stop.retry()) {
			return;
		}
		if (this.overLimit && !this.stop.isRequested()) {
			this.stop.execute(this.plan.toLimit());
		}
		else if (this.plan.timeout().needsTimer() && !this.stop.isRequested() && this.deadline.isExceeded(nanoTime())) {
			timeUp();
		}
		else if (this.silence != null) {
			this.silence.checkIfLost();
		}
	}

	/** Begin to stop the process because the manager is closing; does not wait. */
	void shutDown(Duration grace) {
		this.lifecycle.hurryDrain();
		this.stop.execute(new StopOrder(ExitCause.SHUTDOWN, this.plan.stopSignal(), grace));
	}

	// --- end

	/** Check whether the process has exited; never blocks. */
	void checkExit() {
		Optional<ExitStatus> status = this.process.exitStatus();
		if (status.isPresent()) {
			exited(status.get());
			finishIfOver();
		}
	}

	private void exited(ExitStatus status) {
		if (this.lifecycle.exited(status)) {
			this.deadline.cancel();
			endSilence();
			this.stop.exited();
		}
	}

	/** Enter that the stop has ended. Called in a round of the stopper. */
	void stopEnded() {
		this.process.exitStatus().ifPresent(this::exited);
		this.lifecycle.stopEnded();
		finishIfOver();
	}

	/** Finish if the conditions are met; does nothing if another thread does. */
	void finishIfOver() {
		if (!this.lifecycle.tryFinish(this::drained)) {
			return;
		}
		try {
			finish();
		}
		catch (RuntimeException | Error ex) {
			// retried if there was no memory for the outcome
			this.lifecycle.finishFailed();
			throw ex;
		}
	}

	private void drained() {
		this.context.executeOwn(() -> {
			this.lifecycle.drainTimerFired();
			finishIfOver();
		});
	}

	// waiting threads are notified, even if events and messages fail
	private void finish() {
		this.deadline.cancel();
		endSilence();
		boolean ended = this.output.isEnded() && this.error.isEnded();
		boolean complete = ended && !this.output.isBroken() && !this.error.isBroken();
		boolean atWork = isListenerAtWork();
		this.output.close();
		this.error.close();
		if (this.feeder != null) {
			this.feeder.stop();
		}
		ExecutionOutcome outcome = outcomeAtAnyRate(complete);
		try {
			this.unregister.accept(this);
			this.events.ended(outcome.result(),
					ended ? null : atWork
							? "its remaining output is not delivered to a listener, stage or reader that is still busy"
							: "a process that it left behind holds its output open");
		}
		finally {
			this.lifecycle.finished(outcome).forEach((future) -> complete(future, outcome.result()));
		}
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
		ExitCause stopped = this.lifecycle.stopCause();
		ExitCause cause = (stopped == null && this.overLimit) ? ExitCause.OUTPUT_LIMIT : stopped;
		Duration duration = Duration.ofNanos(nanoTime() - this.startedNanos);
		String lost = (this.output.lost() != null) ? this.output.lost() : this.error.lost();
		return new ExecutionOutcome(this.context, this.plan, this.process,
				new ExecutionOutcome.Ending(this.lifecycle.exitStatus(), cause, this.startedAt, duration, lost), out,
				err, complete);
	}

	// --- signals

	void resize(int columns, int rows) {
		Terminal.Pseudo size = new Terminal.Pseudo(columns, rows);
		if (!(spec().terminal() instanceof Terminal.Pseudo)) {
			throw new IllegalStateException("'" + name() + "' has no pseudoterminal: start it with pty(...)");
		}
		this.process.resize(size);
	}

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

	// --- outcome

	/** Return the outcome, or {@code null} if the process has not ended. */
	@Nullable ExecutionOutcome outcome() {
		return this.lifecycle.outcome();
	}

	/** Return the result, which must be known. */
	ProcessResult result() {
		return Objects.requireNonNull(outcome()).result();
	}

	/** Throw the exception that {@code run()} throws instead of returning the result. */
	void throwIfCutShort() {
		RuntimeException failure = Objects.requireNonNull(outcome()).failure();
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
		ExitCause cause = this.lifecycle.stopCause();
		ExecutionOutcome known = outcome();
		if (known != null) {
			if (known.failure() instanceof ProcessTimedOutException timedOut) {
				throw timedOut;
			}
		}
		else if (cause == ExitCause.TIMED_OUT) {
			throw new ProcessTimedOutException(Objects.requireNonNull(this.plan.timeout().duration()),
					this.plan.timeout().remedy(), spec().command());
		}
		else if (cause == ExitCause.IDLE_TIMED_OUT) {
			ExecutionPlan.Bound<Duration> bound = Objects.requireNonNull(this.plan.idleTimeout());
			throw new ProcessIdleTimedOutException(bound.value(), bound.remedy(), spec().command());
		}
	}

	CompletableFuture<ProcessResult> onExit() {
		return this.lifecycle.onExit();
	}

	/**
	 * Return a future as {@link #onExit()} does, but which fails if {@code run()} would
	 * throw.
	 */
	CompletableFuture<ProcessResult> onEnd() {
		return onExit().thenApply((made) -> resultOrThrow());
	}

}
