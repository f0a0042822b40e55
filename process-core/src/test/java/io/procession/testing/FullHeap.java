package io.procession.testing;

import java.time.Duration;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;

/**
 * An application whose memory is exhausted by captured output.
 */
public final class FullHeap {

	private FullHeap() {
	}

	/**
	 * Print the outcome of a process with massive output, and of an unrelated process.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		try (ProcessManager processes = ProcessManager.create()) {
			RunningProcess other = processes.shell("exec sleep 300").quietly().timeout(Duration.ofSeconds(10)).start();
			RunningProcess flood = processes.command("cat", "/dev/zero").start();

			System.out.println("flood: " + cause(flood));
			System.out.println("output: " + flood.output().length());
			System.out.println("other: " + cause(other));
			System.out.println("next: " + processes.run("echo", "hi").output().strip());
		}
	}

	private static ExitCause cause(RunningProcess process) {
		try {
			return process.waitFor().cause();
		}
		catch (ProcessException ex) {
			System.out.println("message: " + ex.getMessage());
			return ex.result().map(ProcessResult::cause).orElseThrow();
		}
	}

}
