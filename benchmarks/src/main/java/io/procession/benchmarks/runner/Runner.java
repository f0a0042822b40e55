package io.procession.benchmarks.runner;

import java.util.List;

import io.procession.ProcessManager;

/**
 * Runs a command to its end, with both of its streams read and kept apart.
 */
@FunctionalInterface
public interface Runner {

	/**
	 * Runs a command.
	 * @param command its argument vector
	 * @return what it wrote to standard output
	 * @throws Exception if it cannot be run or does not exit with 0
	 */
	String run(List<String> command) throws Exception;

	/**
	 * Names of all runners, what the others are measured against first.
	 * @return the names
	 */
	static List<String> names() {
		return List.of("ProcessBuilder", "procession", "zt-exec", "commons-exec", "NuProcess");
	}

	/**
	 * A runner by name.
	 * @param name one of {@link #names()}
	 * @param processes what the runner named {@code procession} uses
	 * @return the runner
	 */
	static Runner of(String name, ProcessManager processes) {
		return switch (name) {
			case "ProcessBuilder" -> new ProcessBuilderRunner();
			case "procession" -> new ProcessionRunner(processes);
			case "zt-exec" -> new ZtExecRunner();
			case "commons-exec" -> new CommonsExecRunner();
			case "NuProcess" -> new NuProcessRunner();
			default -> throw new IllegalArgumentException("There is no runner '" + name + "': use one of " + names());
		};
	}

}
