package io.procession.engine.local;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.procession.engine.StartFailure;
import io.procession.isolation.ControlGroup;
import io.procession.process.ProcessStartException.Reason;
import io.procession.security.Executables;

/**
 * Isolation applied to a running process, as far as it is needed while the process is
 * alive. Contains neither arguments nor environment.
 *
 * @param chain tools that precede the program
 * @param program program as it was configured
 * @param directory working directory, or {@code null} for that of the JVM
 * @param executable file of the program, or {@code null} if the JDK has looked it up
 * @param group control group of the process, or {@code null} if it has none of its own
 */
record AppliedIsolation(ExecChain chain, String program, @Nullable Path directory, @Nullable File executable,
		@Nullable ControlGroup group) {

	/**
	 * Return why a process never executed its program, judging by its exit code and by
	 * everything that it has written.
	 */
	Optional<StartFailure> startFailure(int exitCode, String written) {
		if (this.executable != null && this.chain.failed(exitCode, written, this.executable)) {
			return Optional.of(new StartFailure(Reason.ISOLATION,
					"its isolation was applied, but its program cannot be executed under it"));
		}
		return (isShells(exitCode) && namesProgram(written)) ? foreign() : Optional.empty();
	}

	private static boolean isShells(int exitCode) {
		return exitCode == 2 || exitCode == 126 || exitCode == 127;
	}

	/**
	 * Return a failure if the program was built for another processor. The kernel refuses
	 * to execute such a program. The JDK, like {@code execvp(3)}, then passes it to the
	 * shell, which cannot interpret it.
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
	 * Return whether a message begins like that of a shell to which the program was
	 * passed. The shell receives a path, even for a program that was looked up by name.
	 * The message determines only whether the program is examined, never which file that
	 * is.
	 */
	private boolean namesProgram(String written) {
		int colon = written.indexOf(": ");
		String path = written.substring(0, Math.max(0, colon));
		return path.indexOf('/') >= 0 && (path.equals(this.program) || path.endsWith("/" + this.program)
				|| (this.executable != null && path.equals(this.executable.toString())));
	}

}
