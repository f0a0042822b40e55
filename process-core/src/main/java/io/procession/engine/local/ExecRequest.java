package io.procession.engine.local;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.procession.engine.Launch;
import io.procession.process.Terminal;

/**
 * Everything that a {@link Spawner} has to know to execute a program. All decisions have
 * been made: the program was looked up and checked, and the arguments begin with the
 * tools that apply the isolation. Holds secrets in clear text and is never shown.
 * <i>Immutable.</i>
 *
 * @param file file to execute, or a name that is looked up in the PATH of the JVM
 * @param arguments argument vector, whose first element the program sees as its own name
 * @param directory working directory, or {@code null} for that of the JVM
 * @param environment environment of the child process
 * @param input source of standard input
 * @param output destination of standard output
 * @param error destination of standard error, ignored if standard error is merged
 * @param mergeError whether to redirect standard error to standard output
 * @param terminal size of the pseudoterminal to allocate, or {@code null} for none
 */
record ExecRequest(String file, List<String> arguments, @Nullable Path directory, ChildEnvironment environment,
		Launch.Input input, Launch.Output output, Launch.Output error, boolean mergeError,
		Terminal.@Nullable Pseudo terminal) {

	/** Return whether all streams of the process are pipes to the JVM. */
	boolean isPiped() {
		return this.input instanceof Launch.Input.Pipe && this.output instanceof Launch.Output.Pipe
				&& (this.mergeError || this.error instanceof Launch.Output.Pipe);
	}

	@Override
	public String toString() {
		return "ExecRequest[" + this.file + "]";
	}

}
