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

import io.procession.security.Printable;
import io.procession.security.Redactor;

/**
 * The program and its arguments, as they reach {@code execve(2)}: passed verbatim, never
 * through a shell unless {@link #shell(String, String...)} asks for one.
 *
 * <p>
 * Checked when it is built: an empty program or a NUL character in an argument is an
 * {@link IllegalArgumentException}. Secret arguments show as {@code ***} everywhere, in
 * {@link #arguments()} and {@link #toString()} too; only {@link #resolve(SecretResolver)}
 * gives their values. <i>Immutable.</i>
 */
public final class Command {

	private static final int LONGEST_SUMMARY = 300;

	private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

	// transient: not for serializers of any kind, which may look at private fields

	private final transient List<String> arguments;

	private final transient Map<Integer, Secret> secrets;

	/** How it is shown; no part of what it is. */
	private final transient Redactor redactor;

	/** What of the line that it was split from only a shell would interpret. */
	private final transient @Nullable String shellSyntax;

	/** Looked for when it is first shown. */
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
			throw new IllegalArgumentException("A command needs at least a program: it is empty");
		}
		if (this.arguments.get(0).isBlank()) {
			throw new IllegalArgumentException("The program of a command must not be empty");
		}
		for (int i = 0; i < this.arguments.size(); i++) {
			if (this.arguments.get(i).indexOf('\0') >= 0) {
				throw new IllegalArgumentException(
						"Argument " + i + " of command '" + Printable.of(this.arguments.get(0))
								+ "' holds a NUL character, which no program can receive: execve(2)");
			}
		}
	}

	/**
	 * A command from a program and its arguments.
	 * @param program name, looked up in {@code PATH}, or path of the executable
	 * @param arguments what follows the program, each one argument whatever it holds
	 * @return the command
	 * @throws IllegalArgumentException if the program is empty or something holds a NUL
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
	 * A command from its whole argument vector.
	 * @param arguments the program, then its arguments
	 * @return the command
	 * @throws IllegalArgumentException if the list or the program is empty, or something
	 * holds a NUL
	 */
	public static Command of(List<String> arguments) {
		return new Command(arguments, Map.of());
	}

	/**
	 * Splits a line by the quoting rules of POSIX (single quotes, double quotes,
	 * backslash, {@code $'...'}; "Shell Command Language" 2.2) and expands nothing: no
	 * variables, no globs, no operators.
	 * @param line such as {@code ls -la 'my dir'}
	 * @return the command
	 * @throws IllegalArgumentException if a quote stays open, naming its position, or
	 * nothing is left
	 */
	public static Command parse(String line) {
		Objects.requireNonNull(line, "The command line must not be null");
		return new Command(CommandLineParser.split(line), Map.of(), Redactor.defaults(),
				CommandLineParser.shellSyntax(line));
	}

	/**
	 * A script for the system's shell: {@code /bin/sh -c script sh arguments...}
	 * ({@code cmd.exe /c} on Windows). Untrusted values belong into the arguments, which
	 * the script reads as {@code "$1"}, {@code "$2"}: there they are data, never code.
	 * @param script shell source
	 * @param arguments the script's positional parameters
	 * @return the command
	 * @throws IllegalArgumentException if the script is blank or something holds a NUL
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
	 * The same command with one more argument at its end.
	 * @param argument the argument
	 * @return a new command
	 */
	public Command withArgument(String argument) {
		List<String> all = new ArrayList<>(this.arguments);
		all.add(Objects.requireNonNull(argument, "The argument must not be null"));
		return new Command(all, this.secrets, this.redactor, this.shellSyntax);
	}

	/**
	 * The same command with one more argument at its end, whose value is shown nowhere.
	 * Other users of the machine can still read it in the process list while the command
	 * runs ({@code proc(5)}): an environment variable is safer.
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
	 * The same command, shown in another way.
	 * @param other finds and hides secrets in {@link #toString()}
	 * @return an equal command
	 */
	public Command redactedBy(Redactor other) {
		return other.equals(this.redactor) ? this : new Command(this.arguments, this.secrets, other, this.shellSyntax);
	}

	/**
	 * What finds and hides its secrets.
	 * @return the redactor
	 */
	public Redactor redactor() {
		return this.redactor;
	}

	/**
	 * What is to be executed.
	 * @return the first argument, a name or a path
	 */
	public String program() {
		return this.arguments.get(0);
	}

	/**
	 * The whole argument vector, the program first, what was passed as a secret as
	 * {@code ***}. What is only a secret by its name, as in {@code --password=x}, is
	 * hidden in {@link #toString()} alone: log that.
	 * @return the arguments, never empty
	 */
	public List<String> arguments() {
		return this.arguments;
	}

	/**
	 * The program without its folders: {@code pg_dump} for {@code /usr/bin/pg_dump}.
	 * @return the file name of the program
	 */
	public String programName() {
		String program = program();
		int slash = Math.max(program.lastIndexOf('/'), program.lastIndexOf(File.separatorChar));
		return (slash < 0 || slash == program.length() - 1) ? program : program.substring(slash + 1);
	}

	/**
	 * The argument vector with its secrets in the clear: for the one place that starts
	 * it.
	 * @param resolver reads the secrets that are references
	 * @return the arguments as the program will see them
	 * @throws IllegalArgumentException if a secret cannot be resolved or holds a NUL
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
	 * Where the secret arguments are.
	 * @return positions in {@link #arguments()}, ascending
	 */
	public Set<Integer> secretPositions() {
		return this.secrets.keySet();
	}

	/**
	 * The secret arguments, so that their values can be kept out of texts.
	 * @return the secrets, in the order of their arguments
	 */
	public List<Secret> secrets() {
		return List.copyOf(this.secrets.values());
	}

	/** The secrets in its arguments that are known here, by their names too. */
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
	 * Return what of the line that this was {@linkplain #parse(String) split} from a
	 * shell would interpret: the first unquoted {@code &&}, {@code |}, {@code >},
	 * {@code ;}, tilde or variable, or the backslash of a Windows path. Here it is text.
	 * @return the first such thing, or empty if there is none
	 */
	public Optional<String> shellSyntax() {
		return Optional.ofNullable(this.shellSyntax);
	}

	/**
	 * What {@link #toString()} says, cut after 300 characters: for messages.
	 * @return the text, secrets as {@code ***}
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
	 * The command as one could type it into a POSIX shell, on one line, secrets as
	 * {@code ***}, those included that are known by their names; see {@link Redactor}. An
	 * argument with control characters, or with others that would change how a message
	 * looks, is quoted as {@code $'a\nb'}.
	 */
	@Override
	public String toString() {
		return CommandLineParser.join(shownArguments());
	}

	/** The argument vector without any secret that is known here. */
	List<String> shownArguments() {
		// a secret may recur in another argument
		return this.redactor.hiding(knownSecrets()).redact(this.arguments);
	}

}
