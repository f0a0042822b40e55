package io.procession.process;

import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.procession.lang.CheckReturnValue;
import io.procession.security.Printable;
import io.procession.security.Redactor;

/**
 * A program and its arguments, as they are passed to {@code execve(2)}: verbatim, without
 * a shell unless it was created by {@link #shell(String, String...)}.
 *
 * <p>
 * A command is checked on creation: an empty program or a NUL character in an argument
 * causes an {@link IllegalArgumentException}. Secret arguments are shown as {@code ***}
 * everywhere, including {@link #arguments()} and {@link #toString()}; only
 * {@link #resolve(SecretResolver)} returns their values. <i>Immutable.</i>
 */
@CheckReturnValue
public final class Command {

	private static final int LONGEST_SUMMARY = 300;

	private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

	// transient: hidden from serializers of any kind, which may access private fields

	private final transient List<String> arguments;

	private final transient Map<Integer, Secret> secrets;

	/** Determines how the command is shown; not considered by equals. */
	private final transient Redactor redactor;

	/** The first part of the parsed line that only a shell would interpret. */
	private final transient @Nullable String shellSyntax;

	/** Determined when the command is first shown. */
	private transient volatile @Nullable List<String> knownSecrets;

	private Command(List<String> arguments, Map<Integer, Secret> secrets) {
		this(arguments, secrets, Redactor.defaults(), null);
	}

	private Command(List<String> arguments, Map<Integer, Secret> secrets, Redactor redactor,
			@Nullable String shellSyntax) {
		this.redactor = redactor;
		this.shellSyntax = shellSyntax;
		Objects.requireNonNull(arguments, "The arguments of a command must not be null");
		for (int i = 0; i < arguments.size(); i++) {
			if (arguments.get(i) == null) {
				throw new NullPointerException((i == 0) ? "The program of a command must not be null"
						: "Argument " + i + " of command '" + Printable.of(arguments.get(0)) + "' must not be null");
			}
		}
		this.arguments = List.copyOf(arguments);
		this.secrets = secrets.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(secrets));
		if (this.arguments.isEmpty()) {
			throw new IllegalArgumentException("A command must not be empty: it needs at least a program");
		}
		if (this.arguments.get(0).isBlank()) {
			throw new IllegalArgumentException("The program of a command must not be empty");
		}
		for (int i = 0; i < this.arguments.size(); i++) {
			if (this.arguments.get(i).indexOf('\0') >= 0) {
				throw new IllegalArgumentException(
						"Argument " + i + " of command '" + Printable.of(this.arguments.get(0))
								+ "' contains a NUL character, which cannot be passed to a program: execve(2)");
			}
		}
	}

	/**
	 * Create a command from a program and its arguments.
	 * @param program name, which is looked up in the {@code PATH}, or path of the
	 * executable
	 * @param arguments the arguments of the program, each passed as a single argument
	 * whatever it contains
	 * @return the command
	 * @throws IllegalArgumentException if the program is blank or a string contains NUL
	 */
	public static Command of(String program, String... arguments) {
		Objects.requireNonNull(program, "The program of a command must not be null");
		Objects.requireNonNull(arguments, "The arguments of a command must not be null");
		List<String> all = new ArrayList<>(arguments.length + 1);
		all.add(program);
		all.addAll(Arrays.asList(arguments));
		return of(all);
	}

	/**
	 * Create a command from an argument vector.
	 * @param arguments the program, followed by its arguments
	 * @return the command
	 * @throws IllegalArgumentException if the list is empty, the program is blank, or a
	 * string contains NUL
	 */
	public static Command of(List<String> arguments) {
		return new Command(arguments, Map.of());
	}

	/**
	 * Create a command by splitting a line according to the quoting rules of POSIX
	 * (single quotes, double quotes, backslash, {@code $'...'}; "Shell Command Language"
	 * 2.2). Nothing is expanded: no variables, globs or operators.
	 * @param line the line, such as {@code ls -la 'my dir'}
	 * @return the command
	 * @throws IllegalArgumentException if a quote is not closed, naming its position, or
	 * the line contains no program
	 */
	public static Command parse(String line) {
		Objects.requireNonNull(line, "The command line must not be null");
		CommandLineParser parser = CommandLineParser.parse(line);
		return new Command(parser.words(), Map.of(), Redactor.defaults(), parser.shellSyntax());
	}

	/**
	 * Create a command that executes a script by the shell of the system:
	 * {@code /bin/sh -c script sh arguments...} ({@code cmd.exe /c} on Windows). Pass
	 * untrusted values as arguments, which the script reads as {@code "$1"},
	 * {@code "$2"}: there they are data and never executed as code.
	 * @param script shell source
	 * @param arguments positional parameters of the script
	 * @return the command
	 * @throws IllegalArgumentException if the script is blank or a string contains NUL
	 */
	public static Command shell(String script, String... arguments) {
		Objects.requireNonNull(script, "The script of a shell command must not be null");
		Objects.requireNonNull(arguments, "The arguments of a shell command must not be null");
		if (script.isBlank()) {
			throw new IllegalArgumentException("The script of a shell command must not be empty");
		}
		List<String> all = new ArrayList<>(
				WINDOWS ? List.of("cmd.exe", "/c", script) : List.of("/bin/sh", "-c", script, "sh"));
		all.addAll(Arrays.asList(arguments));
		return of(all);
	}

	/**
	 * Return this command with an additional argument at its end.
	 * @param argument the argument
	 * @return a new command
	 */
	public Command withArgument(String argument) {
		List<String> all = new ArrayList<>(this.arguments);
		all.add(Objects.requireNonNull(argument, "The argument must not be null"));
		return new Command(all, this.secrets, this.redactor, this.shellSyntax);
	}

	/**
	 * Return this command with an additional argument at its end whose value is never
	 * shown. Other users of the machine can still read it in the process list while the
	 * command is running ({@code proc(5)}), so an environment variable is safer.
	 * @param argument the argument
	 * @return a new command
	 */
	public Command withArgument(Secret argument) {
		List<String> all = new ArrayList<>(this.arguments);
		all.add(Objects.requireNonNull(argument, "The secret argument must not be null").toString());
		Map<Integer, Secret> allSecrets = new HashMap<>(this.secrets);
		allSecrets.put(this.arguments.size(), argument);
		return new Command(all, allSecrets, this.redactor, this.shellSyntax);
	}

	/**
	 * Return this command with another redactor.
	 * @param other finds and hides secrets in {@link #toString()}
	 * @return an equal command
	 */
	public Command redactedBy(Redactor other) {
		return other.equals(this.redactor) ? this : new Command(this.arguments, this.secrets, other, this.shellSyntax);
	}

	/**
	 * Return the redactor that finds and hides the secrets of this command.
	 * @return the redactor
	 */
	public Redactor redactor() {
		return this.redactor;
	}

	/**
	 * Return the program to execute.
	 * @return the first argument, a name or a path
	 */
	public String program() {
		return this.arguments.get(0);
	}

	/**
	 * Return the argument vector, beginning with the program, with secret arguments as
	 * {@code ***}. Values that are considered secrets by their names only, as in
	 * {@code --password=x}, are not hidden here but in {@link #toString()}, which is
	 * therefore to be used for logging.
	 * @return the arguments, never empty
	 */
	public List<String> arguments() {
		return this.arguments;
	}

	/**
	 * Return the program without its directories: {@code pg_dump} for
	 * {@code /usr/bin/pg_dump}.
	 * @return the file name of the program
	 */
	public String programName() {
		String program = program();
		int slash = Math.max(program.lastIndexOf('/'), program.lastIndexOf(File.separatorChar));
		return (slash < 0 || slash == program.length() - 1) ? program : program.substring(slash + 1);
	}

	/**
	 * Return the argument vector with its secrets in plain text, to be used only to start
	 * the process.
	 * @param resolver resolves the secrets that are references
	 * @return the arguments as passed to the program
	 * @throws IllegalArgumentException if a secret cannot be resolved or contains NUL
	 */
	public List<String> resolve(SecretResolver resolver) {
		if (this.secrets.isEmpty()) {
			return this.arguments;
		}
		List<String> resolved = new ArrayList<>(this.arguments);
		this.secrets.forEach((position, secret) -> resolved.set(position, secret.resolve(resolver)));
		return resolved;
	}

	/**
	 * Return the positions of the secret arguments.
	 * @return positions in {@link #arguments()}, ascending
	 */
	public Set<Integer> secretPositions() {
		return this.secrets.keySet();
	}

	/**
	 * Return the secret arguments, so that their values can be hidden in texts.
	 * @return the secrets, in the order of the arguments
	 */
	public List<Secret> secrets() {
		return List.copyOf(this.secrets.values());
	}

	/**
	 * Return the values of the secrets in the arguments that are known without resolving
	 * references, including those that are found by their names.
	 */
	List<String> knownSecrets() {
		List<String> known = this.knownSecrets;
		if (known == null) {
			List<String> values = new ArrayList<>(this.redactor.find(this.arguments));
			this.secrets.values().forEach((secret) -> secret.value().ifPresent(values::add));
			known = List.copyOf(values);
			this.knownSecrets = known;
		}
		return known;
	}

	/**
	 * Return the first part of the {@linkplain #parse(String) parsed} line that a shell
	 * would interpret: an unquoted {@code &&}, {@code |}, {@code >}, {@code <},
	 * {@code ;}, {@code &}, backtick, tilde or variable, or the backslash of a Windows
	 * path. A command treats it as text.
	 * @return the first such part, or empty if there is none; the dollar sign alone if a
	 * variable may be part of a secret
	 */
	public Optional<String> shellSyntax() {
		return Optional.ofNullable(this.shellSyntax)
			.map((syntax) -> (syntax.startsWith("$") && !toString().contains(syntax)) ? "$" : syntax);
	}

	/**
	 * Return the text of {@link #toString()}, truncated after 300 characters, for use in
	 * messages.
	 * @return the text, with secrets as {@code ***}
	 */
	public String summary() {
		String text = toString();
		return (text.length() > LONGEST_SUMMARY) ? text.substring(0, LONGEST_SUMMARY) + "..." : text;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Command command && this.arguments.equals(command.arguments)
				&& this.secrets.equals(command.secrets);
	}

	@Override
	public int hashCode() {
		return this.arguments.hashCode();
	}

	/**
	 * Return the command as it could be entered in a POSIX shell, on a single line, with
	 * secrets as {@code ***}, including those that are found by their names; see
	 * {@link Redactor}. An argument with control characters or other characters that
	 * would change the appearance of a message is quoted as {@code $'a\nb'}.
	 */
	@Override
	public String toString() {
		return CommandLineParser.join(shownArguments());
	}

	/** Return the argument vector without any secret that is known. */
	List<String> shownArguments() {
		// a secret may recur in another argument
		return this.redactor.hiding(knownSecrets()).redact(this.arguments);
	}

}
