package io.procession.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

import io.procession.ProcessManager;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.isolation.RunAs;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;

/**
 * An application that ends processes in each way, to be run on a machine that lacks
 * something the library normally uses.
 */
public final class RestrictedMachine {

	private static final String TWO = "sleep 300 & echo $$ $!; sleep 300";

	private RestrictedMachine() {
	}

	/**
	 * Print the limitations of the machine, {@code lacks} and a sentence for each; then
	 * the cause, exit code and number of remaining tree members for each process; then
	 * {@code closed}, and all log messages at WARN and above.
	 * @param arguments the name of a user for another process that is run as that user;
	 * or none
	 */
	public static void main(String[] arguments) {
		Stopwatch watch = Stopwatch.started();
		try (LogCapture log = LogCapture.begin()) {
			ProcessManager processes = ProcessManager.builder()
				.settings(ProcessSettings.DEFAULTS.toBuilder().shutdownGrace(Duration.ofSeconds(1)).build())
				.build();
			try {
				processes.shell(TWO).timeout(Duration.ofMillis(500)).run();
			}
			catch (ProcessTimedOutException ex) {
				print("timeout", ex.result().orElseThrow());
			}
			RunningProcess stopped = processes.shell(TWO).start();
			stopped.waitUntil((type, line) -> true, Duration.ofSeconds(10));
			stopped.stop();
			print("stop", stopped.waitFor());
			RunningProcess ignoring = processes.shell("trap '' TERM; echo $$; while :; do sleep 1; done").start();
			ignoring.waitUntil((type, line) -> true, Duration.ofSeconds(10));
			ignoring.stop(Duration.ofMillis(200));
			print("kill", ignoring.waitFor());
			if (arguments.length > 0) {
				RunningProcess other = processes.command("sleep", "300").runAs(RunAs.user(arguments[0])).start();
				other.stop();
				System.out.println("other " + other.waitFor().cause() + " " + other.waitFor().exitCode());
			}
			processes.limitations().forEach((limitation) -> System.out.println("lacks " + limitation));
			processes.close();
			System.out.println("closed " + watch.elapsed().toSeconds() + " s");
			log.text()
				.lines()
				.filter((line) -> line.startsWith("WARN") || line.startsWith("ERROR"))
				.forEach(System.out::println);
		}
	}

	// the number of remaining processes, unless /proc shows those of another namespace
	private static void print(String what, ProcessResult result) {
		String self = Long.toString(ProcessHandle.current().pid());
		boolean trusted = Path.of("/proc/self").toFile().exists() && self.equals(realName(Path.of("/proc/self")));
		long left = Arrays.stream(result.output().strip().split("\\s+"))
			.filter((pid) -> ProcessTable.isAlive(Long.parseLong(pid)))
			.count();
		System.out.println(what + " " + result.cause() + " " + result.exitCode() + " left " + (trusted ? left : "?"));
	}

	private static String realName(Path link) {
		try {
			return link.toRealPath().getFileName().toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

}
