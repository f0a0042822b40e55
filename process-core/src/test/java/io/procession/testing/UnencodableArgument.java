package io.procession.testing;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.process.ProcessStartException;

/**
 * Tries to pass characters that the locale, which supports only ASCII, cannot represent.
 */
public final class UnencodableArgument {

	private UnencodableArgument() {
	}

	/**
	 * Print the outcome.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		try (ProcessManager processes = ProcessManager.create()) {
			report("argument", processes.command("echo", "\u00e9"));
			report("variable", processes.command("true").env("VALUE", "\u65e5"));
		}
	}

	private static void report(String what, PendingProcess pending) {
		try {
			System.out.println(what + " " + pending.run());
		}
		catch (ProcessStartException ex) {
			System.out.println(what + " " + ex.reason());
		}
	}

}
