package io.procession.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

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
 * next. While nobody drives, a helper thread runs what is due now, but never moves the
 * clock. <i>Thread-safe.</i>
 */
final class Strands {

	/** How long a task may take, and how long an end is waited for that cannot come. */
	static final Duration BOUND = Duration.ofSeconds(10);

	/** How long others may take to do something when nothing is due any more. */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	/** How long a task waits for something else before the others go on. */
	private static final long PARKED = TimeUnit.MILLISECONDS.toNanos(20);

	/** How long it does so before the clock moves on. */
	private static final long SETTLED = TimeUnit.MILLISECONDS.toNanos(150);

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

	/** How much faster than the machine's a clock is that was let go. */
	private static final int FREE_PACE = 1000;

	private static final long HELPER_TICK = TimeUnit.MILLISECONDS.toNanos(20);

	/** More tasks than this at one time go round in circles. */
	private static final int MOST_AT_ONCE = 50_000;

	/** As many waits in a row without anything due are one that never ends. */
	private static final int MOST_IDLE = 100_000;

	private static final Duration THREAD_IDLE = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(Strands.class);

	private final ThreadLocal<@Nullable Strand> current = new ThreadLocal<>();

	private final AtomicInteger threadNumber = new AtomicInteger();

	private final ThreadPoolExecutor carriers = new ThreadPoolExecutor(0, Integer.MAX_VALUE, THREAD_IDLE.toMillis(),
			TimeUnit.MILLISECONDS, new SynchronousQueue<>(), this::newThread);

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

	private @Nullable Thread helper;

	/** Grows with everything that happens. */
	private long changes;

	private long timerNumber;

	private int idleMoves;

	/** How many processes are at work that know nothing of this clock. */
	private int realProcesses;

	private boolean free;

	/** When the clock was let go, by the machine's clock. */
	private long freeSince;

	private long nowWhenFree;

	private Thread newThread(Runnable task) {
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
		enter();
		try {
			this.ready.add(new Strand(task, this.lock.newCondition()));
			change();
			ensureHelper();
		}
		finally {
			this.lock.unlock();
		}
	}

	Timer schedule(Runnable task, long due) {
		enter();
		try {
			Timer timer = new Timer(task, due, this.timerNumber++);
			this.timers.add(timer);
			change();
			ensureHelper();
			return timer;
		}
		finally {
			this.lock.unlock();
		}
	}

	void cancel(Timer timer) {
		enter();
		try {
			this.timers.remove(timer);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Something has happened that somebody may wait for. */
	void touch() {
		enter();
		try {
			change();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What the thread of the test shall throw, since nobody else would see it. */
	void report(Error failure) {
		enter();
		try {
			this.failures.add(failure);
			change();
		}
		finally {
			this.lock.unlock();
		}
	}

	void forgetFailures() {
		enter();
		try {
			this.failures.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** While there are real processes, time that is waited for goes by as it does. */
	void realProcesses(int more) {
		enter();
		try {
			this.realProcesses += more;
			change();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** From now on the clock runs by itself. */
	void letGo() {
		enter();
		try {
			if (!this.free) {
				this.free = true;
				this.freeSince = System.nanoTime();
				this.nowWhenFree = this.now;
			}
			ensureHelper();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isStrand() {
		return this.current.get() != null;
	}

	private void enter() {
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
		long deadline = deadline(nanos);
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
	 * @return what has happened until now
	 */
	long listen(Object condition) {
		Strand strand = this.current.get();
		enter();
		try {
			if (strand != null) {
				strand.condition = condition;
				strand.signalled = false;
				this.listening.add(strand);
			}
			return this.changes;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for the signal. A thread of the test comes back whenever something has
	 * happened.
	 */
	void awaitSignal(long seen, long nanos) throws InterruptedException {
		Strand strand = this.current.get();
		long deadline = deadline(nanos);
		enter();
		try {
			if (strand == null) {
				drive(() -> this.changes != seen, deadline, "a change");
			}
			else if (!strand.signalled && this.now < deadline) {
				block(strand, null, deadline);
			}
		}
		finally {
			if (strand != null) {
				this.listening.remove(strand);
				strand.condition = null;
			}
			this.lock.unlock();
		}
	}

	void signal(Object condition) {
		enter();
		try {
			for (Strand strand : this.listening) {
				if (strand.condition == condition) {
					strand.signalled = true;
				}
			}
			change();
		}
		finally {
			this.lock.unlock();
		}
	}

	private long deadline(long nanos) {
		long deadline = this.now + Math.max(0, nanos);
		return (deadline < 0) ? Long.MAX_VALUE : deadline;
	}

	// the lock is held; gives the turn back and comes back with it
	private void block(Strand strand, @Nullable BooleanSupplier until, long deadline) throws InterruptedException {
		strand.until = until;
		strand.deadline = deadline;
		this.away.remove(strand);
		this.waiting.add(strand);
		if (this.running == strand) {
			this.running = null;
		}
		this.changed.signalAll();
		ensureHelper();
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
		enter();
		try {
			while (this.driver != null && this.driver == this.helper) {
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
			throwFailure();
		}
		finally {
			this.lock.unlock();
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
				long target = deadline(nanos);
				runAll();
				while (nextDue() <= target) {
					moveTo(nextDue());
					runAll();
				}
				moveTo(target);
				runAll();
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

	private void takeOver() {
		while (this.driver != null) {
			pause(TICK);
		}
		this.driver = Thread.currentThread();
	}

	private void release() {
		if (this.driver == Thread.currentThread()) {
			this.driver = null;
		}
		this.changed.signalAll();
		ensureHelper();
	}

	private void throwFailure() {
		Error failure = this.failures.poll();
		if (failure != null) {
			throw failure;
		}
	}

	private boolean drive(BooleanSupplier until, long deadline, String what) throws InterruptedException {
		while (this.driver != null) {
			if (until.getAsBoolean()) {
				return true;
			}
			if (this.now >= deadline) {
				return false;
			}
			this.changed.awaitNanos(TICK);
		}
		this.driver = Thread.currentThread();
		try {
			while (true) {
				runAll();
				throwFailure();
				if (until.getAsBoolean()) {
					return true;
				}
				if (this.now >= deadline) {
					return false;
				}
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				moveOn(until, deadline, what);
			}
		}
		finally {
			release();
		}
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
			awaitOthers(until, what);
			return;
		}
		moveTo(next);
	}

	// another thread of the test may do something still
	private void awaitOthers(BooleanSupplier until, String what) {
		long seen = this.changes;
		long began = System.nanoTime();
		this.driver = null;
		while (this.changes == seen && !until.getAsBoolean()) {
			if (System.nanoTime() - began > PATIENCE.toNanos()) {
				throw new IllegalStateException("This thread waits for " + what + ", which never comes: the fakes'"
						+ " clock stands at +" + Duration.ofNanos(this.now) + ", nothing is due any more, and no other"
						+ " thread has done anything for " + PATIENCE.toSeconds() + " s. Let the stub end"
						+ " (exitCode, after), give the process a timeout, or stop it from the test");
			}
			pause(TICK);
		}
		this.idleMoves = 0;
		takeOver();
	}

	private long nextDue() {
		Timer first = this.timers.peek();
		long next = (first != null) ? first.due : Long.MAX_VALUE;
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
		while (first != null && first.due <= this.now) {
			this.timers.remove();
			this.ready.add(new Strand(first.task, this.lock.newCondition()));
			first = this.timers.peek();
		}
		for (Strand strand : this.waiting) {
			if (hasCome(strand) || strand.deadline <= this.now) {
				return strand;
			}
		}
		return this.ready.poll();
	}

	private static boolean hasCome(Strand strand) {
		BooleanSupplier until = strand.until;
		return (until != null) ? until.getAsBoolean() : strand.signalled;
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
		StringBuilder message = new StringBuilder("A listener, stub or task has not come to its end within ");
		message.append(BOUND.toSeconds()).append(" s of real time. It is here:");
		Thread thread = strand.carrier;
		if (thread != null) {
			for (StackTraceElement frame : thread.getStackTrace()) {
				message.append("\n\tat ").append(frame);
			}
		}
		return message.toString();
	}

	// what has begun must be brought to its end first: an interrupt is seen later
	private void pause(long nanos) {
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

	// --- the helper

	private void ensureHelper() {
		boolean needed = this.driver == null && (this.free || canGoOn());
		if (needed && this.helper == null) {
			this.helper = newThread(this::help);
			this.helper.start();
		}
	}

	private boolean canGoOn() {
		Timer first = this.timers.peek();
		return !this.ready.isEmpty() || (first != null && first.due <= this.now)
				|| this.waiting.stream().anyMatch(Strands::hasCome);
	}

	private void help() {
		enter();
		try {
			long idleSince = System.nanoTime();
			while (System.nanoTime() - idleSince < THREAD_IDLE.toNanos()) {
				pause(this.free ? TICK : HELPER_TICK);
				if (this.driver == null && (canGoOn() || (this.free && nextDue() < Long.MAX_VALUE))) {
					idleSince = System.nanoTime();
					helpOnce();
				}
			}
		}
		finally {
			this.helper = null;
			this.lock.unlock();
		}
	}

	private void helpOnce() {
		this.driver = Thread.currentThread();
		try {
			runAll();
			if (this.free) {
				long target = this.nowWhenFree + (System.nanoTime() - this.freeSince) * FREE_PACE;
				while (nextDue() <= target) {
					moveTo(nextDue());
					runAll();
				}
				moveTo(target);
			}
		}
		catch (IllegalStateException ex) {
			logger.warn("What is due cannot be run", ex);
		}
		finally {
			this.driver = null;
			this.changed.signalAll();
		}
	}

	/**
	 * Something that is due later.
	 */
	static final class Timer implements Comparable<Timer> {

		private final Runnable task;

		private final long due;

		private final long number;

		private Timer(Runnable task, long due, long number) {
			this.task = task;
			this.due = due;
			this.number = number;
		}

		@Override
		public int compareTo(Timer other) {
			int byTime = Long.compare(this.due, other.due);
			return (byTime != 0) ? byTime : Long.compare(this.number, other.number);
		}

	}

}
