package io.procession.engine.local;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * State of a process as shown by {@code /proc/<pid>/stat}; see {@code proc(5)}.
 *
 * @param pid process ID
 * @param state state, {@code Z} for a zombie
 * @param parent process ID of the parent
 * @param group process group
 * @param session session
 * @param threads number of threads
 * @param startTicks start time in clock ticks since boot, which together with the PID
 * identifies the process
 * @param forked whether the process has not executed a program since its fork, and thus
 * still has the signal handlers of its parent
 */
record ProcStat(long pid, char state, long parent, long group, long session, int threads, long startTicks,
		boolean forked) {

	/** {@code PF_FORKNOEXEC} of the kernel's {@code sched.h}. */
	private static final long FORKED = 0x40;

	/** Upper bound for what the kernel writes: some fifty numbers and a name. */
	private static final int LONGEST = 2048;

	/**
	 * Read a process.
	 * @param pid its process ID
	 * @return the process, or {@code null} if it does not exist, if this JVM is not
	 * permitted to read it, or if this is not Linux
	 * @throws NoDescriptorException if the process may exist, but no file descriptor is
	 * left to read it
	 */
	static @Nullable ProcStat read(long pid) {
		return read(Long.toString(pid), pid, new byte[LONGEST]);
	}

	static @Nullable ProcStat read(long pid, byte[] buffer) {
		return read(Long.toString(pid), pid, buffer);
	}

	/**
	 * Read this JVM, regardless of its PID in the namespace shown by {@code /proc}.
	 */
	static @Nullable ProcStat readSelf() {
		return read("self", ProcessHandle.current().pid(), new byte[LONGEST]);
	}

	private static @Nullable ProcStat read(String entry, long pid, byte[] buffer) {
		int length;
		try (FileInputStream in = open("/proc/" + entry + "/stat")) {
			length = in.read(buffer, 0, Math.min(buffer.length, LONGEST));
		}
		catch (IOException ex) {
			return null;
		}
		return (length > 0) ? parse(pid, new String(buffer, 0, length, StandardCharsets.ISO_8859_1)) : null;
	}

	/**
	 * Open a file of {@code /proc}. A file that cannot be opened belongs to a process
	 * that has exited or that another user owns, unless no file descriptor is left: the
	 * JDK reports both in the same way.
	 * @throws IOException if the process has exited or cannot be accessed
	 * @throws NoDescriptorException if no file descriptor is left
	 */
	static FileInputStream open(String file) throws IOException {
		try {
			return new FileInputStream(file);
		}
		catch (IOException ex) {
			if (!isDescriptorLeft()) {
				throw new NoDescriptorException(ex);
			}
			// the last descriptor may have been released in the meantime
			return new FileInputStream(file);
		}
	}

	private static boolean isDescriptorLeft() {
		try (FileInputStream in = new FileInputStream("/dev/null")) {
			return true;
		}
		catch (IOException ex) {
			return !new File("/dev/null").exists();
		}
	}

	private static @Nullable ProcStat parse(long pid, String text) {
		// the name of the program, in parentheses, may contain any character
		int name = text.lastIndexOf(')');
		if (name < 0 || name + 2 > text.length()) {
			return null;
		}
		String[] fields = text.substring(name + 2).split(" ", 21);
		if (fields.length < 21) {
			return null;
		}
		return new ProcStat(pid, fields[0].charAt(0), Long.parseLong(fields[1]), Long.parseLong(fields[2]),
				Long.parseLong(fields[3]), Integer.parseInt(fields[17]), Long.parseLong(fields[19]),
				(Long.parseLong(fields[6]) & FORKED) != 0);
	}

	/**
	 * Return the current time in the unit of process start times: clock ticks, of which
	 * Linux has 100 per second.
	 * @return the ticks since boot, or {@link Long#MAX_VALUE} if the time is unknown
	 */
	static long ticksNow() {
		try {
			String uptime = Files.readString(Path.of("/proc/uptime"), StandardCharsets.US_ASCII);
			return (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 100);
		}
		catch (IOException | RuntimeException ex) {
			return Long.MAX_VALUE;
		}
	}

	/**
	 * Return whether the process is stopped by a signal, so that it reacts to KILL and
	 * CONT only.
	 */
	boolean isSuspended() {
		return this.state == 'T';
	}

	/**
	 * Return whether the process is alive. A zombie has exited and waits for its parent
	 * to fetch the exit code, but one with more than one thread has lost its first thread
	 * only.
	 */
	boolean isAlive() {
		return this.state != 'X' && (this.state != 'Z' || this.threads > 1);
	}

}
