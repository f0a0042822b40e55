package io.procession.engine.zt;

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
 * A process on a pseudoterminal, made of the lower half of pty4j: its upper half names a
 * thread after the whole command line, secrets included, closes the output with the
 * input, and sets the size when the process runs already.
 *
 * <p>
 * The terminal stays open until the process has ended, though the process itself may have
 * closed it before: to close it means HUP. So its output ends when both have happened.
 */
final class TerminalProcess extends Process implements Resizable {

	/** Ctrl-D: what ends the input of a terminal; see {@code termios(3)}, VEOF. */
	private static final int END_OF_TRANSMISSION = 4;

	/** How long a program may take from fork to exec before that is taken for granted. */
	private static final long EXEC_BOUND = TimeUnit.SECONDS.toNanos(10);

	private static final long EXEC_POLL = TimeUnit.MICROSECONDS.toNanos(100);

	/** How often a terminal that nobody has open is looked at while its process lives. */
	private static final long HUNG_UP_POLL = TimeUnit.MILLISECONDS.toNanos(20);

	/** How often a terminal that had no room is tried again. */
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
	 * Start a process. Returns once it has become its program.
	 * @throws NotExecutedException if the program cannot be executed; no process exists
	 * then
	 */
	static TerminalProcess start(String executable, List<String> arguments, List<byte[]> environment,
			@Nullable Path directory, Terminal.Pseudo size) throws IOException {
		PseudoTerminal terminal = PseudoTerminal.open(size);
		TerminalProcess started = null;
		CompletableFuture<Integer> pid = new CompletableFuture<>();
		try {
			// before the process: there may be no thread left for it
			CompletableFuture<Integer> exit = startReaper(pid);
			int child = TerminalLibrary.execute(executable, arguments, environment, directory, terminal.slave(),
					terminal.descriptor());
			if (child <= 0) {
				throw new NotExecutedException(TerminalLibrary.errno());
			}
			boolean executed = SystemView.Visibility.detect() != SystemView.Visibility.PROC || awaitExec(child);
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
		// newer JDKs give it that of the system, whoever starts it
		reaper.setContextClassLoader(null);
		reaper.start();
		return exit;
	}

	// as the JDK's own reaper
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
	 * Wait until a child, which nobody has reaped yet, has become its program.
	 * @return whether it has; not if it ended before
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
			// no descriptor to look with: it is taken for executed
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
		return ProcessHandle.of(this.pid).orElseThrow(() -> new UnsupportedOperationException("it has ended"));
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
	 * The program could not be executed.
	 */
	static final class NotExecutedException extends IOException {

		private static final long serialVersionUID = 1L;

		/** The error of fork(2), or 0 if the child could not execute it. */
		private final int errno;

		NotExecutedException(int errno) {
			super("it could not be executed on a pseudoterminal");
			this.errno = errno;
		}

		/** Whether there was no room for another process. */
		boolean isLackOfRoom() {
			return this.errno == TerminalLibrary.EAGAIN || this.errno == TerminalLibrary.ENOMEM;
		}

	}

	/** Shows what is written; read and closed by one thread. */
	private final class Screen extends InputStream {

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) > 0) ? one[0] & 0xff : -1;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			while (length > 0) {
				// asked first: what was written before the exit is there after it
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
		 * Wait while nobody has the terminal open: a process can open it again, by
		 * {@code /dev/tty}. As for a pipe, an interrupt ends nothing.
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

	/** Types what is written; to close it is to type the end of the input. */
	private final class Keyboard extends OutputStream {

		/**
		 * Guards the state, and is held while the terminal has no room: whoever types
		 * next waits for the one before.
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
					throw new IOException("The end of the input was typed before");
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
					throw new IOException("Nobody reads what is typed");
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
					// within a line the first one only hands over what was typed
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
