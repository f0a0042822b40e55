package io.procession.process;

import java.io.Serial;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A signal with its number on Linux, on x86-64 and aarch64 alike ({@code signal(7)}): one
 * of the standard signals, which are constants, or a {@linkplain #realTime(int) real-time
 * signal}. Signals are equal if their numbers are. <i>Immutable.</i>
 */
public final class Signal implements Serializable {

	@Serial
	private static final long serialVersionUID = 1;

	private static final int SHELL_BASE = 128;

	/** {@code SIGRTMIN} of the GNU C library, which keeps 32 and 33 for itself. */
	private static final int RTMIN = 34;

	private static final int RTMAX = 64;

	private static final Pattern REAL_TIME = Pattern.compile("RT(MIN|MAX)(?:([+-])(\\d{1,2}))?");

	private static final Map<String, Signal> STANDARD = new LinkedHashMap<>();

	/** The terminal hung up; many daemons reload their configuration. */
	public static final Signal HUP = standard("HUP", 1);

	/** Interrupt from the keyboard. */
	public static final Signal INT = standard("INT", 2);

	/** Quit from the keyboard; a JVM prints a thread dump. */
	public static final Signal QUIT = standard("QUIT", 3);

	/** Illegal instruction. */
	public static final Signal ILL = standard("ILL", 4);

	/** Trace or breakpoint trap. */
	public static final Signal TRAP = standard("TRAP", 5);

	/** Abort: ends with a core file where allowed. */
	public static final Signal ABRT = standard("ABRT", 6);

	/** Bad memory access, such as beyond the end of a mapped file. */
	public static final Signal BUS = standard("BUS", 7);

	/** Arithmetic error, such as an integer division by zero. */
	public static final Signal FPE = standard("FPE", 8);

	/** Kill: cannot be caught. */
	public static final Signal KILL = standard("KILL", 9);

	/** For programs to define. */
	public static final Signal USR1 = standard("USR1", 10);

	/** Invalid memory reference. */
	public static final Signal SEGV = standard("SEGV", 11);

	/** For programs to define. */
	public static final Signal USR2 = standard("USR2", 12);

	/** Write to a pipe without readers. */
	public static final Signal PIPE = standard("PIPE", 13);

	/** A timer of {@code alarm(2)} expired. */
	public static final Signal ALRM = standard("ALRM", 14);

	/** Terminate. */
	public static final Signal TERM = standard("TERM", 15);

	/** Stack fault on a coprocessor; unused. */
	public static final Signal STKFLT = standard("STKFLT", 16);

	/** A child stopped or ended. */
	public static final Signal CHLD = standard("CHLD", 17);

	/** Continue if stopped. */
	public static final Signal CONT = standard("CONT", 18);

	/** Stop: cannot be caught. */
	public static final Signal STOP = standard("STOP", 19);

	/** Stop from the keyboard. */
	public static final Signal TSTP = standard("TSTP", 20);

	/** Terminal input of a background process; Gunicorn adds a worker. */
	public static final Signal TTIN = standard("TTIN", 21);

	/** Terminal output of a background process; Gunicorn removes a worker. */
	public static final Signal TTOU = standard("TTOU", 22);

	/** Urgent condition on a socket. */
	public static final Signal URG = standard("URG", 23);

	/** CPU time limit exceeded. */
	public static final Signal XCPU = standard("XCPU", 24);

	/** File size limit exceeded. */
	public static final Signal XFSZ = standard("XFSZ", 25);

	/** A virtual timer expired. */
	public static final Signal VTALRM = standard("VTALRM", 26);

	/** A profiling timer expired. */
	public static final Signal PROF = standard("PROF", 27);

	/** The window was resized. */
	public static final Signal WINCH = standard("WINCH", 28);

	/** Input or output is possible. */
	public static final Signal IO = standard("IO", 29);

	/** Power failure. */
	public static final Signal PWR = standard("PWR", 30);

	/** Bad system call. */
	public static final Signal SYS = standard("SYS", 31);

	private static final Map<String, Signal> SYNONYMS = Map.of("IOT", ABRT, "CLD", CHLD, "POLL", IO);

	/** The name without {@code SIG}. */
	private final String name;

	/** The number on Linux. */
	private final int number;

	private Signal(String name, int number) {
		this.name = name;
		this.number = number;
	}

	private static Signal standard(String name, int number) {
		Signal signal = new Signal(name, number);
		STANDARD.put(name, signal);
		return signal;
	}

	/**
	 * Return all standard signals.
	 * @return 31 signals, in the order of their numbers
	 */
	public static List<Signal> standard() {
		return List.copyOf(STANDARD.values());
	}

	/**
	 * Return a real-time signal.
	 * @param offset its distance from {@code SIGRTMIN}, 0 to 30
	 * @return the signal
	 * @throws IllegalArgumentException if there is no such signal
	 */
	public static Signal realTime(int offset) {
		if (offset < 0 || offset > RTMAX - RTMIN) {
			throw new IllegalArgumentException("No such real-time signal " + offset + ": use 0 to " + (RTMAX - RTMIN));
		}
		return new Signal((offset == 0) ? "RTMIN" : "RTMIN+" + offset, RTMIN + offset);
	}

	/**
	 * Return the signal that an exit code stands for, read as a shell does: 128 + number.
	 * Real-time signals are left out, since programs use these exit codes themselves.
	 * @param exitCode an exit code
	 * @return a standard signal, or empty for any other exit code
	 */
	public static Optional<Signal> fromExitCode(int exitCode) {
		return STANDARD.values().stream().filter((signal) -> signal.exitCode() == exitCode).findFirst();
	}

	/**
	 * Return a signal by its name or number.
	 * @param nameOrNumber such as {@code TERM}, {@code SIGTERM}, {@code term},
	 * {@code 15}, {@code RTMIN+3} or {@code RTMAX-1}
	 * @return the signal
	 * @throws IllegalArgumentException if there is no such signal
	 */
	public static Signal of(String nameOrNumber) {
		String plain = nameOrNumber.strip().toUpperCase(Locale.ROOT);
		if (plain.startsWith("SIG")) {
			plain = plain.substring("SIG".length());
		}
		Signal signal = plain.matches("[1-9]\\d?") ? byNumber(Integer.parseInt(plain)) : byName(plain);
		if (signal == null) {
			throw new IllegalArgumentException("No such signal '" + nameOrNumber + "': use one of " + STANDARD.keySet()
					+ ", RTMIN to RTMIN+" + (RTMAX - RTMIN) + ", or a number from 1 to " + RTMAX + " except 32 and 33");
		}
		return signal;
	}

	private static @Nullable Signal byNumber(int number) {
		if (number >= RTMIN && number <= RTMAX) {
			return realTime(number - RTMIN);
		}
		return STANDARD.values().stream().filter((signal) -> signal.number == number).findFirst().orElse(null);
	}

	private static @Nullable Signal byName(String name) {
		Matcher matcher = REAL_TIME.matcher(name);
		if (!matcher.matches()) {
			return STANDARD.getOrDefault(name, SYNONYMS.get(name));
		}
		int base = matcher.group(1).equals("MIN") ? RTMIN : RTMAX;
		int offset = (matcher.group(3) != null) ? Integer.parseInt(matcher.group(3)) : 0;
		int number = "-".equals(matcher.group(2)) ? base - offset : base + offset;
		return (number >= RTMIN && number <= RTMAX) ? realTime(number - RTMIN) : null;
	}

	/**
	 * Return the name without {@code SIG}.
	 * @return such as {@code TERM} or {@code RTMIN+3}
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the number on Linux.
	 * @return 1 to 31, or 34 to 64 for real-time signals
	 */
	public int number() {
		return this.number;
	}

	/**
	 * Return the exit code that a shell shows for a program ended by this signal.
	 * @return 128 + number
	 */
	public int exitCode() {
		return SHELL_BASE + this.number;
	}

	/**
	 * Return the constant for a deserialized standard signal.
	 * @return an equal signal
	 */
	@Serial
	private Object readResolve() {
		return of(Integer.toString(this.number));
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Signal signal && signal.number == this.number;
	}

	@Override
	public int hashCode() {
		return this.number;
	}

	/**
	 * Return the name; see {@link #name()}.
	 */
	@Override
	public String toString() {
		return this.name;
	}

}
