package io.procession.process;

/**
 * Terminal of a process: that of the JVM, or a pseudoterminal of its own.
 * <i>Immutable.</i>
 */
public sealed interface Terminal {

	/**
	 * Return the terminal that the JVM was started from, {@code /dev/tty}. The process
	 * reads from the keyboard and writes to the screen directly.
	 * @return the terminal
	 */
	static Terminal inherited() {
		return new Inherited();
	}

	/**
	 * Create a pseudoterminal; see {@code pty(7)}.
	 * @param columns number of columns, 1 to 65535
	 * @param rows number of rows, 1 to 65535
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
	 * @param columns number of columns
	 * @param rows number of rows
	 */
	record Pseudo(int columns, int rows) implements Terminal {

		/**
		 * Check the numbers.
		 * @param columns number of columns
		 * @param rows number of rows
		 */
		public Pseudo {
			if (columns < 1 || columns > 65535 || rows < 1 || rows > 65535) {
				throw new IllegalArgumentException(
						"A terminal must have 1 to 65535 columns and rows: " + columns + " x " + rows);
			}
		}

	}

}
