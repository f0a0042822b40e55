package io.procession.test;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes tasks one at a time, each on a thread of its own, and moves the clock when no
 * task can continue.
 *
 * <p>
 * The waiting thread of the test is the driver: it lets one {@link FakeTask} run after
 * the other until each has ended or waits, and then moves the clock to the next due time.
 * Other waiting threads are {@link ExternalThreads}: they execute the tasks that they
 * have caused and never move the clock. While there is no driver, the
 * {@link BackgroundDriver} takes over. <i>Thread-safe.</i>
 */
final class DeterministicScheduler {

	/** Maximum time for which a task may execute without waiting. */
	static final Duration LONGEST_WORK = Duration.ofSeconds(60);

	/**
	 * Time that a thread must wait for something other than the clock before the clock
	 * moves on regardless, and time without any activity after which a wait is considered
	 * endless.
	 */
	private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(5);

	static final String NOTHING_DUE = "nothing is scheduled";

	static final String DUE_AGAIN = "tasks are scheduled again and again, such as a periodic task";

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

	/** Number of tasks at one time that indicates an endless loop. */
	private static final int MOST_AT_ONCE = 50_000;

	/** Number of moves in a row without anything due that indicates an endless wait. */
	private static final int MOST_IDLE_MOVES = 100_000;

	/**
	 * Number of moves with something due, such as a schedule, that indicates an endless
	 * wait.
	 */
	private static final int MOST_MOVES = 1_000_000;

	/** Number of polls of one object without any activity that indicates a wait. */
	private static final int MOST_READS = 100;

	/** Number of polls of any objects that does: each may be of a new future. */
	private static final int MOST_READS_IN_ALL = 10_000;

	/** Number of stack frames that suffices to show where a thread waits. */
	private static final int MOST_FRAMES = 30;

	private static final Duration THREAD_IDLE = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(DeterministicScheduler.class);

	private final ThreadLocal<@Nullable FakeTask> current = new ThreadLocal<>();

	private final AtomicInteger threadNumber = new AtomicInteger();

	private final AtomicLong timerNumber = new AtomicLong();

	private final ThreadPoolExecutor carriers = new ThreadPoolExecutor(0, Integer.MAX_VALUE, THREAD_IDLE.toMillis(),
			TimeUnit.MILLISECONDS, new SynchronousQueue<>(), this::newThread);

	private final ExternalThreads externalThreads = new ExternalThreads();

	private final BackgroundDriver backgroundDriver = new BackgroundDriver(this, this.externalThreads);

	private volatile long now;

	/** Guards all fields below, the external threads and the background driver. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Signaled when the state has changed. */
	private final Condition changed = this.lock.newCondition();

	private final Deque<FakeTask> ready = new ArrayDeque<>();

	private final Set<FakeTask> waiting = new LinkedHashSet<>();

	/** Threads that wait for the signal of a condition, or are about to. */
	private final Set<Listening> listening = new LinkedHashSet<>();

	/** Tasks that wait for something other than the clock and do not return control. */
	private final Set<FakeTask> away = new LinkedHashSet<>();

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	private @Nullable FakeTask running;

	private @Nullable Thread driver;

	/**
	 * Number of threads that wait to become the driver, to which the current driver
	 * yields.
	 */
	private int claims;

	/** Incremented with each change. */
	private long changes;

	/** Number of moves of the clock in a row without anything due. */
	private int idleMoves;

	/** Number of moves of the clock for waits since the last action of the test. */
	private int moves;

	/**
	 * Number of polls by the thread of the test for each object since the last activity.
	 */
	private final Map<Object, Integer> reads = new IdentityHashMap<>();

	private int readsInAll;

	private long changesWhenRead;

	private int mostIdleMoves = MOST_IDLE_MOVES;

	private int mostMoves = MOST_MOVES;

	private Duration longestAbsence = LONGEST_ABSENCE;

	/** Number of running processes that do not depend on this clock. */
	private int realProcesses;

	Thread newThread(Runnable task) {
		Thread thread = new Thread(task, "procession-test-" + this.threadNumber.incrementAndGet());
		thread.setDaemon(true);
		return thread;
	}

	long now() {
		return this.now;
	}

	// --- submission

	/** Execute a task once it is its turn. */
	void execute(Runnable task) {
		locked(() -> {
			ExternalThread origin = arrive();
			if (!isTask()) {
				this.moves = 0;
			}
			this.ready.add(new FakeTask(task, origin, this.lock.newCondition()));
			change();
			this.backgroundDriver.ensureAwake();
		});
	}

	/**
	 * Execute a task later.
	 * @param due the time, as returned by {@link #in(long)}
	 */
	Timer schedule(Runnable task, long due) {
		enter();
		try {
			Timer timer = new Timer(task, due, this.timerNumber.getAndIncrement(), arrive());
			this.timers.add(timer);
			change();
			this.backgroundDriver.ensureAwake();
			return timer;
		}
		finally {
			this.lock.unlock();
		}
	}

	void cancel(Timer timer) {
		locked(() -> this.timers.remove(timer));
	}

	/** Report a change that a thread may be waiting for. */
	void touch() {
		locked(() -> {
			arrive();
			change();
			this.backgroundDriver.ensureAwake();
		});
	}

	/**
	 * Record a submission by the current thread.
	 * @return the thread whose call has caused it
	 */
	private ExternalThread arrive() {
		FakeTask fakeTask = this.current.get();
		if (fakeTask != null) {
			return fakeTask.origin;
		}
		if (Thread.currentThread() instanceof RealProcess.Worker) {
			return this.externalThreads.testThread();
		}
		ExternalThread self = this.externalThreads.enter();
		self.beginCall();
		return self;
	}

	/**
	 * Let the thread whose call has caused the current task throw an error that would
	 * otherwise be unnoticed; the thread of the test if that call has returned.
	 */
	void report(Error failure) {
		locked(() -> {
			FakeTask fakeTask = this.current.get();
			this.externalThreads.fail((fakeTask != null) ? fakeTask.origin : this.externalThreads.current(), failure,
					this.now);
			change();
		});
	}

	/** Change the number of real processes. While there are any, waits take real time. */
	void realProcesses(int more) {
		locked(() -> {
			this.realProcesses += more;
			change();
			this.backgroundDriver.ensureAwake();
		});
	}

	boolean hasRealProcesses() {
		return this.realProcesses > 0;
	}

	/** Let the clock run by itself from now on. */
	void letGo() {
		locked(this.backgroundDriver::letGo);
	}

	/** Stop the clock from running by itself. */
	void hold() {
		locked(() -> {
			this.backgroundDriver.hold();
			while (this.driver != null && this.backgroundDriver.isThread(this.driver) && !isTask()) {
				pause(TICK);
			}
		});
	}

	/**
	 * Make the current thread the thread of the test, which moves the clock. From now on,
	 * it is reported if that thread waits for something other than the clock.
	 * @param test the test
	 * @param lives whether a process is alive; must be fast, since it is called under the
	 * lock
	 */
	void testedBy(TestThread test, BooleanSupplier lives) {
		locked(() -> {
			if (!isTask()) {
				this.externalThreads.becomeTestThread();
				this.backgroundDriver.testedBy(test, lives);
				change();
			}
		});
	}

	/** End the test. From now on, its thread may wait for anything. */
	void endTest() {
		locked(() -> {
			this.backgroundDriver.testedBy(null, () -> false);
			change();
		});
	}

	boolean isTask() {
		return this.current.get() != null;
	}

	private void locked(Runnable action) {
		enter();
		try {
			action.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	void enter() {
		FakeTask fakeTask = this.current.get();
		if (fakeTask != null) {
			fakeTask.enter(this.lock);
		}
		else {
			this.externalThreads.current().enter(this.lock);
		}
	}

	void leave() {
		this.lock.unlock();
	}

	// the lock is held
	private void change() {
		this.changes++;
		this.changed.signalAll();
	}

	// --- waiting

	/**
	 * Wait until a condition is met.
	 * @param until the condition; must be fast, since it is called under the lock
	 * @param nanos maximum time to wait
	 * @param what description of the condition, for messages
	 * @return whether the condition is met
	 */
	boolean await(BooleanSupplier until, long nanos, String what) throws InterruptedException {
		FakeTask fakeTask = this.current.get();
		enter();
		try {
			long deadline = in(nanos);
			if (fakeTask == null) {
				return await(new ExternalThread.Wait(until, deadline, what));
			}
			if (!until.getAsBoolean() && this.now < deadline) {
				block(fakeTask, until, deadline);
			}
			return until.getAsBoolean();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that the current thread has polled an object. If the thread of the test does
	 * so repeatedly, it waits until something happens.
	 * @param what the object
	 */
	void polled(Object what) {
		if (isTask()) {
			return;
		}
		enter();
		try {
			ExternalThread self = this.externalThreads.current();
			if (this.externalThreads.isTestThread(self) && !self.isInCall() && isLoop(what)) {
				long seen = this.changes;
				awaitThroughInterrupts(
						new ExternalThread.Wait(() -> this.changes != seen, Long.MAX_VALUE, describe(what)));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private static String describe(Object what) {
		return (what instanceof Future<?>) ? "a result" : what.toString();
	}

	private boolean isLoop(Object what) {
		if (this.changes != this.changesWhenRead) {
			this.changesWhenRead = this.changes;
			this.reads.clear();
			this.readsInAll = 0;
		}
		this.readsInAll++;
		return this.reads.merge(what, 1, Integer::sum) >= MOST_READS || this.readsInAll >= MOST_READS_IN_ALL;
	}

	private void awaitThroughInterrupts(ExternalThread.Wait wait) {
		boolean interrupted = Thread.interrupted();
		try {
			await(wait);
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Announce that the current thread will wait for a signal. It must hold the lock of
	 * the condition so that it does not miss a signal.
	 */
	Listening listen(Object condition) {
		Listening begun = new Listening(condition);
		locked(() -> this.listening.add(begun));
		return begun;
	}

	/** Wait for the signal that was announced by {@link #listen}. */
	void awaitSignal(Listening begun, long nanos) throws InterruptedException {
		try {
			await(() -> begun.signalled, nanos, "a change");
		}
		finally {
			locked(() -> this.listening.remove(begun));
		}
	}

	void signal(Object condition) {
		locked(() -> {
			for (Listening each : this.listening) {
				each.signalled |= each.condition == condition;
			}
			arrive();
			change();
			this.backgroundDriver.ensureAwake();
		});
	}

	/** Return the time after the given delay; the maximum value stands for never. */
	long in(long nanos) {
		return sum(this.now, nanos);
	}

	static long sum(long time, long nanos) {
		long sum = time + Math.max(0, nanos);
		return (sum < 0) ? Long.MAX_VALUE : sum;
	}

	// the lock is held; returns control to the driver until it is the turn of the task
	// again
	private void block(FakeTask fakeTask, BooleanSupplier until, long deadline) throws InterruptedException {
		fakeTask.waitFor(until, deadline);
		this.away.remove(fakeTask);
		this.waiting.add(fakeTask);
		if (this.running == fakeTask) {
			this.running = null;
		}
		this.changed.signalAll();
		this.backgroundDriver.ensureAwake();
		fakeTask.awaitTurn(this.lock, () -> {
			change();
			this.backgroundDriver.ensureAwake();
		});
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	// --- driving; the lock is held

	/**
	 * Execute all tasks that can be executed without moving the clock, and throw the
	 * errors that they caused.
	 */
	void settle() {
		if (isTask()) {
			return;
		}
		enter();
		try {
			throwFailures(settleQuietly());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Execute all tasks that can be executed without moving the clock, before the state
	 * is inspected.
	 */
	void settleBeforeRead() {
		if (!isTask()) {
			locked(this::settleQuietly);
		}
	}

	private ExternalThread settleQuietly() {
		ExternalThread self = this.externalThreads.enter();
		self.beginSettling();
		try {
			runDue();
		}
		finally {
			self.endSettling();
			this.changed.signalAll();
		}
		return self;
	}

	/** Throw all errors that have not been thrown by a call. */
	void throwFailures() {
		locked(() -> {
			this.externalThreads.takeAllFailures();
			this.externalThreads.current().throwFailures();
		});
	}

	// the lock is held; the thread of the test throws errors of calls that have returned
	private void throwFailures(ExternalThread self) {
		if (this.externalThreads.isTestThread(self)) {
			this.externalThreads.passFailuresOn(this.now);
		}
		self.throwFailures();
	}

	void forgetFailures() {
		locked(this.externalThreads::forgetFailures);
	}

	private void runDue() {
		while (this.driver != null) {
			if (this.running == null && !canGoOn()) {
				return;
			}
			pause(TICK);
		}
		this.driver = Thread.currentThread();
		try {
			runAll();
		}
		finally {
			release();
		}
	}

	void advance(long nanos) {
		if (isTask()) {
			throw new IllegalStateException("Only the test may advance the clock, but advance() was called"
					+ " by a listener, a stub or a task");
		}
		enter();
		try {
			this.externalThreads.becomeTestThread();
			ExternalThread self = this.externalThreads.enter();
			self.beginSettling();
			try {
				takeOver();
				runUntil(target(nanos), true);
			}
			finally {
				self.endSettling();
				release();
			}
			throwFailures(self);
		}
		finally {
			this.lock.unlock();
		}
	}

	private long target(long nanos) {
		long target = in(nanos);
		if (target == Long.MAX_VALUE) {
			throw new IllegalArgumentException("The fakes' clock ends 292 years after its start: it is at +"
					+ Duration.ofNanos(this.now) + " and cannot be advanced by " + Duration.ofNanos(nanos));
		}
		return target;
	}

	// external threads get the time to continue before the clock moves
	private void runUntil(long target, boolean waitForExternalThreads) {
		runAll(waitForExternalThreads);
		while (nextDue() <= target) {
			throwIfInterrupted(target);
			moveTo(nextDue());
			runAll(waitForExternalThreads);
		}
		moveTo(target);
		runAll(waitForExternalThreads);
	}

	private void runAll(boolean waitForExternalThreads) {
		runAll();
		while (waitForExternalThreads && awaitExternalThreads()) {
			runAll();
		}
	}

	private void throwIfInterrupted(long target) {
		if (Thread.currentThread().isInterrupted()) {
			throw new IllegalStateException("The thread was interrupted while advancing the fakes' clock, which is"
					+ " at +" + Duration.ofNanos(this.now) + ", to +" + Duration.ofNanos(target));
		}
	}

	private void takeOver() {
		this.claims++;
		while (this.driver != null) {
			pause(TICK);
		}
		this.claims--;
		this.driver = Thread.currentThread();
	}

	private void release() {
		if (this.driver == Thread.currentThread()) {
			this.driver = null;
		}
		this.changed.signalAll();
		this.backgroundDriver.ensureAwake();
	}

	private boolean await(ExternalThread.Wait wait) throws InterruptedException {
		ExternalThread self = this.externalThreads.enter();
		if (!this.externalThreads.isTestThread(self)) {
			settleQuietly();
		}
		self.beginWait(wait);
		this.changed.signalAll();
		this.backgroundDriver.ensureAwake();
		try {
			while (true) {
				boolean drives = mayDrive(self);
				if (drives) {
					runAll();
				}
				throwFailures(self);
				if (isSettled() && wait.isOver(this.now)) {
					return wait.until().getAsBoolean();
				}
				String hopeless = self.hopeless();
				if (hopeless != null) {
					throw new IllegalStateException(neverComes(wait, hopeless));
				}
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				if (drives) {
					moveOn(wait, self);
				}
				else {
					this.changed.awaitNanos(TICK);
				}
			}
		}
		finally {
			self.endWait();
			release();
		}
	}

	// a task that another thread has begun to execute may belong to the call that waits
	private boolean isSettled() {
		return this.driver == null || this.driver == Thread.currentThread() || (this.running == null && !canGoOn());
	}

	/**
	 * Return whether the current thread is the driver. The thread of the test becomes the
	 * driver unless there is another one.
	 */
	private boolean mayDrive(ExternalThread self) {
		boolean may = this.externalThreads.isTestThread(self) && this.claims == 0;
		if (this.driver == Thread.currentThread() && !may) {
			release();
		}
		else if (this.driver == null && may) {
			this.driver = Thread.currentThread();
		}
		return this.driver == Thread.currentThread();
	}

	/** Move the clock to the next due time, since no task can continue. */
	private void moveOn(ExternalThread.Wait wait, ExternalThread self) {
		long others = nextDue(self);
		long next = Math.min(others, wait.deadline());
		if (this.realProcesses > 0) {
			long began = System.nanoTime();
			pause(TICK);
			moveTo(Math.min(next, this.now + System.nanoTime() - began));
			return;
		}
		if (awaitExternalThreads()) {
			return;
		}
		this.idleMoves = (others == Long.MAX_VALUE) ? this.idleMoves + 1 : 0;
		if (next == Long.MAX_VALUE || this.idleMoves > this.mostIdleMoves) {
			awaitOthers(wait, NOTHING_DUE);
		}
		else if (++this.moves > this.mostMoves) {
			awaitOthers(wait, DUE_AGAIN);
		}
		else {
			moveTo(next);
		}
	}

	/** Set the maximum number of moves in a row without anything due. */
	void mostIdleMoves(int count) {
		locked(() -> this.mostIdleMoves = count);
	}

	int mostIdleMoves() {
		return this.mostIdleMoves;
	}

	/** Set the maximum number of moves for a wait that may be endless. */
	void mostMoves(int count) {
		locked(() -> this.mostMoves = count);
	}

	/** Set the time that a thread must wait for something other than the clock. */
	void longestAbsence(Duration duration) {
		locked(() -> this.longestAbsence = duration);
	}

	Duration longestAbsence() {
		return this.longestAbsence;
	}

	// another thread of the test may still cause a change
	private void awaitOthers(ExternalThread.Wait wait, String due) {
		long seen = this.changes;
		Patience patience = new Patience();
		this.driver = null;
		while (this.changes == seen && !wait.until().getAsBoolean()) {
			patience.count();
			if (patience.exceeds(this.longestAbsence)) {
				// the next wait starts at zero
				this.moves = 0;
				throw new IllegalStateException(neverComes(wait, due));
			}
			pause(TICK);
		}
		this.idleMoves = 0;
		this.moves = 0;
	}

	private String neverComes(ExternalThread.Wait wait, String due) {
		return "This thread waits for " + wait.what() + ", which will never happen: the fakes' clock is at +"
				+ Duration.ofNanos(this.now) + ", " + due + ", and no other thread has been active for "
				+ seconds(this.longestAbsence)
				+ " s. Let the stub end (exitCode, after), set a timeout for the process,"
				+ " or stop it from the test";
	}

	long nextDue() {
		return nextDue(null);
	}

	private long nextDue(@Nullable ExternalThread except) {
		return Math.min(nextTaskDue(), this.externalThreads.nextDeadline(this.now, except));
	}

	/** Return when the next task can continue. */
	long nextTaskDue() {
		Timer first = this.timers.peek();
		long next = (first != null) ? first.due() : Long.MAX_VALUE;
		for (FakeTask fakeTask : this.waiting) {
			next = Math.min(next, fakeTask.deadline());
		}
		return next;
	}

	private void moveTo(long time) {
		if (time > this.now) {
			this.now = time;
			change();
		}
	}

	/** Execute one task after the other until none can continue. */
	private void runAll() {
		for (int count = 0; count < MOST_AT_ONCE; count++) {
			FakeTask next = next();
			if (next != null) {
				this.idleMoves = 0;
				run(next);
			}
			else if (!awaitAway()) {
				return;
			}
			else {
				// no progress
				count--;
			}
		}
		throw new IllegalStateException("The tasks at +" + Duration.ofNanos(this.now)
				+ " of the fakes' clock never end: something is restarted repeatedly without a delay");
	}

	private @Nullable FakeTask next() {
		Timer first = this.timers.peek();
		while (first != null && first.due() <= this.now) {
			this.timers.remove();
			this.ready.add(new FakeTask(first.task(), first.origin(), this.lock.newCondition()));
			first = this.timers.peek();
		}
		for (FakeTask fakeTask : this.waiting) {
			if (fakeTask.canGoOn(this.now)) {
				return fakeTask;
			}
		}
		return this.ready.poll();
	}

	private void run(FakeTask fakeTask) {
		this.running = fakeTask;
		if (fakeTask.started) {
			this.waiting.remove(fakeTask);
			fakeTask.resume();
		}
		else {
			fakeTask.started = true;
			this.carriers.execute(() -> carry(fakeTask));
		}
		ThreadWatch watch = new ThreadWatch(fakeTask::isParked);
		while (this.running == fakeTask) {
			pause(TICK);
			watch.count();
			if (this.running == fakeTask && (watch.isParked() || watch.hasLastedFor(LONGEST_WORK))) {
				this.running = null;
				fakeTask.watch = watch;
				this.away.add(fakeTask);
			}
		}
	}

	// on the thread of the task
	private void carry(FakeTask fakeTask) {
		fakeTask.carriedBy(Thread.currentThread());
		this.current.set(fakeTask);
		try {
			fakeTask.task.run();
		}
		catch (Throwable ex) {
			logger.error("Background task failed", ex);
		}
		finally {
			enter();
			try {
				this.current.remove();
				// an interrupt of this task must not affect the next one
				Thread.interrupted();
				this.away.remove(fakeTask);
				if (this.running == fakeTask) {
					this.running = null;
				}
				change();
				this.backgroundDriver.ensureAwake();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Wait shortly for tasks that wait for something other than the clock.
	 * @return whether one of them may have continued
	 */
	private boolean awaitAway() {
		boolean wait = false;
		for (Iterator<FakeTask> tasks = this.away.iterator(); tasks.hasNext();) {
			FakeTask fakeTask = tasks.next();
			ThreadWatch watch = Objects.requireNonNull(fakeTask.watch);
			watch.count();
			if (!watch.isParked() && watch.hasLastedFor(LONGEST_WORK)) {
				tasks.remove();
				throw new IllegalStateException(describe(fakeTask));
			}
			if (!watch.hasParkedFor(this.longestAbsence)) {
				wait = true;
			}
			else if (!fakeTask.isReportedAway) {
				fakeTask.isReportedAway = true;
				logger.warn(
						"A listener, stub or task has been waiting for {} s for something that does not advance the"
								+ " fakes' clock; the clock continues without it. It waits here:{}",
						seconds(this.longestAbsence), stack(fakeTask.carrier()));
			}
		}
		if (wait) {
			pause(TICK);
		}
		return wait;
	}

	/**
	 * Wait shortly for external threads that may cause a change before the clock moves.
	 * @return whether one of them may have caused a change
	 */
	private boolean awaitExternalThreads() {
		boolean wait = this.externalThreads.isAnyAtWork(this.now, this.externalThreads.current());
		if (wait) {
			pause(TICK);
		}
		return wait;
	}

	static String seconds(Duration duration) {
		return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
	}

	private static String describe(FakeTask fakeTask) {
		return "A listener, stub or task has not completed within " + LONGEST_WORK.toSeconds()
				+ " s of real time. Stack trace:" + stack(fakeTask.carrier());
	}

	static String stack(@Nullable Thread thread) {
		StackTraceElement[] stack = (thread != null) ? thread.getStackTrace() : new StackTraceElement[0];
		return Arrays.stream(stack).limit(MOST_FRAMES).map((frame) -> "\n\tat " + frame).collect(Collectors.joining());
	}

	// an interrupt must not disturb what has begun: its flag is restored afterwards
	void pause(long nanos) {
		boolean interrupted = Thread.interrupted();
		try {
			this.changed.awaitNanos(nanos);
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	// --- for the background driver; the lock is held

	boolean isDriven() {
		return this.driver != null;
	}

	/** Return whether a task can be executed without moving the clock. */
	boolean canGoOn() {
		Timer first = this.timers.peek();
		return !this.ready.isEmpty() || (first != null && first.due() <= this.now)
				|| this.waiting.stream().anyMatch((fakeTask) -> fakeTask.canGoOn(this.now));
	}

	long changes() {
		return this.changes;
	}

	/**
	 * Become the driver until the given time, without waiting for a condition.
	 * @param target the time to move the clock to, if necessary
	 * @param waitForExternalThreads whether external threads get the time to continue
	 * before the clock moves
	 */
	void driveTo(long target, boolean waitForExternalThreads) {
		this.driver = Thread.currentThread();
		try {
			runUntil(target, waitForExternalThreads);
		}
		finally {
			this.driver = null;
			this.changed.signalAll();
		}
	}

	/**
	 * A wait for the signal of a condition.
	 */
	static final class Listening {

		private final Object condition;

		private boolean signalled;

		private Listening(Object condition) {
			this.condition = condition;
		}

	}

}
