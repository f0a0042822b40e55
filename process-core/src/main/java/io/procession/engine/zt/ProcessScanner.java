package io.procession.engine.zt;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Scans {@code /proc} on a thread of its own, so that whoever needs the scan waits for it
 * with a bound: a read of another process's data may block for as long as the kernel
 * holds that process's memory. What does not answer in time is skipped by all scans until
 * it does. <i>Thread-safe.</i>
 */
final class ProcessScanner implements AutoCloseable {

	/** How long one process may take to be read before it is skipped. */
	private static final Duration READ_BOUND = Duration.ofMillis(300);

	/** How long a caller waits for a scan. */
	private static final Duration SCAN_BOUND = Duration.ofSeconds(2);

	/** The interval at which it is checked whether a scan makes progress. */
	private static final long POLL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

	/**
	 * The number of polls that must find the same read: after a pause of the JVM, a read
	 * looks old that has just begun.
	 */
	private static final int POLLS = 5;

	/**
	 * The number of processes of one user that do not answer beyond which none of that
	 * user's environments is read: each of them takes a thread.
	 */
	private static final int MOST_OF_A_USER = 8;

	private final ReservedDescriptor reserve;

	/**
	 * Processes that are being read by threads that were abandoned for that, with users.
	 */
	private final Map<ProcessScan.Identity, Integer> unreadable = new ConcurrentHashMap<>();

	/** Guards everything below. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable Worker worker;

	/** The number of the last scan that was requested. */
	private long requested;

	/** The number of the last scan that has ended. */
	private long served;

	private Supplier<ProcessTable> outcome = () -> ProcessTable.EMPTY;

	private boolean closed;

	ProcessScanner(ReservedDescriptor reserve) {
		this.reserve = reserve;
	}

	/** Start the thread if it does not run yet and a thread can be had. */
	void prepare() {
		this.lock.lock();
		try {
			hasWorker();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return the number of processes that do not answer. */
	int unreadable() {
		return this.unreadable.size();
	}

	/**
	 * Scan all processes.
	 * @return a table of a scan that began after this call, or {@code null} if there was
	 * none within the bound
	 * @throws NoDescriptorException if no file descriptor is left to scan with
	 */
	@Nullable ProcessTable scan() {
		long until = System.nanoTime() + SCAN_BOUND.toNanos();
		boolean interrupted = Thread.interrupted();
		this.lock.lock();
		try {
			long number = ++this.requested;
			this.changed.signalAll();
			Progress progress = new Progress();
			while (this.served < number) {
				long remaining = until - System.nanoTime();
				if (this.closed || remaining <= 0) {
					return null;
				}
				if (!hasWorker()) {
					break;
				}
				try {
					this.changed.awaitNanos(Math.min(remaining, POLL_INTERVAL));
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				progress.check();
			}
			if (this.served >= number) {
				return this.outcome.get();
			}
		}
		finally {
			this.lock.unlock();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
		// without a thread that may be abandoned, nothing is read that may block
		return this.reserve.lend(() -> new ProcessScan(Set.of(), Set.of()).scan(false));
	}

	/** Return the users who have so many processes that do not answer. */
	private Set<Integer> unreadableUsers() {
		if (this.unreadable.size() < MOST_OF_A_USER) {
			return Set.of();
		}
		return this.unreadable.values()
			.stream()
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
			.entrySet()
			.stream()
			.filter((user) -> user.getValue() >= MOST_OF_A_USER)
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	private boolean hasWorker() {
		if (this.worker == null && !this.closed) {
			Worker started = new Worker();
			try {
				started.start();
				this.worker = started;
			}
			catch (OutOfMemoryError ex) {
				return false;
			}
		}
		return this.worker != null;
	}

	private void abandon(Worker blocked, ProcessScan.Identity process) {
		this.unreadable.put(process, ProcessScan.user(process.pid()));
		blocked.abandonedFor = process;
		this.worker = null;
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What one caller has seen of the present scan. The lock is held.
	 */
	private final class Progress {

		private ProcessScan.@Nullable Reading seen;

		private int polls;

		void check() {
			Worker present = ProcessScanner.this.worker;
			ProcessScan.Reading now = (present != null) ? present.reading() : null;
			this.polls = (now != null && now.equals(this.seen)) ? this.polls + 1 : 0;
			this.seen = now;
			if (present != null && now != null && this.polls >= POLLS
					&& System.nanoTime() - now.since() > READ_BOUND.toNanos()) {
				abandon(present, now.of());
				this.polls = 0;
			}
		}

	}

	/**
	 * The thread that scans, until it is abandoned or the scanner is closed.
	 */
	private final class Worker extends Thread {

		private volatile @Nullable ProcessScan scan;

		/** Guarded by the lock. */
		private ProcessScan.@Nullable Identity abandonedFor;

		private Worker() {
			super(null, null, "procession-scan", 0, false);
			setDaemon(true);
			// it runs no foreign code and must keep no application in memory
			setContextClassLoader(null);
		}

		ProcessScan.@Nullable Reading reading() {
			ProcessScan present = this.scan;
			return (present != null) ? present.reading() : null;
		}

		@Override
		public void run() {
			try {
				for (long number = awaitRequest(); number > 0; number = awaitRequest()) {
					serve(number, scanAll());
				}
			}
			finally {
				makeWay();
			}
		}

		// should it ever fail, for lack of memory, the next scan has another thread
		private void makeWay() {
			ProcessScanner scanner = ProcessScanner.this;
			scanner.lock.lock();
			try {
				if (scanner.worker == this) {
					scanner.worker = null;
				}
			}
			finally {
				scanner.lock.unlock();
			}
		}

		private long awaitRequest() {
			ProcessScanner scanner = ProcessScanner.this;
			scanner.lock.lock();
			try {
				while (scanner.worker == this && !scanner.closed && scanner.served == scanner.requested) {
					scanner.changed.awaitUninterruptibly();
				}
				return (scanner.worker == this && !scanner.closed) ? scanner.requested : 0;
			}
			finally {
				scanner.lock.unlock();
			}
		}

		private Supplier<ProcessTable> scanAll() {
			try {
				ProcessTable table = ProcessScanner.this.reserve.lend(() -> {
					ProcessScan fresh = new ProcessScan(ProcessScanner.this.unreadable.keySet(), unreadableUsers());
					this.scan = fresh;
					return fresh.scan(true);
				});
				return () -> table;
			}
			catch (NoDescriptorException ex) {
				return () -> {
					throw ex;
				};
			}
			catch (RuntimeException | Error ex) {
				return () -> {
					throw new IllegalStateException("The processes of this machine cannot be scanned", ex);
				};
			}
			finally {
				this.scan = null;
			}
		}

		private void serve(long number, Supplier<ProcessTable> made) {
			ProcessScanner scanner = ProcessScanner.this;
			scanner.lock.lock();
			try {
				if (this.abandonedFor != null) {
					// it answers again
					scanner.unreadable.remove(this.abandonedFor);
				}
				else {
					scanner.served = number;
					scanner.outcome = made;
					scanner.changed.signalAll();
				}
			}
			finally {
				scanner.lock.unlock();
			}
		}

	}

}
