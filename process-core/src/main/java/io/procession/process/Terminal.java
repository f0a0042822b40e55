package io.procession.process;

/**
 * The terminal of a process: the JVM's, or a pseudoterminal of its own. <i>Immutable.</i>
 */
public sealed interface Terminal {

	/**
	 * The terminal that the JVM was started from, {@code /dev/tty}: the process reads the
	 * keyboard and writes to the screen itself.
	 * @return the terminal
	 */
	static Terminal inherited() {
		return new Inherited();
	}

	/**
	 * A pseudoterminal; see {@code pty(7)}.
	 * @param columns characters in a line, 1 to 65535
	 * @param rows lines, 1 to 65535
	 * @return the terminal
	 * @throws IllegalArgumentException if a number is out of range
	 */
	static Terminal pseudo(int columns, int rows) {
		return new Pseudo(columns, rows);
	}

	/** See {@link Terminal#inherited()}. */
	record Inherited() implements Terminal {

	}

	/**
	 * See {@link Terminal#pseudo(int, int)}.
	 *
	 * @param columns characters in a line
	 * @param rows lines
	 */
	record Pseudo(int columns, int rows) implements Terminal {

		/**
		 * Checks the numbers.
		 * @param columns characters in a line
		 * @param rows lines
		 */
		public Pseudo {
			if (columns < 1 || columns > 65535 || rows < 1 || rows > 65535) {
				throw new IllegalArgumentException(
						"A terminal has 1 to 65535 columns and rows: " + columns + " x " + rows);
			}
		}

	}

}
