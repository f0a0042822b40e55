package io.procession.process;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The signals one sends to programs, with their numbers on Linux ({@code signal(7)}).
 */
public enum Signal {

	/** Terminal hung up; many daemons reload on it. */
	HUP(1),
	/** Interrupt from the keyboard. */
	INT(2),
	/** Quit from the keyboard; a JVM prints a thread dump. */
	QUIT(3),
	/** Abort: ends with a core file where allowed. */
	ABRT(6),
	/** Kill: cannot be caught. */
	KILL(9),
	/** Free for programs to define. */
	USR1(10),
	/** Segmentation fault. */
	SEGV(11),
	/** Free for programs to define. */
	USR2(12),
	/** Nobody reads the pipe. */
	PIPE(13),
	/** Timer expired. */
	ALRM(14),
	/** Please end. */
	TERM(15),
	/** Continue if stopped. */
	CONT(18),
	/** Stop: cannot be caught. */
	STOP(19),
	/** Stop from the keyboard. */
	TSTP(20),
	/** CPU time limit exceeded. */
	XCPU(24),
	/** File size limit exceeded. */
	XFSZ(25),
	/** Window resized. */
	WINCH(28),
	/** Bad system call. */
	SYS(31);

	private final int number;

	Signal(int number) {
		this.number = number;
	}

	/**
	 * The number on Linux.
	 * @return 1 to 31
	 */
	public int number() {
		return this.number;
	}

	/**
	 * The signal that an exit code speaks of, read as a shell does: 128 + number.
	 * @param exitCode an exit code
	 * @return the signal, or empty for an ordinary exit code
	 */
	public static Optional<Signal> fromExitCode(int exitCode) {
		for (Signal signal : values()) {
			if (exitCode == 128 + signal.number) {
				return Optional.of(signal);
			}
		}
		return Optional.empty();
	}

	/**
	 * A signal by name.
	 * @param name such as {@code TERM}, {@code SIGTERM} or {@code term}
	 * @return the signal
	 * @throws IllegalArgumentException if there is none of that name
	 */
	public static Signal of(String name) {
		String plain = name.trim().toUpperCase(Locale.ROOT);
		if (plain.startsWith("SIG")) {
			plain = plain.substring(3);
		}
		for (Signal signal : values()) {
			if (signal.name().equals(plain)) {
				return signal;
			}
		}
		throw new IllegalArgumentException(
				"There is no signal '" + name + "': use one of " + Arrays.toString(values()));
	}

	/**
	 * The exit code that a shell shows for a program ended by this signal.
	 * @return 128 + number
	 */
	public int exitCode() {
		return 128 + this.number;
	}

}
