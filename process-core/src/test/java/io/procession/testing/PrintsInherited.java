package io.procession.testing;

import io.procession.ProcessManager;
import io.procession.process.ProcessFailedException;

/**
 * An application that inherits a secret, with a process that inherits it in turn, shows
 * it and fails.
 */
public final class PrintsInherited {

	private PrintsInherited() {
	}

	/**
	 * Print the message of the exception.
	 * @param arguments the name of the variable with the secret
	 */
	public static void main(String[] arguments) {
		String script = "echo it is $" + arguments[0] + " >&2; echo or https://me:$" + arguments[0]
				+ "@host >&2; exit 3";
		try (ProcessManager processes = ProcessManager.create()) {
			processes.shell(script).run().throwIfFailed();
		}
		catch (ProcessFailedException ex) {
			System.out.println(ex.getMessage());
		}
	}

}
