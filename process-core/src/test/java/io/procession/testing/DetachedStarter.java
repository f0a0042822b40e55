package io.procession.testing;

import java.util.function.LongSupplier;

import io.procession.ProcessManager;

/**
 * An application that starts a detached process, closes its manager and is stopped. Made
 * by a class loader of its own.
 */
public final class DetachedStarter implements LongSupplier {

	/**
	 * Starts the process.
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
