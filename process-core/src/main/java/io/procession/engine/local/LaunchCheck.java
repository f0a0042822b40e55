package io.procession.engine.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.procession.engine.Launch;
import io.procession.isolation.Account;
import io.procession.isolation.IsolationPlan;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.security.Executables;

/**
 * Checks before the start of a process, and lookup of its program. Detects problems with
 * the working directory, characters, files and the program that the JDK would report too
 * late, without distinction, or not at all. <i>Confined to the thread that starts the
 * process.</i>
 */
final class LaunchCheck {

	/** Search path for programs if the JVM has no PATH. */
	static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

	private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

	private static final Pattern SHELL_ASSIGNMENT = Pattern.compile(SHELL_NAME.pattern() + "=.*", Pattern.DOTALL);

	/** Replacements for built-in commands of shells. */
	private static final Map<String, String> SHELL_COMMANDS = Map.of("cd", "use directory(...)", "pushd",
			"use directory(...)", "export", "use env(...)", "unset", "use unsetEnv(...)", "source",
			"use shell(\". file && command\")", ".", "use shell(\". file && command\")", "umask", "use umask(...)",
			"ulimit", "use limits(...)", "alias", "write out the command that the alias stands for", "exit",
			"use shell(...)");

	/** Replacement character for bytes of a path that cannot be decoded. */
	private static final char UNKNOWN = '\uFFFD';

	private final Launch launch;

	/** File to execute; {@code null} if the JDK looks it up (Windows). */
	private @Nullable File executable;

	LaunchCheck(Launch launch) {
		this.launch = launch;
	}

	/**
	 * Check what the JDK does not report: whether all text can be encoded, and the files.
	 * No other files are accessed.
	 * @throws ProcessStartException if a check fails, naming the cause
	 */
	void checkData() {
		if (this.launch.directory() != null) {
			checkName("its working directory", this.launch.directory());
		}
		checkEncodable();
		checkFiles();
	}

	/**
	 * Perform all inexpensive checks.
	 * @throws ProcessStartException if a check fails, naming the cause
	 */
	void check() {
		check((file) -> Optional.empty(), null);
	}

	/**
	 * Perform all inexpensive checks for a user other than that of the JVM.
	 * @param blocker function that returns what prevents the user from executing a file
	 * or entering a directory
	 * @param user the user, or {@code null} for that of the JVM
	 * @throws ProcessStartException if a check fails, naming the cause
	 */
	void check(Function<File, Optional<Path>> blocker, @Nullable Account user) {
		checkDirectory();
		checkData();
		if (!SystemProcesses.WINDOWS) {
			Path judged = this.launch.executable();
			this.executable = (judged != null) ? judged(judged.toFile()) : find(this.launch.arguments().get(0));
			checkAccess(this.executable, blocker, user);
		}
	}

	private void checkAccess(File program, Function<File, Optional<Path>> blocker, @Nullable Account user) {
		if (user == null) {
			return;
		}
		Path directory = this.launch.directory();
		String where = (directory != null) ? directory.toString() : System.getProperty("user.dir", "");
		blocker.apply(new File(where)).ifPresent((culprit) -> {
			throw failure(Reason.NOT_A_DIRECTORY,
					"its working directory '" + where + "'" + ((directory != null) ? "" : " (inherited from the JVM)")
							+ " is not accessible to the user " + user.label() + because(culprit, where)
							+ ": set another one with directory(...), or grant that user access");
		});
		blocker.apply(program).ifPresent((culprit) -> {
			throw failure(Reason.NOT_EXECUTABLE,
					"'" + program + "' is not executable by the user " + user.label()
							+ because(culprit, program.toString())
							+ ": grant that user execute permission (chmod), or run it as another user");
		});
	}

	private static String because(Path culprit, String path) {
		return culprit.toString().equals(path) ? "" : " because of '" + culprit + "'";
	}

	/**
	 * Check that a shell in the chain does not drop variables, which it does if their
	 * names are not valid in the shell.
	 */
	void checkVariables(IsolationPlan plan) {
		boolean opensFiles = ExecChain.opensFiles(this.launch, plan);
		if (!opensFiles && !plan.usesShell(!this.launch.isolation().treeLimits().isEmpty())) {
			return;
		}
		for (String name : this.launch.environment().names()) {
			if (!SHELL_NAME.matcher(name).matches()) {
				throw failure(Reason.ISOLATION,
						(opensFiles ? "a shell opens files as another user" : "a shell sets the umask and tree limits")
								+ " and would drop the environment variable '" + name + "': remove it with unsetEnv(\""
								+ name + "\"), or rename it");
			}
		}
	}

	/**
	 * Check that none of the given variables is a secret, as {@code env(1)} would reveal
	 * it to all users.
	 * @param late names of the variables set by {@code env(1)}
	 */
	void checkNoVariable(Set<String> late) {
		for (String name : late) {
			if (this.launch.spec().environment().secrets().containsKey(name)) {
				throw failure(Reason.ISOLATION, "the secret variable '" + name + "' affects the tools that switch"
						+ " the user, and would be visible to all users if set later: use env(...), or rename it");
			}
		}
	}

	@Nullable File executable() {
		return this.executable;
	}

	/** Return whether the JDK looks up the program as it was configured. */
	boolean isFoundByJdk() {
		return this.launch.executable() == null && !hasOwnPath();
	}

	/** Return whether the program is looked up in a PATH of its own. */
	boolean hasOwnPath() {
		return this.launch.environment().assigned().containsKey("PATH");
	}

	private void checkDirectory() {
		Path directory = this.launch.directory();
		if (directory == null) {
			return;
		}
		if (!Files.exists(directory)) {
			throw failure(Reason.NO_SUCH_DIRECTORY, "its working directory " + shown(directory) + " does not exist"
					+ notExpanded(directory.toString()));
		}
		if (!Files.isDirectory(directory)) {
			throw failure(Reason.NOT_A_DIRECTORY, "its working directory " + shown(directory) + " is not a directory");
		}
		if (!Files.isExecutable(directory)) {
			throw failure(Reason.NOT_A_DIRECTORY, "its working directory " + shown(directory) + " is not accessible");
		}
	}

	// the JDK passes names as text, which cannot represent all of them
	private void checkName(String what, Path path) {
		if (path.toString().indexOf(UNKNOWN) >= 0 && !isText(path)) {
			throw failure(Reason.NOT_ENCODABLE,
					what + " '" + path + "' contains bytes that cannot be decoded in this JVM's native encoding "
							+ NativeText.CHARSET
							+ ": use a symbolic link to it, or start the JVM with LC_ALL=C.UTF-8 if that is not set");
		}
	}

	private static boolean isText(Path path) {
		try {
			return path.equals(Path.of(path.toString()));
		}
		catch (InvalidPathException ex) {
			return false;
		}
	}

	// the JDK would silently replace the character with a question mark
	private void checkEncodable() {
		for (int i = 0; i < this.launch.arguments().size(); i++) {
			if (!NativeText.isEncodable(this.launch.arguments().get(i))) {
				throw failure(Reason.NOT_ENCODABLE, "its argument " + i + notEncodable());
			}
		}
		this.launch.environment().assigned().forEach((name, value) -> {
			if (!NativeText.isEncodable(name) || !NativeText.isEncodable(value)) {
				throw failure(Reason.NOT_ENCODABLE, "its environment variable '" + name + "'" + notEncodable());
			}
		});
	}

	private static String notEncodable() {
		return " contains a character that this JVM's native encoding " + NativeText.CHARSET
				+ " cannot represent: start the JVM with LC_ALL=C.UTF-8";
	}

	private void checkFiles() {
		if (this.launch.input() instanceof Launch.Input.FromFile file) {
			checkInputFile(file.path());
		}
		checkOutputFile(this.launch.output());
		if (!this.launch.mergeError()) {
			checkOutputFile(this.launch.error());
		}
	}

	/**
	 * Check that the user that runs the program may open the files of its streams.
	 * @param user the user, or {@code null} for that of the JVM
	 * @param mayOpen whether the user may use a file in the given way
	 */
	void checkFiles(@Nullable Account user, BiPredicate<Path, FileUse> mayOpen) {
		if (this.launch.input() instanceof Launch.Input.FromFile file) {
			checkFile("input", file.path(), FileUse.READ, user, mayOpen);
		}
		checkFile(this.launch.output(), user, mayOpen);
		if (!this.launch.mergeError()) {
			checkFile(this.launch.error(), user, mayOpen);
		}
	}

	private void checkFile(Launch.Output output, @Nullable Account user, BiPredicate<Path, FileUse> mayOpen) {
		if (output instanceof Launch.Output.ToFile to) {
			checkFile("output", to.file().path(), FileUse.WRITE, user, mayOpen);
		}
	}

	private void checkFile(String what, Path path, FileUse use, @Nullable Account user,
			BiPredicate<Path, FileUse> mayOpen) {
		if (user != null && !mayOpen.test(path, use)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE,
					"its " + what + " file '" + path + "' cannot be " + use.participle + " by the user " + user.label()
							+ ", whose permissions apply: grant that user access, or use another file");
		}
	}

	private void checkInputFile(Path file) {
		if (!Files.exists(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE,
					"its input file " + shown(file) + " does not exist" + notExpanded(file.toString()));
		}
		checkName("its input file", file);
		if (!isFileOrDevice(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE,
					"its input file " + shown(file) + " is neither a file nor a device");
		}
		if (!Files.isReadable(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its input file " + shown(file) + " is not readable");
		}
	}

	// opening a named pipe could block indefinitely
	private static boolean isFileOrDevice(Path file) {
		return Files.isRegularFile(file) || file.toAbsolutePath().startsWith("/dev");
	}

	private void checkOutputFile(Launch.Output output) {
		if (!(output instanceof Launch.Output.ToFile target)) {
			return;
		}
		Path file = target.file().path().toAbsolutePath();
		Path location = file.getParent();
		if (location != null && !Files.isDirectory(location)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "the directory of its output file '" + file
					+ "' does not exist: create it first" + notExpanded(target.file().path().toString()));
		}
		checkName("its output file", file);
		if (Files.exists(file) && !isFileOrDevice(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its output file '" + file + "' is neither a file nor a device");
		}
		if (!Files.isWritable(Files.exists(file) ? file : location)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its output file '" + file + "' is not writable");
		}
	}

	private File judged(File file) {
		checkExecutable(this.launch.arguments().get(0), file, at(file));
		return file;
	}

	private File find(String program) {
		Path directory = this.launch.directory();
		if (program.indexOf('/') >= 0) {
			File file = new File(program);
			if (directory == null || file.isAbsolute()) {
				checkExecutable(program, file, at(file));
				return file;
			}
			File resolved = new File(directory.toFile(), program);
			checkExecutable(program, resolved, tried(resolved) + ", in its working directory");
			return resolved;
		}
		String ownPath = this.launch.environment().assigned().get("PATH");
		String path = (ownPath != null) ? ownPath : System.getenv("PATH");
		String where = "in " + ((ownPath != null) ? "its own PATH" : "the JVM's PATH");
		File notExecutable = null;
		for (String location : ((path != null) ? path : DEFAULT_PATH).split(":", -1)) {
			// a File, as Path rejects names that the native encoding cannot represent
			File place = new File(location.isEmpty() ? "." : location);
			if (directory != null && !place.isAbsolute()) {
				// as execvp(3) in the child process
				place = new File(directory.toFile().getAbsoluteFile(), place.getPath());
			}
			File candidate = new File(place, program);
			if (candidate.isFile()) {
				if (candidate.canExecute()) {
					return candidate;
				}
				notExecutable = candidate;
			}
		}
		if (notExecutable != null) {
			checkExecutable(program, notExecutable, where);
		}
		throw notFound(program, where);
	}

	private void checkExecutable(String program, File file, String where) {
		if (!file.exists()) {
			throw notFound(program, where);
		}
		if (file.isDirectory()) {
			throw failure(Reason.NOT_EXECUTABLE, "'" + program + "' is a directory, not a program");
		}
		if (!file.isFile()) {
			throw failure(Reason.NOT_EXECUTABLE, "'" + program + "' is not a regular file");
		}
		if (!file.canExecute()) {
			throw failure(Reason.NOT_EXECUTABLE, "'" + file
					+ "' is not executable by this user: run chmod +x on it, or start it with its interpreter");
		}
	}

	private ProcessStartException notFound(String program, String where) {
		String shown = this.launch.spec().command().program();
		boolean isLikelyLine = this.launch.arguments().size() == 1 && program.indexOf(' ') > 0;
		String builtin = SHELL_COMMANDS.get(program);
		String hint = "";
		if (isLikelyLine) {
			hint = ": use commandLine(...) or shell(...) for a whole command line";
		}
		else if (builtin != null) {
			hint = ": it is a shell builtin, which affects only the shell that runs it: " + builtin;
		}
		else if (SHELL_ASSIGNMENT.matcher(program).matches()) {
			hint = ": variable assignments are shell syntax: use env(...)";
		}
		return failure(Reason.NOT_FOUND, "program '" + shown + "' not found " + where + hint + notExpanded(program));
	}

	// what was tried, where that is not what was written
	private static String shown(Path path) {
		return "'" + path + "'" + (path.isAbsolute() ? "" : " (" + path.toAbsolutePath().normalize() + ")");
	}

	private static String at(File file) {
		return file.isAbsolute() ? "at that path" : tried(file);
	}

	private static String tried(File file) {
		return "at '" + Executables.absolutePath(file) + "'";
	}

	private static String notExpanded(String path) {
		String what = path.startsWith("~") ? "~" : path.contains("$") ? "$" : null;
		return (what != null) ? "; '" + what + "' is not expanded: use the full path" : "";
	}

	/**
	 * Check for errors that the kernel reports only when it executes the program. In a
	 * pipeline that is too late: the JDK leaks a file descriptor for each pipe that it
	 * has opened until then.
	 * @param command the arguments, preceded by the tools of the chain
	 * @throws ProcessStartException if a check fails, naming the cause
	 */
	void checkAsStage(List<String> command) {
		ArgumentSpace space = new ArgumentSpace();
		command.forEach(space::add);
		this.launch.environment().assigned().forEach((name, value) -> space.add(name + "=" + value));
		if (this.launch.environment().inheritsAll()) {
			System.getenv().forEach((name, value) -> space.add(name + "=" + value));
		}
		if (!space.isEnough()) {
			throw tooLong();
		}
		if (this.executable != null && Interpreter.missingOf(this.executable) != null) {
			throw noInterpreter();
		}
	}

	ProcessStartException tooLong() {
		return failure(Reason.ARGUMENT_LIST_TOO_LONG,
				"its arguments and environment are too long for this system (execve(2): E2BIG):"
						+ " pass the data through input(...) or a file");
	}

	/** Repeat the checks after a failed start, and return the first problem found. */
	Optional<ProcessStartException> again() {
		try {
			check();
			return Optional.empty();
		}
		catch (ProcessStartException ex) {
			return Optional.of(ex);
		}
	}

	ProcessStartException noInterpreter() {
		Interpreter missing = (this.executable != null) ? Interpreter.missingOf(this.executable) : null;
		return failure(Reason.NO_INTERPRETER,
				(missing != null) ? missing.describe() : "'" + this.launch.spec().command().program()
						+ "' exists, but the interpreter or loader that it requires does not");
	}

	ProcessStartException failure(Reason reason, String detail) {
		return new ProcessStartException(this.launch.spec(), reason, detail, null);
	}

	/**
	 * Intended use of a file.
	 */
	enum FileUse {

		/** The file exists and is readable. */
		READ("read", "[ -r \"$1\" ]"),
		/**
		 * The file is writable, or does not exist and can be created. Dangling links are
		 * rejected.
		 */
		WRITE("written", "[ -w \"$1\" ] || { [ ! -e \"$1\" ] && [ ! -h \"$1\" ] && [ -w \"${1%/*}/\" ]; }");

		private final String participle;

		private final String test;

		FileUse(String participle, String test) {
			this.participle = participle;
			this.test = test;
		}

		/** Return a shell expression that tests the file passed as its first argument. */
		String test() {
			return this.test;
		}

	}

}
