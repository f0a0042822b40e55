package io.procession.security;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Determines the interpreter of a script, and the interpreter of that one if it is a
 * script itself; see {@code execve(2)}. A text file without a first line that names its
 * interpreter is executed by the shell. <i>Not thread-safe.</i>
 */
final class Interpreters {

	/**
	 * Maximum number of interpreters to follow; more than the kernel allows for scripts
	 * that are interpreted by scripts.
	 */
	private static final int DEEPEST = 10;

	/** Number of bytes that the kernel reads of a file to determine how to execute it. */
	private static final int START = 256;

	private static final Shebang BY_SHELL = new Shebang("/bin/sh", "");

	/**
	 * Syntax of {@code env -S} that changes the words, and options that change where
	 * {@code env} searches for programs.
	 */
	private static final Pattern UNREADABLE = Pattern.compile("[\"'\\\\$\\f\\r\\x0b]|PATH=|-[A-Za-z0-9]*C|--c");

	/** Option before the words that {@code env} splits. */
	private static final Pattern SPLIT = Pattern.compile("-[A-Za-z0-9]*?S|--s[a-z-]*=?");

	/** Options of {@code env} whose value is the next word. */
	private static final Pattern TAKES_NEXT = Pattern.compile("-[A-Za-z0-9&&[^uaS]]*[ua]|--(u[a-z]*|a[a-z0-9]*)");

	private final Function<String, Optional<Path>> lookup;

	private final List<Executable> found = new ArrayList<>();

	private String unknown = "";

	private String unclear = "";

	private Interpreters(Function<String, Optional<Path>> lookup) {
		this.lookup = lookup;
	}

	/**
	 * Determine the interpreters of a file.
	 * @param file the file to be executed, possibly a script
	 * @param lookup finds a program by its name
	 */
	static Interpreters of(Path file, Function<String, Optional<Path>> lookup) {
		Interpreters interpreters = new Interpreters(lookup);
		interpreters.follow(file);
		return interpreters;
	}

	/** Return the interpreters that were found. */
	List<Executable> found() {
		return this.found;
	}

	/** Return why an interpreter cannot be judged at all, or an empty string. */
	String unknown() {
		return this.unknown;
	}

	/**
	 * Return why there may be interpreters other than those that were found, or an empty
	 * string.
	 */
	String unclear() {
		return this.unclear;
	}

	private void follow(Path script) {
		Shebang line = firstLine(script);
		if (line == null || line.interpreter() == null || !this.unknown.isEmpty()) {
			return;
		}
		if (this.found.size() >= DEEPEST) {
			this.unclear = "the policy: the chain of interpreters is too long";
			return;
		}
		Executable interpreter = resolve(line.interpreter(), line.argument());
		if (interpreter == null) {
			return;
		}
		add(interpreter, script);
		follow(interpreter.real());
		if (interpreter.isEnv() && UNREADABLE.matcher(line.argument()).find()) {
			this.unclear = unclear(script);
		}
		else if (interpreter.isLauncher()) {
			followLauncher(script, interpreter.isEnv(), new ArrayList<>(List.of(line.argument().split("[ \t]+"))));
		}
	}

	private void add(Executable program, Path script) {
		this.found.add(program);
		if (program.isUndecided()) {
			// it acts as the program that the name of the script denotes
			this.unclear = unclear(script);
		}
	}

	private static String unclear(Path script) {
		return "the policy: the first line of '" + shown(script) + "' does not identify its interpreter";
	}

	// the options of launchers other than env are not known: each of their words may be a
	// program
	private void followLauncher(Path script, boolean env, List<String> words) {
		boolean known = env;
		for (int i = 0; i < words.size(); i++) {
			Matcher split = SPLIT.matcher(words.get(i));
			if (known && split.lookingAt()) {
				words.set(i, words.get(i).substring(split.end()));
			}
			String word = words.get(i);
			if (known && TAKES_NEXT.matcher(word).matches()) {
				i++;
				continue;
			}
			Executable program = program(words.subList(i, words.size()));
			if (program != null) {
				add(program, script);
				follow(program.real());
				if (known && !program.isLauncher()) {
					return;
				}
				known = known && program.isEnv();
			}
		}
	}

	private @Nullable Executable program(List<String> words) {
		String word = words.get(0);
		if (word.isEmpty() || word.startsWith("-") || word.indexOf('=') >= 0) {
			return null;
		}
		try {
			Path file = this.lookup.apply(word).filter(Files::isRegularFile).orElse(null);
			return (file != null) ? Executable.of(file, words) : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private @Nullable Executable resolve(String name, String argument) {
		try {
			Path interpreter = Path.of(name);
			if (interpreter.isAbsolute()) {
				return Executable.of(interpreter, argument.isEmpty() ? List.of(name) : List.of(name, argument));
			}
			this.unknown = "the policy: its interpreter '" + shown(name) + "' is a relative path";
		}
		catch (IOException | InvalidPathException ex) {
			this.unknown = "the policy: its interpreter '" + shown(name) + "' does not exist";
		}
		return null;
	}

	private static String shown(Object name) {
		return Printable.of(name.toString());
	}

	private static @Nullable Shebang firstLine(Path file) {
		byte[] start = Executables.start(file.toFile(), START);
		if (start.length == 0 && !Files.isReadable(file)) {
			// a file that is executable but not readable is not a script
			return null;
		}
		Shebang line = Shebang.of(start);
		if (line != null) {
			return (line.interpreter() != null) ? line : BY_SHELL;
		}
		// a format that the kernel does not recognize is passed to the shell, by the JDK
		// as well
		return isBinary(ByteBuffer.wrap(Arrays.copyOf(start, START))) ? null : BY_SHELL;
	}

	private static boolean isBinary(ByteBuffer start) {
		return switch (start.getInt(0)) {
			// ELF, then the formats of macOS
			case 0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe -> true;
			default -> File.separatorChar == '\\';
		};
	}

}
