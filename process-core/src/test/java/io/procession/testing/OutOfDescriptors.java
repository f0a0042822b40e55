package io.procession.testing;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;

/**
 * An application without free file descriptors when the timeout of its process elapses,
 * to be run as a child with a low limit on open files.
 */
public final class OutOfDescriptors {

	private OutOfDescriptors() {
	}

	/**
	 * Print {@code ended}, the cause and the exit code.
	 * @param arguments {@code briefly} if descriptors are available again before the
	 * grace period elapses; {@code lasting} if there are none until the process has
	 * ended, and it ignores TERM
	 * @throws Exception on failure
	 */
	public static void main(String[] arguments) throws Exception {
		// loading classes requires descriptors as well
		try (ProcessManager processes = manager()) {
			processes.start("sleep", "300").stop();
			ignoring(processes).stopGrace(Duration.ofMillis(100)).start().stop();
		}
		if (arguments[0].equals("lasting")) {
			lasting();
		}
		else {
			briefly();
		}
	}

	private static PendingProcess ignoring(ProcessManager processes) {
		return processes.shell("trap '' TERM; while :; do sleep 300; done");
	}

	private static void lasting() throws Exception {
		try (ProcessManager processes = manager()) {
			RunningProcess process = ignoring(processes).timeout(Duration.ofMillis(500))
				.stopGrace(Duration.ofMillis(300))
				.start();

			List<InputStream> taken = takeAll();
			ProcessResult result = process.onExit().get(20, TimeUnit.SECONDS);
			for (InputStream stream : taken) {
				stream.close();
			}

			System.out.println("ended " + result.cause() + " " + result.exitCode());
		}
	}

	private static void briefly() throws Exception {
		try (ProcessManager processes = manager()) {
			RunningProcess process = processes.command("sleep", "300")
				.timeout(Duration.ofMillis(300))
				.stopGrace(Duration.ofMinutes(1))
				.start();

			// loads the class, which takes a descriptor
			Pace.slowly(Duration.ZERO);
			List<InputStream> taken = takeAll();
			Pace.slowly(Duration.ofMillis(600));
			for (InputStream stream : taken) {
				stream.close();
			}

			ProcessResult result = process.onExit().get(20, TimeUnit.SECONDS);
			System.out.println("ended " + result.cause() + " " + result.exitCode());
		}
	}

	// with a guard, identities would be known early
	private static ProcessManager manager() {
		return ProcessManager.builder()
			.guard(false)
			.settings(ProcessSettings.DEFAULTS.toBuilder().lostAfter(Duration.ofSeconds(1)).build())
			.build();
	}

	private static List<InputStream> takeAll() {
		List<InputStream> taken = new ArrayList<>();
		try {
			while (true) {
				taken.add(new FileInputStream("/dev/null"));
			}
		}
		catch (IOException ex) {
			return taken;
		}
	}

}
