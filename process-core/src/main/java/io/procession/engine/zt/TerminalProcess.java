package io.procession.engine.zt;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import com.pty4j.WinSize;
import com.pty4j.unix.Pty;
import com.pty4j.unix.PtyHelpers;
import org.jspecify.annotations.Nullable;

import io.procession.process.Terminal;

/**
 * A process on a pseudoterminal, made of the lower half of pty4j: its upper half names a
 * thread after the whole command line, secrets included, closes the output with the
 * input, and sets the size when the process runs already.
 */
final class TerminalProcess extends Process implements Resizable {

	/** Ctrl-D: what ends the input of a terminal; see {@code termios(3)}, VEOF. */
	private static final int END_OF_TRANSMISSION = 4;

	private static final int EINTR = 4;

	private final Pty pty;

	private final int pid;

	private final CompletableFuture<Integer> exit = new CompletableFuture<>();

	/** Guards the use of the master's descriptor against its end, but for reading. */
	private final ReentrantLock lock = new ReentrantLock();

	private final InputStream screen;

	private final Keyboard keyboard = new Keyboard();

	private TerminalProcess(Pty pty, int pid) {
		this.pty = pty;
		this.pid = pid;
		this.screen = new FilterInputStream(pty.getInputStream()) {

			@Override
			public void close() throws IOException {
				closePty();
			}

		};
	}

	static TerminalProcess start(String executable, List<String> arguments, Map<String, String> environment,
			@Nullable Path directory, Terminal.Pseudo size) throws IOException {
		Pty pty = new Pty();
		if (pty.getMasterFD() < 0) {
			throw new IOException("there is no pseudoterminal left: pty(7)");
		}
		int pid = -1;
		try {
			pty.setWindowSize(new WinSize(size.columns(), size.rows()), null);
			String[] variables = environment.entrySet()
				.stream()
				.map((entry) -> entry.getKey() + "=" + entry.getValue())
				.toArray(String[]::new);
			pid = PtyHelpers.execPty(executable, arguments.toArray(String[]::new), variables,
					(directory != null) ? directory.toString() : ".", pty.getSlaveName(), pty.getMasterFD(), null, -1,
					false);
		}
		finally {
			if (pid <= 0) {
				pty.close();
			}
		}
		if (pid <= 0) {
			throw new IOException("it could not be executed on a pseudoterminal");
		}
		TerminalProcess process = new TerminalProcess(pty, pid);
		Thread reaper = new Thread(process::reap, "procession-pty-reaper");
		reaper.setDaemon(true);
		reaper.start();
		return process;
	}

	// as the JDK's own reaper
	private void reap() {
		int[] status = new int[1];
		int reaped = PtyHelpers.waitpid(this.pid, status, 0);
		while (reaped < 0 && PtyHelpers.errno() == EINTR) {
			reaped = PtyHelpers.waitpid(this.pid, status, 0);
		}
		int signal = status[0] & 0x7f;
		this.exit.complete((signal == 0) ? (status[0] >> 8) & 0xff : 128 + signal);
	}

	@Override
	public void resize(Terminal.Pseudo size) {
		this.lock.lock();
		try {
			if (!this.pty.isClosed()) {
				this.pty.setWindowSize(new WinSize(size.columns(), size.rows()), null);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("The terminal cannot be resized: " + ex.getMessage(), ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void closePty() throws IOException {
		this.lock.lock();
		try {
			this.pty.close();
		}
		finally {
			this.lock.unlock();
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

	/** Types what is written; to close it is to type the end of the input. */
	private final class Keyboard extends OutputStream {

		private boolean closed;

		private boolean amidLine;

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			TerminalProcess.this.lock.lock();
			try {
				if (this.closed || !isAlive() || TerminalProcess.this.pty.isClosed()) {
					throw new IOException("Nobody reads what is typed");
				}
				if (length > 0) {
					TerminalProcess.this.pty.getOutputStream().write(bytes, offset, length);
					this.amidLine = bytes[offset + length - 1] != '\n';
				}
			}
			finally {
				TerminalProcess.this.lock.unlock();
			}
		}

		@Override
		public void close() throws IOException {
			TerminalProcess.this.lock.lock();
			try {
				if (!this.closed && isAlive() && !TerminalProcess.this.pty.isClosed()) {
					if (this.amidLine) {
						// within a line the first one only hands over what was typed
						TerminalProcess.this.pty.getOutputStream().write(END_OF_TRANSMISSION);
					}
					TerminalProcess.this.pty.getOutputStream().write(END_OF_TRANSMISSION);
				}
				this.closed = true;
			}
			finally {
				TerminalProcess.this.lock.unlock();
			}
		}

	}

}
