package io.procession.testing;

import io.procession.ProcessManager;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * An application that starts a process which ignores a signal.
 */
public final class IgnoresSignals {

	private IgnoresSignals() {
	}

	/**
	 * Print why the process cannot be started.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		try (ProcessManager processes = ProcessManager.create()) {
			processes.command("true").ignoreSignals(Signal.HUP).run();
		}
		catch (ProcessStartException ex) {
			System.out.println(ex.reason() + ": " + ex.getMessage());
		}
	}

}
