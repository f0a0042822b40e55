package io.procession.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.procession.process.ProcessStartException;

/**
 * {@link AbstractFailureAnalyzer} for a failed start of the application that was caused
 * by a process that could not be started.
 */
final class ProcessStartFailureAnalyzer extends AbstractFailureAnalyzer<ProcessStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ProcessStartException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), action(cause), cause);
	}

	private static String action(ProcessStartException cause) {
		// the actions do not include the command: the description shows it without
		// secrets
		return switch (cause.reason()) {
			case NOT_FOUND -> "Install the program, add its directory to the PATH of the JVM, or use its full path.";
			case NOT_EXECUTABLE ->
				"Allow the user that runs the application to execute the program (chmod +x), or install the"
						+ " program that was built for this machine.";
			case BUSY -> "Close the program file in the process that writes to it, then start the application again.";
			case NO_INTERPRETER ->
				"Install the interpreter that the first line of the program names, or correct that line.";
			case NO_SUCH_DIRECTORY, NOT_A_DIRECTORY ->
				"Create the working directory, or use an existing one that the user may access.";
			case FILE_NOT_ACCESSIBLE ->
				"Create the directory of the file, and give the user that runs the application access to it.";
			case ARGUMENT_LIST_TOO_LONG ->
				"Pass less data in arguments and environment; use standard input or a file instead.";
			case NOT_ENCODABLE -> "Start the JVM in a UTF-8 locale, for example with LC_ALL=C.UTF-8.";
			case NO_SUCH_SECRET -> "Set a property with the name of the secret, or define a SecretResolver bean.";
			case DENIED -> "Allow it with procession.security.commands, or do not start it.";
			case NO_TERMINAL ->
				"Add the dependency org.jetbrains.pty4j:pty4j for pty(...); start the application in a terminal for tty().";
			case NO_SUCH_USER -> "Create the user or the group, or use others (run-as).";
			case ISOLATION -> "Configure only what this machine and the privileges of this application support: see the"
					+ " processes endpoint or ProcessManager.isolation().";
			case NO_RESOURCES -> "Raise the user's limits on processes, open files and memory (ulimit -a).";
			default -> "Try the command in a shell as the user that runs the application.";
		};
	}

}
