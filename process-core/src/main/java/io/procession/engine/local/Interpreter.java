package io.procession.engine.local;

import java.io.File;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.procession.security.Executables;
import io.procession.security.Printable;
import io.procession.security.Shebang;

/**
 * Interpreter requested by the first line of a script; see {@code execve(2)}.
 *
 * @param script script that requests the interpreter
 * @param name interpreter, as given in the first line
 */
record Interpreter(File script, String name) {

	/** Maximum number of nested scripts that the kernel follows. */
	private static final int DEEPEST = 5;

	/** Number of leading bytes that determine whether a program is text. */
	private static final int START = 256;

	/**
	 * Find an interpreter that is missing.
	 * @param program the program, which may be a script
	 * @return the missing interpreter, or {@code null} if none is missing
	 */
	static @Nullable Interpreter missingOf(File program) {
		File script = program;
		for (int depth = 0; depth < DEEPEST; depth++) {
			String name = read(script);
			if (name == null) {
				return null;
			}
			if (!new File(name).canExecute()) {
				return new Interpreter(script, name);
			}
			script = new File(name);
		}
		return null;
	}

	/**
	 * Return whether the kernel refuses to execute a program because it is a script that
	 * names no interpreter, or one with too long a name. {@code execvp(3)} and the JDK
	 * pass such a script to the shell.
	 * @param program the program, which may be a script
	 */
	static boolean isLeftOut(File program) {
		Shebang line = Shebang.of(program);
		return (line != null) ? line.interpreter() == null : isText(program);
	}

	private static @Nullable String read(File file) {
		Shebang line = Shebang.of(file);
		return (line != null) ? line.interpreter() : null;
	}

	private static boolean isText(File file) {
		String start = new String(Executables.start(file, START), StandardCharsets.UTF_8);
		return !start.isEmpty() && start.indexOf('\0') < 0;
	}

	String describe() {
		boolean carriageReturn = this.name.endsWith("\r");
		return "the first line of '" + this.script + "' names the interpreter '" + Printable.of(this.name)
				+ "', which does not exist"
				+ (carriageReturn ? ": the file has Windows line endings; convert them (sed -i 's/\\r$//')" : "");
	}

}
