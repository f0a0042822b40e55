package io.procession.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;

/**
 * An application that is paused just before the timeouts of its processes, which end in
 * time during the pause.
 */
public final class PausedJvm {

	/** Timeout of the processes. */
	public static final Duration TIMEOUT = Duration.ofSeconds(8);

	private static final int COUNT = 8;

	private PausedJvm() {
	}

	/**
	 * Print {@code ready} when it may be paused, and, once it continues, the outcome of
	 * each process.
	 * @param arguments {@code ending} and a file for processes that end, within
	 * {@link #TIMEOUT}, once the file exists, {@code writing} for processes that write at
	 * intervals, {@code stopping} for a process that needs some time to stop
	 * @throws Exception on failure
	 */
	public static void main(String[] arguments) throws Exception {
		try (ProcessManager processes = ProcessManager.create()) {
			switch (arguments[0]) {
				case "ending" -> ending(processes, arguments[1]);
				case "writing" -> writing(processes);
				case "stopping" -> stopping(processes);
				default -> throw new IllegalArgumentException(arguments[0]);
			}
		}
	}

	private static void ending(ProcessManager processes, String file) {
		PendingProcess pending = processes.shell("until [ -e \"$1\" ]; do sleep 0.05; done; exit 3", file)
			.timeout(TIMEOUT);
		List<CompletableFuture<String>> outcomes = new ArrayList<>();
		for (int i = 0; i < COUNT; i++) {
			RunningProcess process = pending.start();
			outcomes.add(process.onExit().thenApply(PausedJvm::outcome));
			outcomes.add(pending.quietly().start().onExit().thenApply(PausedJvm::outcome));
			outcomes.add(CompletableFuture.supplyAsync(() -> outcome(pending.run()), Threads::start));
		}
		outcomes
			.add(pending.pipe("cat").timeout(TIMEOUT).start().onExit().thenApply((result) -> outcome(result.result())));
		print(outcomes);
	}

	private static void writing(ProcessManager processes) {
		List<RunningProcess> writing = new ArrayList<>();
		for (int i = 0; i < COUNT; i++) {
			writing
				.add(processes.shell("while :; do echo x; sleep 0.2; done").idleTimeout(Duration.ofSeconds(2)).start());
		}
		print(writing.stream().map((process) -> CompletableFuture.supplyAsync(() -> {
			boolean ended = process.waitFor(Duration.ofSeconds(5)).isPresent();
			return ended ? "ended" : "writing";
		}, Threads::start)).toList());
	}

	private static void stopping(ProcessManager processes) {
		RunningProcess process = processes.shell("trap 'sleep 1; exit 7' TERM; echo up; while :; do sleep 0.1; done")
			.start();
		process.waitUntil((type, line) -> line.equals("up"), Duration.ofSeconds(20));
		print(List.of(process.stopAsync(Duration.ofSeconds(8)).thenApply(PausedJvm::outcome)));
	}

	private static void print(List<CompletableFuture<String>> outcomes) {
		System.out.println("ready");
		for (CompletableFuture<String> outcome : outcomes) {
			String came;
			try {
				came = outcome.join();
			}
			catch (RuntimeException ex) {
				came = (ex.getCause() instanceof ProcessException cause)
						? cause.result().map(PausedJvm::outcome).orElseThrow() : ex.toString();
			}
			System.out.println("ended: " + came);
		}
	}

	private static String outcome(ProcessResult result) {
		return result.cause() + " " + result.exitCode();
	}

}
