package io.procession.engine.zt;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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

	/**
	 * Reads a process.
	 * @param pid its process ID
	 * @return what is there, or {@code null} if the process is not, or this is not Linux
	 * @throws UncheckedIOException if it is there and cannot be read
	 */
	static @Nullable ProcStat read(long pid) {
		return read(pid, new byte[1024]);
	}

	static @Nullable ProcStat read(long pid, byte[] buffer) {
		int length;
		try (FileInputStream in = new FileInputStream("/proc/" + pid + "/stat")) {
			length = in.read(buffer);
		}
		catch (IOException ex) {
			if (new File("/proc/" + pid).exists()) {
				// no descriptor to read it with does not mean that it is gone
				throw new UncheckedIOException(ex);
			}
			return null;
		}
		if (length <= 0) {
			return null;
		}
		// the program's name, in parentheses, may hold anything: the rest follows the
		// last
		String text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
		int name = text.lastIndexOf(')');
		String[] fields = text.substring(name + 2).split(" ", 21);
		if (name < 0 || fields.length < 21) {
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
