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
			case NOT_FOUND -> "Install the program, add its folder to the PATH of the JVM, or give its full path.";
			case NOT_EXECUTABLE ->
				"Let the user that runs the application execute the program: chmod +x; or install the"
						+ " program that was built for this machine.";
			case BUSY -> "Let whatever writes the program close it, then start the application again.";
			case NO_INTERPRETER ->
				"Install the interpreter that the first line of the program names, or correct that line.";
			case NO_SUCH_DIRECTORY, NOT_A_DIRECTORY ->
				"Create the working directory, or name one that is there and that the user may enter.";
			case FILE_NOT_ACCESSIBLE ->
				"Create the folder of the file, and let the user that runs the application use it.";
			case ARGUMENT_LIST_TOO_LONG ->
				"Pass less by arguments and environment, for example by standard input or a file.";
			case NOT_ENCODABLE -> "Start the JVM in a UTF-8 locale, for example with LC_ALL=C.UTF-8.";
			case NO_SUCH_SECRET -> "Set a property of the name of the secret, or define a SecretResolver bean.";
			case DENIED -> "Allow it by procession.security.commands, or do not start it.";
			case NO_TERMINAL ->
				"Add the dependency org.jetbrains.pty4j:pty4j for pty(...); start the application in a terminal for tty().";
			case NO_SUCH_USER -> "Create the user or the group, or name others (run-as).";
			case ISOLATION -> "Ask for what this machine and the privileges of this application allow; the processes"
					+ " endpoint and ProcessManager.isolation() tell what that is.";
			case NO_RESOURCES -> "Raise the limits of the user for processes, open files and memory: ulimit -a";
			default -> "Try the command in a shell as the user that runs the application.";
		};
	}

}
