package io.procession.engine.zt;

import java.io.File;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.procession.security.Executables;
import io.procession.security.Printable;
import io.procession.security.Shebang;

/**
 * The interpreter that the first line of a script asks for; see {@code execve(2)}.
 *
 * @param script which script
 * @param name what its first line says
 */
record Interpreter(File script, String name) {

	/** How deep the kernel follows scripts that name scripts. */
	private static final int DEEPEST = 5;

	/** How much of a program tells whether it is text. */
	private static final int START = 256;

	/**
	 * Looks for an interpreter that is not there.
	 * @param program a program, perhaps a script
	 * @return the missing interpreter, or {@code null} if nothing is amiss
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
	 * Whether the kernel refuses to execute a program since it is a script that names no
	 * interpreter, or one whose name is too long. {@code execvp(3)} and the JDK give it
	 * to the shell then.
	 * @param program a program, perhaps a script
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
		return "the first line of '" + this.script + "' asks for the interpreter '" + Printable.of(this.name)
				+ "', which is not there"
				+ (carriageReturn ? ": the file has the line ends of Windows, convert them (sed -i 's/\\r$//')" : "");
	}

}
