package io.procession.engine.zt;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * One process as {@code /proc/<pid>/stat} shows it; see {@code proc(5)}.
 *
 * @param pid its process ID
 * @param state its state, {@code Z} for a zombie
 * @param parent its parent's process ID
 * @param group its process group
 * @param session its session
 * @param threads how many threads it has
 * @param startTicks when it started, in clock ticks since boot: with the PID its identity
 * @param forked whether it has executed no program since its fork, and so still has the
 * signal handlers of its parent
 */
record ProcStat(long pid, char state, long parent, long group, long session, int threads, long startTicks,
		boolean forked) {

	/** {@code PF_FORKNOEXEC} of the kernel's {@code sched.h}. */
	private static final long FORKED = 0x40;

	/** More than the kernel writes: some fifty numbers and a name. */
	private static final int LONGEST = 2048;

	/**
	 * Read a process.
	 * @param pid its process ID
	 * @return the process, or {@code null} if there is none, if this JVM is not allowed
	 * to see it, or if this is not Linux
	 * @throws NoDescriptorException if it may be there, but no file descriptor is left to
	 * read it with
	 */
	static @Nullable ProcStat read(long pid) {
		return read(Long.toString(pid), pid, new byte[LONGEST]);
	}

	static @Nullable ProcStat read(long pid, byte[] buffer) {
		return read(Long.toString(pid), pid, buffer);
	}

	/**
	 * Read this JVM, whatever PID it has in the namespace that {@code /proc} shows.
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
	 * that has ended or that another user owns, unless no file descriptor is left: the
	 * JDK reports both in the same way.
	 * @throws IOException if the process is gone or is not to be seen
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
			// whoever took the last one may have given it back meanwhile
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
		// the name of the program, in parentheses, may contain anything
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
	 * The time, as processes' starts are counted: clock ticks, of which Linux has 100 a
	 * second.
	 * @return ticks since boot, or the largest number where that is not known
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
	 * Whether a signal has suspended it, so that it takes note of none but KILL and CONT.
	 */
	boolean isSuspended() {
		return this.state == 'T';
	}

	/**
	 * A zombie has ended; only its exit code is still to be fetched by its parent. One
	 * with threads has lost just its first.
	 */
	boolean isAlive() {
		return this.state != 'X' && (this.state != 'Z' || this.threads > 1);
	}

}
