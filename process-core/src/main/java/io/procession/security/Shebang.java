package io.procession.security;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The first line of a script as interpreted by Linux; see {@code execve(2)}. If the
 * kernel refuses the first line, the JDK passes the script to {@code /bin/sh}, as
 * {@code execvp(3)} does. <i>Immutable.</i>
 *
 * @param interpreter the file that executes the script, or {@code null} if the kernel
 * refuses the line and the shell executes the script
 * @param argument the argument of the interpreter before the path of the script; empty
 * for none
 */
public record Shebang(@Nullable String interpreter, String argument) {

	/** Number of bytes that the kernel reads, BINPRM_BUF_SIZE. */
	private static final int BUFFER = 256;

	private static final Shebang REFUSED = new Shebang(null, "");

	/**
	 * Read the first line of a file.
	 * @param file the file
	 * @return the line, or {@code null} if the file does not begin with {@code #!} or
	 * cannot be read
	 */
	public static @Nullable Shebang of(File file) {
		return of(Executables.start(file, BUFFER));
	}

	/**
	 * Read the first line of a file.
	 * @param start the first 256 bytes of the file, fewer if it is shorter
	 * @return the line, or {@code null} if the file does not begin with {@code #!}
	 */
	static @Nullable Shebang of(byte[] start) {
		if (start.length < 2 || start[0] != '#' || start[1] != '!') {
			return null;
		}
		byte[] buffer = Arrays.copyOf(start, BUFFER);
		int end = indexOfNewline(buffer);
		int from = skipBlanks(buffer, 2, (end < 0) ? BUFFER : end);
		if (end < 0) {
			// a name that reaches the end of the buffer may be longer than the buffer
			end = BUFFER - 1;
			if (from > end || nameEnd(buffer, from, BUFFER) == BUFFER) {
				return REFUSED;
			}
		}
		while (end > 2 && isBlank(buffer[end - 1])) {
			end--;
		}
		if (from >= end) {
			return REFUSED;
		}
		int nameEnd = nameEnd(buffer, from, end);
		String name = text(buffer, from, nameEnd);
		boolean argument = nameEnd < end && buffer[nameEnd] != 0;
		return new Shebang(name, argument ? cString(buffer, skipBlanks(buffer, nameEnd, end), end) : "");
	}

	// the kernel stops its search at a NUL
	private static int indexOfNewline(byte[] buffer) {
		for (int i = 0; i < buffer.length && (i < 2 || buffer[i] != 0); i++) {
			if (buffer[i] == '\n') {
				return i;
			}
		}
		return -1;
	}

	private static int skipBlanks(byte[] buffer, int from, int end) {
		int i = from;
		while (i < end && isBlank(buffer[i])) {
			i++;
		}
		return i;
	}

	private static int nameEnd(byte[] buffer, int from, int end) {
		int i = from;
		while (i < end && !isBlank(buffer[i]) && buffer[i] != 0) {
			i++;
		}
		return i;
	}

	private static String cString(byte[] buffer, int from, int end) {
		int i = from;
		while (i < end && buffer[i] != 0) {
			i++;
		}
		return text(buffer, from, i);
	}

	// only blanks and tabs: the \r of a Windows line end is part of the name
	private static boolean isBlank(byte b) {
		return b == ' ' || b == '\t';
	}

	private static String text(byte[] buffer, int from, int end) {
		return new String(buffer, from, end - from, StandardCharsets.UTF_8);
	}

}
