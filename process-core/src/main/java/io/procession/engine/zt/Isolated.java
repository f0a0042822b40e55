package io.procession.engine.zt;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.procession.engine.StartFailure;
import io.procession.isolation.ControlGroup;
import io.procession.process.ProcessStartException.Reason;
import io.procession.security.Executables;

/**
 * How a process was started, as far as it matters while it lives: no arguments and no
 * environment.
 *
 * @param chain the tools that stood before it
 * @param program the program as it was written
 * @param directory its working directory, or {@code null} for the JVM's
 * @param executable the program's file, or {@code null} where the JDK has looked it up
 * @param group the control group that it lives in, if it has one of its own
 */
record Isolated(ExecChain chain, String program, @Nullable Path directory, @Nullable File executable,
		@Nullable ControlGroup group) {

	/**
	 * Return why a process never became its program, judging by all that it has written.
	 */
	Optional<StartFailure> startFailure(int exitCode, String written) {
		if (this.executable != null && this.chain.failed(exitCode, written, this.executable)) {
			return Optional.of(new StartFailure(Reason.ISOLATION,
					"its isolation is set up, but its program cannot be executed in it"));
		}
		return (isShells(exitCode) && namesProgram(written)) ? foreign() : Optional.empty();
	}

	private static boolean isShells(int exitCode) {
		return exitCode == 2 || exitCode == 126 || exitCode == 127;
	}

	/**
	 * A program of another processor, which the kernel refuses, is given to the shell by
	 * the JDK, as {@code execvp(3)} does. The shell then complains of its text.
	 */
	private Optional<StartFailure> foreign() {
		File file = (this.executable != null) ? this.executable
				: Executables.find(this.program, this.directory, null).map(Path::toFile).orElse(null);
		return (file != null)
				? ProgramFormat.foreign(file)
					.map((problem) -> new StartFailure(Reason.NOT_EXECUTABLE, "'" + file + "' " + problem))
				: Optional.empty();
	}

	/**
	 * Whether a message begins as those of a shell do that was given the program. It gets
	 * a path, even of a program that was looked up by its name. What is written decides
	 * only whether the program is looked at, never which file that is.
	 */
	private boolean namesProgram(String written) {
		int colon = written.indexOf(": ");
		String path = written.substring(0, Math.max(0, colon));
		return path.indexOf('/') >= 0 && (path.equals(this.program) || path.endsWith("/" + this.program)
				|| (this.executable != null && path.equals(this.executable.toString())));
	}

}
