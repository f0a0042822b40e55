package io.procession.supervision;

import java.util.function.Supplier;

import org.slf4j.event.Level;

import io.procession.process.ExitCause;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessResult;

/**
 * Message to be logged about a program. <i>Immutable.</i>
 *
 * @param level the level
 * @param text creates the message, which may take long
 */
record ProgramReport(Level level, Supplier<String> text) {

	static ProgramReport changed(Program program, ProgramState from, ProgramState to, String reason) {
		return new ProgramReport(Level.DEBUG,
				() -> "Program changed: name=" + program.name() + " from=" + from + " to=" + to + " reason=" + reason);
	}

	static ProgramReport started(Program program, long pid) {
		return new ProgramReport(Level.INFO, () -> "Program started: name=" + program.name() + " pid=" + pid);
	}

	static ProgramReport startFailedForNow(Program program, String message) {
		return new ProgramReport(Level.ERROR, () -> "Program could not be started; retrying: name=" + program.name()
				+ " delay=" + program.restart().delay() + ": " + message);
	}

	static ProgramReport startFailedForGood(Program program, String message) {
		return new ProgramReport(Level.ERROR,
				() -> "Program could not be started; giving up: name=" + program.name() + ": " + message);
	}

	static ProgramReport managerClosed(Program program) {
		return new ProgramReport(Level.INFO,
				() -> "Program is no longer started because its process manager is closed: name=" + program.name());
	}

	/** Report that the process was stopped on request. */
	static ProgramReport stopped(Program program, ProcessResult result) {
		return new ProgramReport(Level.INFO, () -> "Program stopped: name=" + program.name() + " pid=" + result.pid()
				+ " exitCode=" + result.exitCode());
	}

	/** Report that the process ended by itself, and what its policy decides. */
	static ProgramReport ended(Program program, ProcessResult result, int restarts) {
		Supplier<String> end = () -> "name=" + program.name() + " pid=" + result.pid() + " exitCode="
				+ result.exitCode() + " cause=" + result.cause();
		if (result.cause() == ExitCause.SHUTDOWN) {
			return new ProgramReport(Level.INFO, () -> "Program ended with its process manager: " + end.get());
		}
		if (program.restart().restartsAfter(result)) {
			return new ProgramReport(Level.WARN, () -> "Program ended and is restarted: " + end.get() + " restarts="
					+ restarts + " delay=" + program.restart().delay() + why(result));
		}
		if (result.failed() && !RestartPolicy.isOnRequest(result.cause())) {
			return new ProgramReport(Level.WARN,
					() -> "Program failed and is not restarted: " + end.get() + why(result));
		}
		return new ProgramReport(Level.INFO, () -> "Program ended: " + end.get());
	}

	// the error output of a program is shown nowhere else
	private static String why(ProcessResult result) {
		return result.failed() ? ": " + new ProcessFailedException(result).getMessage() : "";
	}

	static ProgramReport lost(Program program, String why) {
		return new ProgramReport(Level.ERROR,
				() -> "Program could not be stopped and is not restarted while it is alive: name=" + program.name()
						+ ": " + why);
	}

}
