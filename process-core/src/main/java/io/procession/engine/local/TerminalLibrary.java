package io.procession.engine.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.pty4j.util.PtyUtil;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Native functions required for a pseudoterminal: those of the C library, and {@code
 * exec_pty} of pty4j. The latter is called with bytes, since pty4j itself encodes text in
 * the default charset, which may differ from that used by the JDK for other processes.
 */
final class TerminalLibrary {

	static final int EINTR = 4;

	static final int EIO = 5;

	static final int EAGAIN = Platform.isLinux() ? 11 : 35;

	static final int ENOMEM = 12;

	private static final int F_SETFL = 4;

	private static final int O_NONBLOCK = Platform.isLinux() ? 0x800 : 0x4;

	private static final int POLLFD = 8;

	private static final int EVENTS = 4;

	private static final short POLLIN = 1;

	private static final int SIG_SETMASK = Platform.isLinux() ? 2 : 3;

	private static final int NOT_EXECUTED = 127;

	/** Size of a buffer for a {@code sigset_t}. */
	private static final int SIGNAL_SET = 128;

	private static final C C_LIBRARY = Native.load(null, C.class);

	private static final Pty4j PTY4J = Native.load(PtyUtil.resolveNativeFile("libpty.so").getAbsolutePath(),
			Pty4j.class, Map.of(Library.OPTION_STRING_ENCODING, StandardCharsets.ISO_8859_1.name()));

	private TerminalLibrary() {
	}

	/** Return {@code true}, or fail if the libraries cannot be loaded. */
	static boolean isLoaded() {
		return C_LIBRARY != null && PTY4J != null;
	}

	/** Make reads and writes non-blocking. */
	static void neverBlock(int descriptor) throws IOException {
		if (C_LIBRARY.fcntl(descriptor, F_SETFL, O_NONBLOCK) < 0) {
			throw new IOException("fcntl(2) failed with errno " + Native.getLastError());
		}
	}

	/**
	 * Read the bytes that are available.
	 * @return the number of bytes, 0 at the end, or a negative number if the read failed;
	 * see {@link #errno()}
	 */
	static int read(int descriptor, byte[] buffer, int count) {
		return C_LIBRARY.read(descriptor, buffer, new NativeLong(count)).intValue();
	}

	/**
	 * Write as many bytes as there is room for.
	 * @return the number of bytes, or a negative number if the write failed; see
	 * {@link #errno()}
	 */
	static int write(int descriptor, byte[] bytes, int count) {
		return C_LIBRARY.write(descriptor, bytes, new NativeLong(count)).intValue();
	}

	/** Wait until input is available or no writer is left. */
	static void awaitInput(int descriptor) {
		// a struct pollfd: descriptor, requested events, returned events
		Memory poll = new Memory(POLLFD);
		poll.setInt(0, descriptor);
		poll.setShort(EVENTS, POLLIN);
		C_LIBRARY.poll(poll, new NativeLong(1), -1);
	}

	/** Return the error number of the last call of this thread. */
	static int errno() {
		return Native.getLastError();
	}

	/**
	 * Execute a program on a pseudoterminal, with no signal blocked: the threads of the
	 * JVM block QUIT, which the terminal sends for Ctrl-\.
	 * @param program the file to execute
	 * @param arguments the arguments
	 * @param environment the environment variables as bytes
	 * @param directory the working directory, or {@code null} for that of the JVM
	 * @param slave the name of the terminal
	 * @param master the descriptor of its master side
	 * @return the PID, or 0 or less if the call failed; see {@link #errno()}
	 */
	static int execute(String program, List<String> arguments, List<byte[]> environment, @Nullable Path directory,
			String slave, int master) {
		String[] argv = arguments.stream().map(TerminalLibrary::encode).toArray(String[]::new);
		String[] envp = environment.stream().map(TerminalLibrary::text).toArray(String[]::new);
		String cwd = encode((directory != null) ? directory.toString() : ".");
		byte[] mask = new byte[SIGNAL_SET];
		boolean unblocked = C_LIBRARY.pthread_sigmask(SIG_SETMASK, new byte[SIGNAL_SET], mask) == 0;
		try {
			int pid = PTY4J.exec_pty(encode(program), argv, envp, cwd, slave, master, null, -1, false);
			if (pid <= 0 && C_LIBRARY.getpid() != ProcessHandle.current().pid()) {
				// this is the child, which could not open its terminal: it must not
				// continue as a copy of this JVM
				C_LIBRARY._exit(NOT_EXECUTED);
			}
			return pid;
		}
		finally {
			if (unblocked) {
				int errno = Native.getLastError();
				C_LIBRARY.pthread_sigmask(SIG_SETMASK, mask, new byte[SIGNAL_SET]);
				Native.setLastError(errno);
			}
		}
	}

	private static String encode(String text) {
		return text(NativeText.encode(text));
	}

	/** Return the text that the library's encoding maps to the given bytes. */
	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	/** Functions of the C library, with their original names. */
	interface C extends Library {

		int fcntl(int descriptor, int command, int argument);

		NativeLong read(int descriptor, byte[] buffer, NativeLong count);

		NativeLong write(int descriptor, byte[] bytes, NativeLong count);

		int poll(Pointer descriptors, NativeLong count, int timeout);

		int pthread_sigmask(int how, byte[] set, byte[] old);

		int getpid();

		void _exit(int code);

	}

	/** Function of the pty4j library, with its original name. */
	interface Pty4j extends Library {

		int exec_pty(String program, String[] arguments, String[] environment, String directory, String slave,
				int master, @Nullable String errorSlave, int errorMaster, boolean console);

	}

}
