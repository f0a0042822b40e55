package io.procession.testing;

import java.util.function.LongSupplier;

import io.procession.ProcessManager;

/**
 * An application that starts a detached process, closes its manager and is stopped.
 * Loaded by its own class loader.
 */
public final class DetachedStarter implements LongSupplier {

	/**
	 * Start the process.
	 * @return its PID
	 */
	@Override
	public long getAsLong() {
		try (ProcessManager processes = ProcessManager.builder().guard(false).build()) {
			processes.run("true").throwIfFailed();
			return processes.command("sleep", "300").detached().start().pid();
		}
	}

}
