package io.procession.testing;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;

/**
 * An application that has no file descriptor left just when the time of its process is
 * over, to be run as a child that may open only a few.
 */
public final class OutOfDescriptors {

	private OutOfDescriptors() {
	}

	/**
	 * Prints {@code ended}, the cause and the exit code.
	 * @param arguments none
	 * @throws Exception if something goes wrong
	 */
	public static void main(String[] arguments) throws Exception {
		// to load classes takes descriptors too
		try (ProcessManager processes = manager()) {
			processes.start("sleep", "300").stop();
		}
		try (ProcessManager processes = manager()) {
			RunningProcess process = processes.command("sleep", "300")
				.timeout(Duration.ofMillis(300))
				.stopGrace(Duration.ofMinutes(1))
				.start();

			List<InputStream> taken = takeAll();
			LockSupport.parkNanos(Duration.ofMillis(600).toNanos());
			for (InputStream stream : taken) {
				stream.close();
			}

			ProcessResult result = process.onExit().get(20, TimeUnit.SECONDS);
			System.out.println("ended " + result.cause() + " " + result.exitCode());
		}
	}

	// with a guard identities would be known early
	private static ProcessManager manager() {
		return ProcessManager.builder().guard(false).build();
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
