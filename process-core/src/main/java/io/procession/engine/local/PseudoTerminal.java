package io.procession.engine.local;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

import com.pty4j.WinSize;
import com.pty4j.unix.Pty;

import io.procession.process.Terminal;

/**
 * Master side of a pseudoterminal. Only {@link #awaitOutput()} blocks, so that the lock
 * that prevents the descriptor from being closed while in use is held briefly.
 * <i>Thread-safe</i>, except for reading, which is confined to the thread that closes it.
 */
final class PseudoTerminal implements AutoCloseable {

	/** Returned by {@link #read} if no output is available yet. */
	static final int NOTHING = 0;

	/** Returned by {@link #read} if no process has the terminal open. */
	static final int HUNG_UP = -1;

	/** Maximum number of bytes that a terminal returns at once. */
	private static final int LARGEST_READ = 8 * 1024;

	private final Pty pty;

	/** Guards the descriptor against being closed while in use, except by reads. */
	private final ReentrantLock lock = new ReentrantLock();

	private final byte[] buffer = new byte[LARGEST_READ];

	private PseudoTerminal(Pty pty) {
		this.pty = pty;
	}

	static PseudoTerminal open(Terminal.Pseudo size) throws IOException {
		PseudoTerminal terminal = new PseudoTerminal(new Pty());
		if (terminal.descriptor() < 0) {
			throw new IOException("no pseudoterminal is available: pty(7)");
		}
		try {
			TerminalLibrary.neverBlock(terminal.descriptor());
			terminal.resize(size);
			return terminal;
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			terminal.close();
			throw ex;
		}
	}

	int descriptor() {
		return this.pty.getMasterFD();
	}

	/** Return the name of the slave side, which is used by the process. */
	String slave() {
		return this.pty.getSlaveName();
	}

	/**
	 * Read what has been written to the terminal.
	 * @return the number of bytes, {@link #NOTHING} or {@link #HUNG_UP}
	 */
	int read(byte[] bytes, int offset, int length) throws IOException {
		int count = TerminalLibrary.read(descriptor(), this.buffer, Math.min(length, LARGEST_READ));
		if (count > 0) {
			System.arraycopy(this.buffer, 0, bytes, offset, count);
			return count;
		}
		int error = (count == 0) ? TerminalLibrary.EIO : TerminalLibrary.errno();
		if (error == TerminalLibrary.EAGAIN || error == TerminalLibrary.EINTR) {
			return NOTHING;
		}
		if (error == TerminalLibrary.EIO) {
			return HUNG_UP;
		}
		throw new IOException("read(2) failed with errno " + error);
	}

	/** Wait until output is available or no process has the terminal open. */
	void awaitOutput() {
		TerminalLibrary.awaitInput(descriptor());
	}

	/**
	 * Write as many bytes to the terminal as it has room for.
	 * @return the number of bytes written, which may be 0
	 * @throws IOException if the terminal is closed or no process has it open
	 */
	int type(byte[] bytes, int offset, int length) throws IOException {
		this.lock.lock();
		try {
			if (this.pty.isClosed()) {
				throw new IOException("The terminal is closed");
			}
			int most = Math.min(length, LARGEST_READ);
			int count = TerminalLibrary.write(descriptor(), Arrays.copyOfRange(bytes, offset, offset + most), most);
			if (count >= 0) {
				return count;
			}
			int error = TerminalLibrary.errno();
			if (error == TerminalLibrary.EAGAIN || error == TerminalLibrary.EINTR) {
				return 0;
			}
			throw new IOException("write(2) failed with errno " + error);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Set the size of the terminal unless it is closed. */
	void resize(Terminal.Pseudo size) throws IOException {
		this.lock.lock();
		try {
			if (!this.pty.isClosed()) {
				this.pty.setWindowSize(new WinSize(size.columns(), size.rows()), null);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() throws IOException {
		this.lock.lock();
		try {
			this.pty.close();
		}
		finally {
			this.lock.unlock();
		}
	}

}
