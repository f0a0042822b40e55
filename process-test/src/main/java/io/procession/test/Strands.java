package io.procession.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;
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
 * Runs tasks one at a time, each on a thread of its own, and moves the clock when none
 * can go on.
 *
 * <p>
 * The thread of a test that waits is the driver: it gives the turn to one {@link Strand}
 * after the other, until each has ended or waits, and then moves the clock to what is due
 * next. While nobody drives, the {@link Caretaker} does. <i>Thread-safe.</i>
 */
final class Strands {

	/** How long a task may take, and how long an end is waited for that cannot come. */
	static final Duration BOUND = Duration.ofSeconds(10);

	/** How long others may take to do something when nothing is due any more. */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	/** How long a task waits for something else before the others go on. */
	private static final long PARKED = TimeUnit.MILLISECONDS.toNanos(20);

	/** How long it does so before the clock moves on: enough for a request or a query. */
	private static final long SETTLED = TimeUnit.SECONDS.toNanos(1);

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

	/** More tasks than this at one time go round in circles. */
	private static final int MOST_AT_ONCE = 50_000;

	/** As many waits in a row without anything due are one that never ends. */
	private static final int MOST_IDLE = 100_000;

	/** As many with something due, such as a schedule, are one if they take long. */
	private static final int MOST_MOVES = 250_000;

	/** Enough to see where somebody waits. */
	private static final int MOST_FRAMES = 30;

	private static final Duration THREAD_IDLE = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(Strands.class);

	private final ThreadLocal<@Nullable Strand> current = new ThreadLocal<>();

	private final AtomicInteger threadNumber = new AtomicInteger();

	private final AtomicLong timerNumber = new AtomicLong();

	private final ThreadPoolExecutor carriers = new ThreadPoolExecutor(0, Integer.MAX_VALUE, THREAD_IDLE.toMillis(),
			TimeUnit.MILLISECONDS, new SynchronousQueue<>(), this::newThread);

	private final Caretaker caretaker = new Caretaker(this);

	private volatile long now;

	/** Guards everything below. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Signalled when a driver has something to look at. */
	private final Condition changed = this.lock.newCondition();

	private final Deque<Strand> ready = new ArrayDeque<>();

	private final Set<Strand> waiting = new LinkedHashSet<>();

	/** Those that wait for a signal, or are about to. */
	private final Set<Strand> listening = new LinkedHashSet<>();

	/** Those at something else: they had the turn and do not give it back. */
	private final Set<Strand> away = new LinkedHashSet<>();

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	private final Deque<Error> failures = new ArrayDeque<>();

	private @Nullable Strand running;

	private @Nullable Thread driver;

	/** How many wait to be the driver; who drives lets them. */
	private int claims;

	/** Grows with everything that happens. */
	private long changes;

	/** How often in a row the clock was moved though nothing was due. */
	private int idleMoves;

	/** How often the clock was moved for a wait since the test has done something. */
	private int moves;

	/** Since when, by the machine's clock. */
	private long movesSince;

	private Duration longestWait = Duration.ofSeconds(30);

	/** How many processes are at work that know nothing of this clock. */
	private int realProcesses;

	Thread newThread(Runnable task) {
		Thread thread = new Thread(task, "procession-test-" + this.threadNumber.incrementAndGet());
		thread.setDaemon(true);
		return thread;
	}

	long now() {
		return this.now;
	}

	// --- what others bring

	/** Runs a task when its turn comes. */
	void execute(Runnable task) {
		boolean byTest = !isStrand();
		locked(() -> {
			if (byTest) {
				this.moves = 0;
			}
			this.ready.add(new Strand(task, this.lock.newCondition()));
			change();
			this.caretaker.ensureAwake();
		});
	}

	/**
	 * Runs a task later.
	 * @param due when, as {@link #in(long)} says
	 */
	Timer schedule(Runnable task, long due) {
		Timer timer = new Timer(task, due, this.timerNumber.getAndIncrement());
		locked(() -> {
			this.timers.add(timer);
			change();
			this.caretaker.ensureAwake();
		});
		return timer;
	}

	void cancel(Timer timer) {
		locked(() -> this.timers.remove(timer));
	}

	/** Something has happened that somebody may wait for. */
	void touch() {
		locked(this::change);
	}

	/** What the thread of the test shall throw, since nobody else would see it. */
	void report(Error failure) {
		locked(() -> {
			this.failures.add(failure);
			change();
		});
	}

	/** While there are real processes, time that is waited for goes by as it does. */
	void realProcesses(int more) {
		locked(() -> {
			this.realProcesses += more;
			change();
		});
	}

	/** From now on the clock runs by itself. */
	void letGo() {
		locked(this.caretaker::letGo);
	}

	/** The clock stands again. */
	void hold() {
		locked(() -> {
			this.caretaker.hold();
			while (this.driver != null && this.caretaker.isThread(this.driver) && !isStrand()) {
				pause(TICK);
			}
		});
	}

	/**
	 * Whose standing still is a mistake from now on, and when it is.
	 * @param tester whose, or {@code null} if there is no test now
	 * @param lives whether there is a process that lives; quick, asked under the lock
	 */
	void testedBy(@Nullable Tester tester, BooleanSupplier lives) {
		locked(() -> {
			this.caretaker.testedBy(tester, lives);
			change();
		});
	}

	boolean isStrand() {
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
		Strand strand = this.current.get();
		if (strand == null) {
			this.lock.lock();
			return;
		}
		strand.entering = true;
		this.lock.lock();
		strand.entering = false;
	}

	// the lock is held
	private void change() {
		this.changes++;
		this.changed.signalAll();
	}

	// --- waiting

	/**
	 * Waits until something is so.
	 * @param until what; quick, asked under the lock
	 * @param nanos at most so long
	 * @param what what it is, for messages
	 * @return whether it is so
	 */
	boolean await(BooleanSupplier until, long nanos, String what) throws InterruptedException {
		Strand strand = this.current.get();
		long deadline = in(nanos);
		enter();
		try {
			if (strand == null) {
				return drive(until, deadline, what);
			}
			if (!until.getAsBoolean() && this.now < deadline) {
				block(strand, until, deadline);
			}
			return until.getAsBoolean();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Announces that this thread will wait for a signal; it holds the lock of the
	 * condition, so that it misses none.
	 * @return whether it has come; for a thread of the test, whether anything has
	 * happened
	 */
	BooleanSupplier listen(Object condition) {
		Strand strand = this.current.get();
		enter();
		try {
			if (strand == null) {
				long seen = this.changes;
				return () -> this.changes != seen;
			}
			strand.condition = condition;
			strand.signalled = false;
			this.listening.add(strand);
			return () -> strand.signalled;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Waits for what {@link #listen} has announced. */
	void awaitSignal(BooleanSupplier signalled, long nanos) throws InterruptedException {
		try {
			await(signalled, nanos, "a change");
		}
		finally {
			Strand strand = this.current.get();
			if (strand != null) {
				locked(() -> this.listening.remove(strand));
			}
		}
	}

	void signal(Object condition) {
		locked(() -> {
			for (Strand strand : this.listening) {
				strand.signalled |= strand.condition == condition;
			}
			change();
		});
	}

	/** When so much has passed; the largest number is never. */
	long in(long nanos) {
		return sum(this.now, nanos);
	}

	static long sum(long time, long nanos) {
		long sum = time + Math.max(0, nanos);
		return (sum < 0) ? Long.MAX_VALUE : sum;
	}

	// the lock is held; gives the turn back and comes back with it
	private void block(Strand strand, BooleanSupplier until, long deadline) throws InterruptedException {
		strand.until = until;
		strand.deadline = deadline;
		this.away.remove(strand);
		this.waiting.add(strand);
		if (this.running == strand) {
			this.running = null;
		}
		this.changed.signalAll();
		this.caretaker.ensureAwake();
		try {
			while (!strand.turn) {
				strand.wake.await();
			}
			strand.turn = false;
		}
		catch (InterruptedException ex) {
			this.waiting.remove(strand);
			if (!strand.turn) {
				// it goes on without its turn, until it ends or waits again
				goAway(strand);
			}
			strand.turn = false;
			throw ex;
		}
	}

	private void goAway(Strand strand) {
		strand.awaySince = System.nanoTime();
		strand.parkedSince = strand.awaySince;
		this.away.add(strand);
		this.changed.signalAll();
	}

	// --- driving; the lock is held

	/** Runs what is due now, unless somebody does so already. */
	void settle() {
		if (isStrand()) {
			return;
		}
		locked(() -> {
			runDue();
			throwFailure();
		});
	}

	/** Runs what is due now, and forgets what has failed until then. */
	void settleAndForgetFailures() {
		locked(() -> {
			if (!isStrand()) {
				runDue();
			}
			this.failures.clear();
		});
	}

	private void runDue() {
		while (this.driver != null && this.caretaker.isThread(this.driver)) {
			// it may have begun what this call has set off
			pause(TICK);
		}
		if (this.driver == null) {
			this.driver = Thread.currentThread();
			try {
				runAll();
			}
			finally {
				release();
			}
		}
	}

	void advance(long nanos) {
		if (isStrand()) {
			throw new IllegalStateException("Only the test moves the clock, not what runs by it: advance() was called"
					+ " by a listener, a stub or a task");
		}
		enter();
		try {
			takeOver();
			try {
				long target = in(nanos);
				if (target == Long.MAX_VALUE) {
					throw new IllegalArgumentException("The fakes' clock ends 292 years after its beginning: it stands"
							+ " at +" + Duration.ofNanos(this.now) + " and cannot be moved by "
							+ Duration.ofNanos(nanos));
				}
				runUntil(target);
			}
			finally {
				release();
			}
			throwFailure();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void runUntil(long target) {
		runAll();
		while (nextDue() <= target) {
			throwIfInterrupted(target);
			moveTo(nextDue());
			runAll();
		}
		moveTo(target);
		runAll();
	}

	private void throwIfInterrupted(long target) {
		if (Thread.currentThread().isInterrupted()) {
			throw new IllegalStateException("The thread was interrupted while it moved the fakes' clock, which stands"
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
		this.caretaker.ensureAwake();
	}

	private void throwFailure() {
		Error failure = this.failures.poll();
		if (failure != null) {
			throw failure;
		}
	}

	private boolean drive(BooleanSupplier until, long deadline, String what) throws InterruptedException {
		try {
			while (true) {
				boolean drives = mayDrive();
				if (drives) {
					runAll();
					throwFailure();
				}
				if (until.getAsBoolean()) {
					return true;
				}
				if (this.now >= deadline) {
					return false;
				}
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				if (drives) {
					moveOn(until, deadline, what);
				}
				else {
					this.changed.awaitNanos(TICK);
				}
			}
		}
		finally {
			release();
		}
	}

	/** Whether this thread drives; it does unless another one does, or wants to. */
	private boolean mayDrive() {
		if (this.driver == Thread.currentThread() && this.claims > 0) {
			this.driver = null;
			this.changed.signalAll();
		}
		else if (this.driver == null && this.claims == 0) {
			this.driver = Thread.currentThread();
		}
		return this.driver == Thread.currentThread();
	}

	/** Nothing can go on now: moves the clock to what is due next. */
	private void moveOn(BooleanSupplier until, long deadline, String what) {
		long next = Math.min(nextDue(), deadline);
		if (this.realProcesses > 0) {
			long began = System.nanoTime();
			pause(TICK);
			moveTo(Math.min(next, this.now + System.nanoTime() - began));
			return;
		}
		if (nextDue() == Long.MAX_VALUE) {
			this.idleMoves++;
		}
		else {
			this.idleMoves = 0;
		}
		if (next == Long.MAX_VALUE || this.idleMoves > MOST_IDLE) {
			awaitOthers(until, what, "nothing is due any more");
			return;
		}
		if (isMovedInVain()) {
			awaitOthers(until, what, "what is due is due again and again, such as a schedule");
			return;
		}
		moveTo(next);
	}

	private boolean isMovedInVain() {
		long time = System.nanoTime();
		if (this.moves++ == 0) {
			this.movesSince = time;
		}
		return this.moves > MOST_MOVES && time - this.movesSince > this.longestWait.toNanos();
	}

	/**
	 * How long, by the machine's clock, the clock is moved for a wait that may not end.
	 */
	void longestWait(Duration duration) {
		locked(() -> this.longestWait = duration);
	}

	// another thread of the test may do something still
	private void awaitOthers(BooleanSupplier until, String what, String due) {
		long seen = this.changes;
		long began = System.nanoTime();
		this.driver = null;
		while (this.changes == seen && !until.getAsBoolean()) {
			if (System.nanoTime() - began > PATIENCE.toNanos()) {
				// the next wait is another one
				this.moves = 0;
				throw new IllegalStateException("This thread waits for " + what + ", which never comes: the fakes'"
						+ " clock stands at +" + Duration.ofNanos(this.now) + ", " + due + ", and no other thread has"
						+ " done anything for " + PATIENCE.toSeconds() + " s. Let the stub end (exitCode, after), give"
						+ " the process a timeout, or stop it from the test");
			}
			pause(TICK);
		}
		this.idleMoves = 0;
		this.moves = 0;
	}

	long nextDue() {
		Timer first = this.timers.peek();
		long next = (first != null) ? first.due() : Long.MAX_VALUE;
		for (Strand strand : this.waiting) {
			next = Math.min(next, strand.deadline);
		}
		return next;
	}

	private void moveTo(long time) {
		if (time > this.now) {
			this.now = time;
			change();
		}
	}

	/** Gives the turn to one after the other until none can go on. */
	private void runAll() {
		for (int count = 0; count < MOST_AT_ONCE; count++) {
			Strand next = next();
			if (next != null) {
				this.idleMoves = 0;
				run(next);
			}
			else if (!awaitAway()) {
				return;
			}
		}
		throw new IllegalStateException("There is no end of what happens at +" + Duration.ofNanos(this.now)
				+ " of the fakes' clock: something is started again and again without a delay");
	}

	private @Nullable Strand next() {
		Timer first = this.timers.peek();
		while (first != null && first.due() <= this.now) {
			this.timers.remove();
			this.ready.add(new Strand(first.task(), this.lock.newCondition()));
			first = this.timers.peek();
		}
		for (Strand strand : this.waiting) {
			if (strand.until.getAsBoolean() || strand.deadline <= this.now) {
				return strand;
			}
		}
		return this.ready.poll();
	}

	private void run(Strand strand) {
		this.running = strand;
		if (strand.started) {
			this.waiting.remove(strand);
			strand.turn = true;
			strand.wake.signal();
		}
		else {
			strand.started = true;
			this.carriers.execute(() -> carry(strand));
		}
		long began = System.nanoTime();
		long parkedSince = began;
		while (this.running == strand) {
			pause(TICK);
			long time = System.nanoTime();
			if (!strand.isParked()) {
				parkedSince = time;
			}
			if (this.running == strand && (time - parkedSince > PARKED || time - began > BOUND.toNanos())) {
				this.running = null;
				goAway(strand);
			}
		}
	}

	// on the thread of the strand
	private void carry(Strand strand) {
		strand.carrier = Thread.currentThread();
		this.current.set(strand);
		try {
			strand.task.run();
		}
		catch (Throwable ex) {
			logger.error("A task in the background failed", ex);
		}
		finally {
			enter();
			try {
				this.current.remove();
				// one for the last task must not interrupt the next
				Thread.interrupted();
				this.away.remove(strand);
				if (this.running == strand) {
					this.running = null;
				}
				change();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Waits a little for those that are at something else.
	 * @return whether one may have come back
	 */
	private boolean awaitAway() {
		boolean wait = false;
		long time = System.nanoTime();
		for (Iterator<Strand> strands = this.away.iterator(); strands.hasNext();) {
			Strand strand = strands.next();
			if (!strand.isParked()) {
				strand.parkedSince = time;
				if (time - strand.awaySince > BOUND.toNanos()) {
					strands.remove();
					throw new IllegalStateException(describe(strand));
				}
			}
			wait |= time - strand.parkedSince < SETTLED;
		}
		if (wait) {
			pause(TICK);
		}
		return wait;
	}

	private static String describe(Strand strand) {
		return "A listener, stub or task has not come to its end within " + BOUND.toSeconds()
				+ " s of real time. It is here:" + stack(strand.carrier);
	}

	static String stack(@Nullable Thread thread) {
		StackTraceElement[] stack = (thread != null) ? thread.getStackTrace() : new StackTraceElement[0];
		return Arrays.stream(stack).limit(MOST_FRAMES).map((frame) -> "\n\tat " + frame).collect(Collectors.joining());
	}

	// what has begun must be brought to its end first: an interrupt is seen later
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

	// --- for the caretaker; the lock is held

	boolean isDriven() {
		return this.driver != null;
	}

	/** Whether something can be run without moving the clock. */
	boolean canGoOn() {
		Timer first = this.timers.peek();
		return !this.ready.isEmpty() || (first != null && first.due() <= this.now)
				|| this.waiting.stream().anyMatch((strand) -> strand.until.getAsBoolean());
	}

	long changes() {
		return this.changes;
	}

	void leave() {
		this.lock.unlock();
	}

	/**
	 * Drives without waiting for anything.
	 * @param target how far the clock is moved if need be
	 */
	void driveTo(long target) {
		this.driver = Thread.currentThread();
		try {
			runUntil(target);
		}
		finally {
			this.driver = null;
			this.changed.signalAll();
		}
	}

}
