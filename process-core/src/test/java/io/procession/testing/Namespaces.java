package io.procession.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.procession.ProcessManager;
import io.procession.process.ProcessResult;

import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Separate namespaces for programs that change the machine or need a changed one; see
 * {@code unshare(1)}. The changes end with the program.
 *
 * @param options the options of {@code unshare}
 * @param preparation a shell script that prepares the namespaces, takes the command as
 * its arguments, and ends with {@code "$@"}
 */
public record Namespaces(List<String> options, String preparation) {

	/** Mount and PID namespaces, with root's privileges only within them. */
	public static final List<String> CONTAINER = List.of("--user", "--map-root-user", "--mount", "--pid", "--fork",
			"--kill-child", "--mount-proc");

	/**
	 * Run a test program in the namespaces. Skips the test if such namespaces are not
	 * permitted.
	 * @param processes starts the program
	 * @param main a class with a main method
	 * @param arguments its arguments
	 * @return what it printed
	 */
	public ProcessResult run(ProcessManager processes, Class<?> main, String... arguments) {
		ProcessResult possible = processes.command(command("\"$@\"", List.of("true"))).run();
		assumeThat(possible.successful()).as("namespaces are not allowed here: " + possible.errorOutput()).isTrue();
		return processes.command(command(this.preparation, TestChild.javaCommand(main, arguments)))
			.timeout(Duration.ofSeconds(50))
			.run()
			.throwIfFailed();
	}

	private List<String> command(String script, List<String> program) {
		List<String> command = new ArrayList<>(List.of("unshare"));
		command.addAll(this.options);
		command.addAll(List.of("sh", "-e", "-c", script, "sh"));
		command.addAll(program);
		return command;
	}

}
