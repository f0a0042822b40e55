package io.procession.engine;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.Isolation;
import io.procession.process.OutputFile;
import io.procession.process.ProcessSpec;
import io.procession.process.Terminal;

/**
 * Fully resolved settings for starting one process. A launch holds secrets in clear text,
 * so that its string representation contains only the execution id. <i>Immutable.</i>
 *
 * @param executionId id of the execution
 * @param spec process definition that this launch was resolved from, used for messages
 * and by engines that select a behavior by definition
 * @param executable file to execute, as checked by the command policy, or {@code null} to
 * look up the first argument
 * @param arguments argument vector, with secrets in clear text
 * @param directory working directory, or {@code null} for that of the JVM
 * @param environment environment of the process, with secrets in clear text
 * @param input source of standard input
 * @param output destination of standard output
 * @param error destination of standard error, ignored if standard error is merged
 * @param mergeError whether to redirect standard error to standard output
 * @param detached whether the process is to outlive the JVM
 * @param terminal size of the pseudoterminal to allocate, or {@code null} for none; with
 * a pseudoterminal, the streams are {@link Input#pipe()} and {@link Output#pipe()} and
 * standard error is merged
 * @param isolation user, separation and resource limits of the process
 */
public record Launch(String executionId, ProcessSpec spec, @Nullable Path executable, List<String> arguments,
		@Nullable Path directory, EnvironmentPlan environment, Input input, Output output, Output error,
		boolean mergeError, boolean detached, Terminal.@Nullable Pseudo terminal, Isolation isolation) {

	@Override
	public String toString() {
		return "Launch[" + this.executionId + "]";
	}

	/**
	 * Source of standard input.
	 */
	public sealed interface Input {

		/**
		 * Provide standard input from the JVM through {@link EngineProcess#input()}.
		 * @return the input
		 */
		static Input pipe() {
			return new Pipe();
		}

		/**
		 * Provide standard input from the null device, which returns end-of-file
		 * immediately.
		 * @return the input
		 */
		static Input none() {
			return new None();
		}

		/**
		 * Input inherited from the JVM.
		 * @return the input
		 */
		static Input inherited() {
			return new Inherited();
		}

		/** Input returned by {@link Input#inherited()}. */
		record Inherited() implements Input {

		}

		/** Input returned by {@link Input#pipe()}. */
		record Pipe() implements Input {

		}

		/** Input returned by {@link Input#none()}. */
		record None() implements Input {

		}

		/**
		 * Input from a file, which is read by the process itself.
		 *
		 * @param path path of the file
		 */
		record FromFile(Path path) implements Input {

		}

	}

	/**
	 * Destination of an output stream.
	 */
	public sealed interface Output {

		/**
		 * Send the output to the JVM through {@link EngineProcess#connect}.
		 * @return the output
		 */
		static Output pipe() {
			return new Pipe();
		}

		/**
		 * Send the output to the null device.
		 * @return the output
		 */
		static Output discard() {
			return new Discard();
		}

		/** Output returned by {@link Output#pipe()}. */
		record Pipe() implements Output {

		}

		/** Output returned by {@link Output#discard()}. */
		record Discard() implements Output {

		}

		/**
		 * Output to a file, which is written by the process itself.
		 *
		 * @param file the file
		 */
		record ToFile(OutputFile file) implements Output {

		}

	}

}
