package io.procession.engine.local;

import java.io.File;
import java.util.Optional;

import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;

/**
 * Explanation of why a process could not be started, based on the message of the JDK and
 * on a repetition of the checks. <i>Confined to the thread that starts the process.</i>
 */
final class StartDiagnosis {

	private static final int ENOENT = 2;

	private static final int E2BIG = 7;

	private static final int ENOEXEC = 8;

	private static final int EACCES = 13;

	private static final int ETXTBSY = 26;

	private static final String SPAWN_HELPER = "lib/jspawnhelper";

	private final LaunchCheck check;

	private final ExecChain chain;

	private final String program;

	/**
	 * Create a diagnosis.
	 * @param check the checks performed before the start
	 * @param chain the tools that precede the program
	 * @param program the program as it may be displayed
	 */
	StartDiagnosis(LaunchCheck check, ExecChain chain, String program) {
		this.check = check;
		this.chain = chain;
		this.program = program;
	}

	/** Return whether another attempt may succeed shortly. */
	static boolean isBusy(Exception ex) {
		return isErrno(message(ex), ETXTBSY);
	}

	// JDK 17: "error=2, No such file or directory", JDK 25: "Exec failed, error: 2 (...)"
	ProcessStartException explain(Exception ex) {
		String message = message(ex);
		if (isLackOfRoom(message)) {
			return noRoom(errnoText(message));
		}
		if (isErrno(message, E2BIG)) {
			return this.check.tooLong();
		}
		if (isSpawnHelperBroken(message)) {
			return this.check.failure(Reason.OTHER,
					"the JDK's process launch helper '" + SPAWN_HELPER + "' in '" + System.getProperty("java.home")
							+ "' is missing, has a different version, or was killed;"
							+ " restart the JVM if the JDK was updated or removed while it was running");
		}
		Optional<ProcessStartException> found = this.check.again();
		if (found.isPresent()) {
			return found.get();
		}
		if (!this.chain.isEmpty() && (isErrno(message, ENOENT) || isErrno(message, EACCES))) {
			return this.check.failure(Reason.ISOLATION,
					"'" + this.chain.tools().get(0) + "', the first tool of its isolation, cannot be executed");
		}
		if (isErrno(message, ENOENT)) {
			return this.check.noInterpreter();
		}
		if (isErrno(message, EACCES)) {
			return this.check.failure(Reason.NOT_EXECUTABLE,
					"'" + this.program + "' or its interpreter is not executable");
		}
		if (isErrno(message, ETXTBSY)) {
			return busy("");
		}
		if (isErrno(message, ENOEXEC)) {
			return wrongFormat();
		}
		return this.check.failure(Reason.OTHER, errnoText(message));
	}

	/** Explain a failure on a pseudoterminal, which is reported without an errno. */
	ProcessStartException explain(TerminalProcess.NotExecutedException ex) {
		if (ex.isLackOfRoom()) {
			return noRoom("fork(2)");
		}
		Optional<ProcessStartException> found = this.check.again();
		if (found.isPresent()) {
			return found.get();
		}
		return isBusy(ex) ? busy(", or the loader that it requires is missing") : wrongFormat();
	}

	/**
	 * Return whether the only remaining explanation is that the program is open for
	 * writing.
	 */
	boolean isBusy(TerminalProcess.NotExecutedException ex) {
		File executable = this.check.executable();
		return !ex.isLackOfRoom() && executable != null && ProgramFormat.problem(executable).isEmpty()
				&& this.check.again().isEmpty();
	}

	private ProcessStartException noRoom(String detail) {
		return this.check.failure(Reason.NO_RESOURCES, "the system lacks the resources for another process (" + detail
				+ "): check the limits on processes, open files and memory");
	}

	private ProcessStartException busy(String alternative) {
		return this.check.failure(Reason.BUSY, "'" + shown() + "' is open for writing (execve(2): ETXTBSY)"
				+ alternative + ": close the file, or retry later");
	}

	private ProcessStartException wrongFormat() {
		File executable = this.check.executable();
		String problem = ((executable != null) ? ProgramFormat.problem(executable) : Optional.<String>empty())
			.orElse("is not in an executable format of this machine");
		return this.check.failure(Reason.NOT_EXECUTABLE, "'" + shown() + "' " + problem + " (execve(2): ENOEXEC)");
	}

	private String shown() {
		File executable = this.check.executable();
		return (executable != null) ? executable.toString() : this.program;
	}

	private static boolean isSpawnHelperBroken(String message) {
		return message.contains("spawn helper") || message.contains("posix_spawn failed")
				|| ((isErrno(message, ENOENT) || isErrno(message, EACCES)) && isSpawnHelperMissing());
	}

	private static boolean isSpawnHelperMissing() {
		String home = System.getProperty("java.home");
		return home != null && !SystemProcesses.WINDOWS && !new File(home, SPAWN_HELPER).canExecute();
	}

	private static boolean isLackOfRoom(String message) {
		return isErrno(message, 11) || isErrno(message, 12) || isErrno(message, 23) || isErrno(message, 24);
	}

	/** Return the message of the JDK, without the text added by libraries. */
	static String message(Throwable ex) {
		Throwable root = ex;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return String.valueOf(root.getMessage());
	}

	private static boolean isErrno(String message, int errno) {
		return message.contains("error=" + errno + ",") || message.contains("error: " + errno + " ");
	}

	// the preceding text may contain arguments or the environment, including secrets
	private static String errnoText(String message) {
		int at = Math.max(message.lastIndexOf("error="), message.lastIndexOf("error: "));
		return (at >= 0) ? message.substring(at) : "the operating system rejected the start";
	}

}
