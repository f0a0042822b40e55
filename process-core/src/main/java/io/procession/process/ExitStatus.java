package io.procession.process;

import java.util.Optional;

/**
 * How a process ended: by an exit with a code, or by a signal; see {@code wait(2)}.
 * <i>Immutable.</i>
 */
public sealed interface ExitStatus {

	/**
	 * Return the status of a process that called {@code exit(3)}. Any code is an exit:
	 * 137 is not taken for an end by KILL.
	 * @param code the exit code, 0 to 255 on POSIX systems
	 * @return the status
	 */
	static ExitStatus exited(int code) {
		return new Exited(code);
	}

	/**
	 * Return the status of a process that was ended by a signal.
	 * @param signal the signal
	 * @return the status
	 */
	static ExitStatus signaled(Signal signal) {
		return new Signaled(signal);
	}

	/**
	 * Return the status for a source that represents both ends by one number, as a shell
	 * and the JDK do: 128 + n for an end by signal n. Such a number is ambiguous: a
	 * program that calls {@code exit 143} cannot be distinguished from one that was ended
	 * by TERM. The number of a standard signal is taken for the signal, any other one for
	 * an exit, since programs use the numbers of real-time signals themselves.
	 * @param code the number
	 * @return the status
	 * @see Signal#fromExitCode
	 */
	static ExitStatus ofShellCode(int code) {
		return Signal.fromExitCode(code).map(ExitStatus::signaled).orElseGet(() -> exited(code));
	}

	/**
	 * Return the exit code as shown by a shell.
	 * @return the exit code, or 128 + n for an end by signal n
	 */
	int code();

	/**
	 * Return the signal that ended the process.
	 * @return the signal, or empty for an exit
	 */
	Optional<Signal> signal();

	/**
	 * Exit of a process.
	 *
	 * @param code exit code
	 */
	record Exited(int code) implements ExitStatus {

		@Override
		public Optional<Signal> signal() {
			return Optional.empty();
		}

	}

	/**
	 * End of a process by a signal.
	 *
	 * @param cause the signal
	 */
	record Signaled(Signal cause) implements ExitStatus {

		@Override
		public int code() {
			return this.cause.exitCode();
		}

		@Override
		public Optional<Signal> signal() {
			return Optional.of(this.cause);
		}

	}

}
