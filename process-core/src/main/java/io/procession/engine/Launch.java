package io.procession.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.Isolation;
import io.procession.process.OutputFile;
import io.procession.process.ProcessSpec;
import io.procession.process.Terminal;

/**
 * What an engine is to start, resolved to the last detail. Holds secrets in the clear and
 * therefore prints nothing but its execution. <i>Immutable.</i>
 *
 * @param executionId which run
 * @param spec what it was made from: for messages, and for engines that choose by it
 * @param executable the file to execute, which was judged by a policy, or {@code null}
 * for what the first argument means
 * @param arguments the argument vector, secrets in the clear
 * @param directory working directory, or {@code null} for the JVM's
 * @param inheritEnvironment whether the environment starts from the JVM's
 * @param environment variables to set, secrets in the clear
 * @param unsetEnvironment variables to remove
 * @param input where standard input comes from
 * @param output where standard output goes
 * @param error where standard error goes; ignored where it is merged
 * @param mergeError whether standard error goes where standard output goes
 * @param detached whether it is to outlive the JVM
 * @param terminal size of the pseudoterminal that it is to have, all three streams of
 * which are then {@link Input#pipe()} and {@link Output#pipe()}, merged; or {@code null}
 * @param isolation who runs it, how separate it is, and how much it may use
 */
public record Launch(String executionId, ProcessSpec spec, @Nullable Path executable, List<String> arguments,
		@Nullable Path directory, boolean inheritEnvironment, Map<String, String> environment,
		Set<String> unsetEnvironment, Input input, Output output, Output error, boolean mergeError, boolean detached,
		Terminal.@Nullable Pseudo terminal, Isolation isolation) {

	@Override
	public String toString() {
		return "Launch[" + this.executionId + "]";
	}

	/**
	 * Where standard input comes from.
	 */
	public sealed interface Input {

		/**
		 * From the JVM, by {@link EngineProcess#input()}.
		 * @return the input
		 */
		static Input pipe() {
			return new Pipe();
		}

		/**
		 * From the null device: end-of-file at once.
		 * @return the input
		 */
		static Input none() {
			return new None();
		}

		/**
		 * From where the JVM has it.
		 * @return the input
		 */
		static Input inherited() {
			return new Inherited();
		}

		/** See {@link Input#inherited()}. */
		record Inherited() implements Input {

		}

		/** See {@link Input#pipe()}. */
		record Pipe() implements Input {

		}

		/** See {@link Input#none()}. */
		record None() implements Input {

		}

		/**
		 * From a file, which the process reads itself.
		 *
		 * @param path the file
		 */
		record FromFile(Path path) implements Input {

		}

	}

	/**
	 * Where an output stream goes.
	 */
	public sealed interface Output {

		/**
		 * To the JVM, by {@link EngineProcess#connect}.
		 * @return the output
		 */
		static Output pipe() {
			return new Pipe();
		}

		/**
		 * To the null device.
		 * @return the output
		 */
		static Output discard() {
			return new Discard();
		}

		/** See {@link Output#pipe()}. */
		record Pipe() implements Output {

		}

		/** See {@link Output#discard()}. */
		record Discard() implements Output {

		}

		/**
		 * To a file, which the process writes itself.
		 *
		 * @param file the file
		 */
		record ToFile(OutputFile file) implements Output {

		}

	}

}
