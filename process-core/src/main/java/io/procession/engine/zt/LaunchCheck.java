package io.procession.engine.zt;

import java.io.File;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.procession.engine.Launch;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;

/**
 * Checks in Java what the JDK would report too late, all alike, or not at all, and looks
 * the program up: directory, characters, files, program. No process exists yet.
 * <i>Confined to the thread that starts the process.</i>
 */
final class LaunchCheck {

	/** Where programs are looked up when the JVM has no PATH at all. */
	static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

	/** What the JDK encodes arguments and the environment with. */
	private static final Charset NATIVE = nativeCharset();

	private final Launch launch;

	/** The file that is executed; {@code null} where the JDK looks it up (Windows). */
	private @Nullable File executable;

	LaunchCheck(Launch launch) {
		this.launch = launch;
	}

	private static Charset nativeCharset() {
		String name = System.getProperty("sun.jnu.encoding");
		return (name != null && Charset.isSupported(name)) ? Charset.forName(name) : StandardCharsets.UTF_8;
	}

	/**
	 * Checks everything that costs little.
	 * @throws ProcessStartException naming the culprit
	 */
	void check() {
		checkDirectory();
		checkEncodable();
		checkFiles();
		if (!Spawner.WINDOWS) {
			Path judged = this.launch.executable();
			this.executable = (judged != null) ? judged(judged.toFile()) : find(this.launch.arguments().get(0));
		}
	}

	@Nullable File executable() {
		return this.executable;
	}

	/** Whether the program is to be looked up in a PATH of its own. */
	boolean hasOwnPath() {
		return this.launch.environment().containsKey("PATH");
	}

	private void checkDirectory() {
		Path directory = this.launch.directory();
		if (directory == null) {
			return;
		}
		if (!Files.exists(directory)) {
			throw failure(Reason.NO_SUCH_DIRECTORY, "its working directory '" + directory + "' does not exist");
		}
		if (!Files.isDirectory(directory)) {
			throw failure(Reason.NOT_A_DIRECTORY, "its working directory '" + directory + "' is not a directory");
		}
		if (!Files.isExecutable(directory)) {
			throw failure(Reason.NOT_A_DIRECTORY, "its working directory '" + directory + "' may not be entered");
		}
	}

	// the JDK would silently put a question mark in its place
	private void checkEncodable() {
		for (int i = 0; i < this.launch.arguments().size(); i++) {
			if (!isEncodable(this.launch.arguments().get(i))) {
				throw failure(Reason.NOT_ENCODABLE, "its argument " + i + notEncodable());
			}
		}
		this.launch.environment().forEach((name, value) -> {
			if (!isEncodable(name) || !isEncodable(value)) {
				throw failure(Reason.NOT_ENCODABLE, "its environment variable '" + name + "'" + notEncodable());
			}
		});
	}

	private static String notEncodable() {
		return " holds a character that this JVM's native encoding " + NATIVE
				+ " lacks: start the JVM with LC_ALL=C.UTF-8";
	}

	private static boolean isEncodable(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) > 127) {
				return NATIVE.newEncoder().canEncode(text);
			}
		}
		return true;
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

	private void checkInputFile(Path file) {
		if (!Files.exists(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its input file '" + file + "' does not exist");
		}
		if (!isFileOrDevice(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its input file '" + file + "' is neither a file nor a device");
		}
		if (!Files.isReadable(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its input file '" + file + "' may not be read");
		}
	}

	// to open a named pipe could take for ever
	private static boolean isFileOrDevice(Path file) {
		return Files.isRegularFile(file) || file.toAbsolutePath().startsWith("/dev");
	}

	private void checkOutputFile(Launch.Output output) {
		if (!(output instanceof Launch.Output.ToFile target)) {
			return;
		}
		Path file = target.file().path().toAbsolutePath();
		Path folder = file.getParent();
		if (folder != null && !Files.isDirectory(folder)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE,
					"the folder of its output file '" + file + "' does not exist: create it first");
		}
		if (Files.exists(file) && !isFileOrDevice(file)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its output file '" + file + "' is neither a file nor a device");
		}
		if (!Files.isWritable(Files.exists(file) ? file : folder)) {
			throw failure(Reason.FILE_NOT_ACCESSIBLE, "its output file '" + file + "' cannot be written");
		}
	}

	private File judged(File file) {
		checkExecutable(this.launch.arguments().get(0), file, "at that path");
		return file;
	}

	private File find(String program) {
		if (program.indexOf('/') >= 0) {
			File file = new File(program);
			Path directory = this.launch.directory();
			if (directory == null || file.isAbsolute()) {
				checkExecutable(program, file, "at that path");
				return file;
			}
			File resolved = new File(directory.toFile(), program);
			checkExecutable(program, resolved, "in its working directory '" + directory + "'");
			return resolved;
		}
		String ownPath = this.launch.environment().get("PATH");
		String path = (ownPath != null) ? ownPath : System.getenv("PATH");
		String where = "in " + ((ownPath != null) ? "its own PATH" : "the JVM's PATH");
		File notExecutable = null;
		for (String folder : ((path != null) ? path : DEFAULT_PATH).split(":")) {
			// a folder of any name: Path would refuse what the native encoding lacks
			File candidate = new File(folder.isEmpty() ? "." : folder, program);
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
		if (!file.canExecute()) {
			throw failure(Reason.NOT_EXECUTABLE,
					"'" + file + "' may not be executed by this user: chmod +x it, or name its interpreter");
		}
	}

	private ProcessStartException notFound(String program, String where) {
		String shown = this.launch.spec().command().program();
		boolean looksLikeLine = this.launch.arguments().size() == 1 && program.indexOf(' ') > 0;
		return failure(Reason.NOT_FOUND, "there is no program '" + shown + "' " + where
				+ (looksLikeLine ? ": for a whole line use commandLine(...) or shell(...)" : ""));
	}

	/**
	 * Checks what only shows when the kernel executes it. In a pipeline that would be too
	 * late: the JDK loses a descriptor for each pipe that it has opened by then.
	 * @throws ProcessStartException naming the culprit
	 */
	void checkAsStage() {
		ArgumentSpace space = new ArgumentSpace();
		this.launch.arguments().forEach(space::add);
		this.launch.environment().forEach((name, value) -> space.add(name + "=" + value));
		if (this.launch.inheritEnvironment()) {
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
						+ " pass the data by input(...) or a file");
	}

	ProcessStartException noInterpreter() {
		Interpreter missing = (this.executable != null) ? Interpreter.missingOf(this.executable) : null;
		return failure(Reason.NO_INTERPRETER,
				(missing != null) ? missing.describe() : "'" + this.launch.spec().command().program()
						+ "' is there, but not the interpreter or loader that its format asks for");
	}

	ProcessStartException failure(Reason reason, String detail) {
		return new ProcessStartException(this.launch.spec(), reason, detail, null);
	}

}
