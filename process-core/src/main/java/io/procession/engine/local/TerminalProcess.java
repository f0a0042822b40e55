package io.procession.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import com.pty4j.unix.PtyHelpers;
import org.jspecify.annotations.Nullable;

import io.procession.process.Terminal;

/**
 * A process on a pseudoterminal. Uses the low-level API of pty4j only: its high-level API
 * names a thread after the complete command line, including secrets, closes the output
 * together with the input, and sets the size when the process is already running.
 *
 * <p>
 * The terminal is kept open until the process has exited, even if the process has closed
 * it before, since closing it sends HUP. The output therefore ends when both have
 * happened.
 */
final class TerminalProcess extends Process implements Resizable {

	/** Ctrl-D, which ends the input of a terminal; see {@code termios(3)}, VEOF. */
	private static final int END_OF_TRANSMISSION = 4;

	/**
	 * Maximum time to wait for a program to be executed after the fork; it is then
	 * assumed to have been executed.
	 */
	private static final long EXEC_BOUND = TimeUnit.SECONDS.toNanos(10);

	private static final long EXEC_POLL = TimeUnit.MICROSECONDS.toNanos(100);

	/**
	 * Interval at which a terminal that no process has open is polled while its process
	 * is alive.
	 */
	private static final long HUNG_UP_POLL = TimeUnit.MILLISECONDS.toNanos(20);

	/** Interval at which a write to a full terminal is retried. */
	private static final long ROOM_POLL = TimeUnit.MILLISECONDS.toNanos(2);

	private final PseudoTerminal terminal;

	private final int pid;

	private final CompletableFuture<Integer> exit;

	private final Screen screen = new Screen();

	private final Keyboard keyboard = new Keyboard();

	private TerminalProcess(PseudoTerminal terminal, int pid, CompletableFuture<Integer> exit) {
		this.terminal = terminal;
		this.pid = pid;
		this.exit = exit;
	}

	/**
	 * Start a process. Returns once it has executed its program.
	 * @throws NotExecutedException if the program cannot be executed; no process exists
	 * then
	 */
	static TerminalProcess start(String executable, List<String> arguments, List<byte[]> environment,
			@Nullable Path directory, Terminal.Pseudo size) throws IOException {
		PseudoTerminal terminal = PseudoTerminal.open(size);
		TerminalProcess started = null;
		CompletableFuture<Integer> pid = new CompletableFuture<>();
		try {
			// before the process, as no thread may be left afterwards
			CompletableFuture<Integer> exit = startReaper(pid);
			int child = TerminalLibrary.execute(executable, arguments, environment, directory, terminal.slave(),
					terminal.descriptor());
			if (child <= 0) {
				throw new NotExecutedException(TerminalLibrary.errno());
			}
			boolean executed = SystemProcesses.Visibility.detect() != SystemProcesses.Visibility.PROC
					|| awaitExec(child);
			pid.complete(child);
			if (!executed) {
				exit.join();
				throw new NotExecutedException(0);
			}
			started = new TerminalProcess(terminal, child, exit);
			return started;
		}
		finally {
			pid.complete(0);
			if (started == null) {
				terminal.close();
			}
		}
	}

	private static CompletableFuture<Integer> startReaper(CompletableFuture<Integer> pid) throws IOException {
		CompletableFuture<Integer> exit = new CompletableFuture<>();
		Thread reaper = new Thread(null, () -> {
			int child = pid.join();
			if (child > 0) {
				exit.complete(reap(child));
			}
		}, "procession-pty-reaper", 0, false);
		reaper.setDaemon(true);
		// newer JDKs would set the system class loader, regardless of the starting thread
		reaper.setContextClassLoader(null);
		reaper.start();
		return exit;
	}

	// same encoding as in the JDK: exit code, or 128 plus the signal
	private static int reap(int pid) {
		int[] status = new int[1];
		int reaped = PtyHelpers.waitpid(pid, status, 0);
		while (reaped < 0 && PtyHelpers.errno() == TerminalLibrary.EINTR) {
			reaped = PtyHelpers.waitpid(pid, status, 0);
		}
		int signal = status[0] & 0x7f;
		return (signal == 0) ? (status[0] >> 8) & 0xff : 128 + signal;
	}

	/**
	 * Wait until a child that has not been reaped has executed its program.
	 * @return whether it has; {@code false} if it exited before
	 */
	private static boolean awaitExec(int pid) {
		long began = System.nanoTime();
		while (System.nanoTime() - began < EXEC_BOUND) {
			ProcStat stat = stat(pid);
			if (stat == null || !stat.forked()) {
				return true;
			}
			if (!stat.isAlive()) {
				return false;
			}
			LockSupport.parkNanos(EXEC_POLL);
		}
		return true;
	}

	private static @Nullable ProcStat stat(int pid) {
		try {
			return ProcStat.read(pid);
		}
		catch (UncheckedIOException ex) {
			// no file descriptor to read it with: assume that it has been executed
			return null;
		}
	}

	@Override
	public void resize(Terminal.Pseudo size) {
		try {
			this.terminal.resize(size);
		}
		catch (IOException ex) {
			throw new IllegalStateException("The terminal cannot be resized: " + ex.getMessage(), ex);
		}
	}

	@Override
	public OutputStream getOutputStream() {
		return this.keyboard;
	}

	@Override
	public InputStream getInputStream() {
		return this.screen;
	}

	@Override
	public InputStream getErrorStream() {
		return InputStream.nullInputStream();
	}

	@Override
	public int waitFor() throws InterruptedException {
		try {
			return this.exit.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
		try {
			this.exit.get(timeout, unit);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public int exitValue() {
		if (!this.exit.isDone()) {
			throw new IllegalThreadStateException("process hasn't exited");
		}
		return this.exit.join();
	}

	@Override
	public boolean isAlive() {
		return !this.exit.isDone();
	}

	@Override
	public long pid() {
		return this.pid;
	}

	@Override
	public ProcessHandle toHandle() {
		return ProcessHandle.of(this.pid)
			.orElseThrow(() -> new UnsupportedOperationException("The process has exited"));
	}

	@Override
	public CompletableFuture<Process> onExit() {
		return this.exit.thenApply((code) -> this);
	}

	@Override
	public void destroy() {
		ProcessHandle.of(this.pid).filter((handle) -> isAlive()).ifPresent(ProcessHandle::destroy);
	}

	/**
	 * Thrown when the program could not be executed.
	 */
	static final class NotExecutedException extends IOException {

		private static final long serialVersionUID = 1L;

		/** Error number of fork(2), or 0 if the child could not execute the program. */
		private final int errno;

		NotExecutedException(int errno) {
			super("The program could not be executed on a pseudoterminal");
			this.errno = errno;
		}

		/** Return whether the system lacked the resources for another process. */
		boolean isLackOfRoom() {
			return this.errno == TerminalLibrary.EAGAIN || this.errno == TerminalLibrary.ENOMEM;
		}

	}

	/** Output of the terminal; read and closed by a single thread. */
	private final class Screen extends InputStream {

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) > 0) ? one[0] & 0xff : -1;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			while (length > 0) {
				// checked first: output written before the exit is then still read
				boolean ended = !isAlive();
				int count = TerminalProcess.this.terminal.read(bytes, offset, length);
				if (count > 0) {
					return count;
				}
				if (count == PseudoTerminal.NOTHING) {
					TerminalProcess.this.terminal.awaitOutput();
				}
				else if (ended) {
					return -1;
				}
				else {
					awaitExitOrReopening();
				}
			}
			return 0;
		}

		/**
		 * Wait while no process has the terminal open, as a process can reopen it through
		 * {@code /dev/tty}. As with a pipe, an interrupt does not end the read.
		 */
		private void awaitExitOrReopening() {
			boolean interrupted = Thread.interrupted();
			try {
				waitFor(HUNG_UP_POLL, TimeUnit.NANOSECONDS);
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

		@Override
		public void close() throws IOException {
			TerminalProcess.this.terminal.close();
		}

	}

	/** Input of the terminal; closing it types the end-of-file character. */
	private final class Keyboard extends OutputStream {

		/**
		 * Guards the state, and is held while the terminal is full, so that writers wait
		 * for each other.
		 */
		private final ReentrantLock typing = new ReentrantLock();

		private boolean closed;

		private boolean amidLine;

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			this.typing.lock();
			try {
				if (this.closed) {
					throw new IOException("The input is closed");
				}
				type(bytes, offset, length);
			}
			finally {
				this.typing.unlock();
			}
		}

		private void type(byte[] bytes, int offset, int length) throws IOException {
			int typed = 0;
			while (typed < length) {
				if (!isAlive()) {
					throw new IOException("The process has exited and no longer reads its input");
				}
				int count = TerminalProcess.this.terminal.type(bytes, offset + typed, length - typed);
				typed += count;
				if (count > 0) {
					this.amidLine = bytes[offset + typed - 1] != '\n';
				}
				else {
					awaitRoom();
				}
			}
		}

		private void awaitRoom() throws InterruptedIOException {
			LockSupport.parkNanos(ROOM_POLL);
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptedIOException(
						"Interrupted while waiting for process " + pid() + " to read its input");
			}
		}

		@Override
		public void close() throws IOException {
			this.typing.lock();
			try {
				if (!this.closed && isAlive()) {
					// within a line, the first one only submits what has been typed
					int count = this.amidLine ? 2 : 1;
					type(new byte[] { END_OF_TRANSMISSION, END_OF_TRANSMISSION }, 0, count);
				}
			}
			finally {
				this.closed = true;
				this.typing.unlock();
			}
		}

	}

}
