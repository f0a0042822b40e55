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
 * What executes a script, and what executes that; see {@code execve(2)}. A text without a
 * first line that names its interpreter is a script for the shell. <i>Not
 * thread-safe.</i>
 */
final class Interpreters {

	/** How deep the kernel follows scripts that name scripts, and then some. */
	private static final int DEEPEST = 10;

	/** How much the kernel reads of a file to find out what executes it. */
	private static final int START = 256;

	private static final Shebang BY_SHELL = new Shebang("/bin/sh", "");

	/** What {@code env -S} makes something else of, and where it looks elsewhere. */
	private static final Pattern UNREADABLE = Pattern.compile("[\"'\\\\$\\f\\r\\x0b]|PATH=|-[A-Za-z0-9]*C|--c");

	/** What comes before the words that {@code env} is to split. */
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
	 * Looks at a file.
	 * @param file what is to be executed, perhaps a script
	 * @param lookup finds a program by its name
	 */
	static Interpreters of(Path file, Function<String, Optional<Path>> lookup) {
		Interpreters interpreters = new Interpreters(lookup);
		interpreters.follow(file);
		return interpreters;
	}

	/** Those that were found. */
	List<Executable> found() {
		return this.found;
	}

	/** Why one of them cannot be judged at all, or empty. */
	String unknown() {
		return this.unknown;
	}

	/** Why there may be others than those that were found, or empty. */
	String unclear() {
		return this.unclear;
	}

	private void follow(Path script) {
		Shebang line = firstLine(script);
		if (line == null || line.interpreter() == null || !this.unknown.isEmpty()) {
			return;
		}
		if (this.found.size() >= DEEPEST) {
			this.unclear = "the policy: too many programs interpret each other";
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
			// it becomes what the script is called
			this.unclear = unclear(script);
		}
	}

	private static String unclear(Path script) {
		return "the policy: the first line of '" + shown(script) + "' does not tell what interprets it";
	}

	// of others than env the options are not known: each of their words may be a program
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
			this.unknown = "the policy: '" + shown(name) + "', which is to interpret it, is a relative path";
		}
		catch (IOException | InvalidPathException ex) {
			this.unknown = "the policy: '" + shown(name) + "', which is to interpret it, is not there";
		}
		return null;
	}

	private static String shown(Object name) {
		return Printable.of(name.toString());
	}

	private static @Nullable Shebang firstLine(Path file) {
		byte[] start = Executables.start(file.toFile(), START);
		if (start.length == 0 && !Files.isReadable(file)) {
			// may be executed but not read: it is no script
			return null;
		}
		Shebang line = Shebang.of(start);
		if (line != null) {
			return (line.interpreter() != null) ? line : BY_SHELL;
		}
		// what the kernel does not know is handed to the shell, by the JDK too
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
