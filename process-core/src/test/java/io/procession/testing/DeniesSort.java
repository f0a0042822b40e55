package io.procession.testing;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.process.ProcessDeniedException;
import io.procession.security.CommandPolicy;

/**
 * An application whose policy denies {@code /usr/bin/sort}, to be run with a {@code PATH}
 * that leads elsewhere.
 */
public final class DeniesSort {

	private DeniesSort() {
	}

	/**
	 * Print the output of a script, or the rule that denies it, with the inherited {@code
	 * PATH} and without any.
	 * @param arguments the script
	 */
	public static void main(String[] arguments) {
		CommandPolicy policy = CommandPolicy.builder().deny("/usr/bin/sort").allowShells().build();
		try (ProcessManager processes = ProcessManager.builder().commandPolicy(policy).build()) {
			report("inherited", processes.command(arguments[0]));
			report("without", processes.command(arguments[0]).unsetEnv("PATH"));
		}
	}

	private static void report(String what, PendingProcess pending) {
		try {
			System.out.println(what + ": " + pending.run().output().strip());
		}
		catch (ProcessDeniedException ex) {
			System.out.println(what + ": " + ex.rule());
		}
	}

}
