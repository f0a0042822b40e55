package io.procession.engine.local;

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
 * Scanner that reads {@code /proc} on a separate thread, so that callers wait for a
 * limited time only: reading the data of another process may block as long as the kernel
 * holds a lock on its memory. A process that cannot be read in time is skipped by all
 * scans until the blocked read returns. <i>Thread-safe.</i>
 */
final class ProcessScanner implements AutoCloseable {

	/** Maximum time to read a single process before it is skipped. */
	private static final Duration READ_BOUND = Duration.ofMillis(300);

	/** Maximum time that a caller waits for a scan. */
	private static final Duration SCAN_BOUND = Duration.ofSeconds(2);

	/** Interval at which the progress of a scan is checked. */
	private static final long POLL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

	/**
	 * Number of consecutive polls that must observe the same read. After a pause of the
	 * JVM, a read that has just begun would otherwise be taken for a blocked one.
	 */
	private static final int POLLS = 5;

	/**
	 * Number of unreadable processes of a user from which on no environment of that user
	 * is read, since each of them blocks a thread.
	 */
	private static final int MOST_OF_A_USER = 8;

	private final ReservedDescriptor reserve;

	/**
	 * Processes whose reads block abandoned threads, with the IDs of their users.
	 */
	private final Map<ProcessScan.Identity, Integer> unreadable = new ConcurrentHashMap<>();

	/** Guards the fields below. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable Worker worker;

	/** Number of the scan that was requested last. */
	private long requested;

	/** Number of the scan that was completed last. */
	private long served;

	private Supplier<ProcessTable> outcome = () -> ProcessTable.EMPTY;

	private boolean closed;

	ProcessScanner(ReservedDescriptor reserve) {
		this.reserve = reserve;
	}

	/** Start the thread unless it is running or no thread is available. */
	void prepare() {
		this.lock.lock();
		try {
			hasWorker();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return the number of processes that cannot be read in time. */
	int unreadable() {
		return this.unreadable.size();
	}

	/**
	 * Scan all processes.
	 * @return the table of a scan that began after this call, or {@code null} if none was
	 * completed in time
	 * @throws NoDescriptorException if no file descriptor is left for the scan
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
		// without a thread that may be abandoned, avoid reads that may block
		return this.reserve.lend(() -> new ProcessScan(Set.of(), Set.of()).scan(false));
	}

	/** Return the users with too many unreadable processes. */
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
	 * Progress of the current scan as observed by one caller. Used with the lock held.
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
	 * Thread that scans until it is abandoned or the scanner is closed.
	 */
	private final class Worker extends Thread {

		private volatile @Nullable ProcessScan scan;

		/** Guarded by the lock. */
		private ProcessScan.@Nullable Identity abandonedFor;

		private Worker() {
			super(null, null, "procession-scan", 0, false);
			setDaemon(true);
			// runs no application code and must not keep an application in memory
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

		// after a failure, for example for lack of memory, the next scan uses a new
		// thread
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
					throw new IllegalStateException("Failed to scan the processes of this machine", ex);
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
					// the process is readable again
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
