package io.procession.testing;

import io.procession.ProcessManager;

/**
 * An application that needs a manager only when its JVM shuts down.
 */
public final class ManagerInShutdown {

	private ManagerInShutdown() {
	}

	/**
	 * Print the output of a process that is run in a shutdown hook.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			try (ProcessManager processes = ProcessManager.create()) {
				System.out.print(processes.run("echo", "cleaned up").throwIfFailed().output());
			}
		}));
	}

}
